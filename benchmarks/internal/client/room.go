package client

import (
	"context"
	"fmt"
	"time"

	"callrelay/signal/protocol"
)

// Enter joins a room by its name, makes the media connection, and begins to
// send what the configuration says. JoinedAt is when it was asked for, since
// the run began. From then on the person's events are looked at by itself.
func (p *Person) Enter(ctx context.Context, room string, options *protocol.RoomOptions) error {
	if err := p.join(ctx, room, options); err != nil {
		return err
	}
	var err error
	if p.Peer, err = NewPeer(p.cfg); err != nil {
		return err
	}
	p.sending.Store(p.Peer)
	if err := p.Peer.Connect(ctx, p.Conn, p.Seat); err != nil {
		return err
	}
	if p.cfg.ReceiveOnly {
		return nil
	}
	if !p.cfg.Still {
		p.Peer.StartMedia()
	}
	return p.publish(ctx, p.Seat)
}

// EnterUnheard joins a room and says what is published, without a connection.
func (p *Person) EnterUnheard(ctx context.Context, room string, options *protocol.RoomOptions) error {
	if err := p.join(ctx, room, options); err != nil {
		return err
	}
	return p.publish(ctx, p.Seat)
}

func (p *Person) join(ctx context.Context, room string, options *protocol.RoomOptions) error {
	p.JoinedAt = time.Since(p.cfg.Began)
	reply, err := p.Conn.Request(ctx, protocol.JoinRoom{Name: room, Options: options})
	if err != nil {
		return err
	}
	joined, ok := reply.(protocol.Joined)
	if !ok {
		return fmt.Errorf("join_room: got %s", protocol.TypeOf(reply))
	}
	p.Seat = joined.Room.Self
	p.following.Go(p.follow)
	return nil
}

// publish what the configuration says.
func (p *Person) publish(ctx context.Context, seat protocol.ParticipantID) error {
	if !p.cfg.VideoOnly {
		if _, err := p.Conn.Request(ctx, protocol.Publish{Participant: seat, Source: protocol.SourceMicrophone}); err != nil {
			return err
		}
	}
	if p.cfg.AudioOnly {
		return nil
	}
	_, err := p.Conn.Request(ctx, protocol.Publish{Participant: seat, Source: protocol.SourceCamera, Width: width, Height: height})
	return err
}

// Tile is where a page shows somebody's camera.
type Tile struct {
	Seat          protocol.ParticipantID
	Width, Height int
}

// Show says all that this person's page shows.
func (p *Person) Show(ctx context.Context, tiles []Tile) error {
	m := protocol.Prefer{Participant: p.Seat, Videos: []protocol.Preference{}}
	for _, t := range tiles {
		m.Videos = append(m.Videos, protocol.Preference{
			Publication: protocol.PublicationID(string(t.Seat) + "/" + string(protocol.SourceCamera)), Width: t.Width, Height: t.Height,
		})
	}
	_, err := p.Conn.Request(ctx, m)
	return err
}

// follow the events of a room until the socket has gone.
func (p *Person) follow() {
	for m := range p.Conn.Events {
		switch m := m.(type) {
		case protocol.Slots:
			p.slotsMu.Lock()
			p.slots = m.Slots
			p.slotsMu.Unlock()
		case protocol.Layers:
			if peer := p.sending.Load(); peer != nil && m.Source == protocol.SourceCamera {
				for _, l := range m.Layers {
					peer.SetActive(l.RID, l.Active)
				}
			}
		default: // others' coming and going
		}
	}
}

// SlotsInUse counts the slots that have somebody now.
func (p *Person) SlotsInUse() (n int) {
	p.slotsMu.Lock()
	defer p.slotsMu.Unlock()
	for _, s := range p.slots {
		if s.Participant != "" {
			n++
		}
	}
	return n
}

// Carriage of somebody's source to a receiver.
type Carriage int

// Carriages.
const (
	NotCarried Carriage = iota
	Paused              // it has its place, and nothing is sent for now
	Carried
)

// Gets tells whether a slot carries somebody's source now, by what the server
// has said last.
func (p *Person) Gets(seat protocol.ParticipantID, source Source) Carriage {
	kind := protocol.KindVideo
	if source == Audio {
		kind = protocol.KindAudio
	}
	p.slotsMu.Lock()
	defer p.slotsMu.Unlock()
	for _, s := range p.slots {
		switch {
		case s.Kind != kind || s.Participant != seat:
		case s.Paused != "":
			return Paused
		default:
			return Carried
		}
	}
	return NotCarried
}

// Number that marks this person's packets.
func (p *Person) Number() uint32 { return p.cfg.Number }

// Sends tells whether this person sends a source.
func (c PeerConfig) Sends(source Source) bool {
	switch source {
	case Audio:
		return !c.ReceiveOnly && !c.VideoOnly
	case Video:
		return !c.ReceiveOnly && !c.AudioOnly
	default:
		return !c.ReceiveOnly && !c.AudioOnly && c.Layers > 1
	}
}
