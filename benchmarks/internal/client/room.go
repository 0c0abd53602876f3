package client

import (
	"context"
	"fmt"
	"slices"
	"time"

	"callrelay/signal/protocol"
)

// Enter joins a room by its name, makes the media connection, and begins to
// send what the configuration says. JoinedAt is when it was asked for, since
// the run began. From then on the person's events are looked at by itself.
func (p *Person) Enter(ctx context.Context, room string, options *protocol.RoomOptions) error {
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
	if p.Peer, err = NewPeer(p.cfg); err != nil {
		return err
	}
	if err := p.Peer.Connect(ctx, p.Conn, p.Seat); err != nil {
		return err
	}
	if p.cfg.ReceiveOnly {
		return nil
	}
	p.Peer.StartMedia()
	return p.publish(ctx, p.Seat)
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

// follow the events of a room until the socket has gone.
func (p *Person) follow() {
	for m := range p.Conn.Events {
		if slots, ok := m.(protocol.Slots); ok {
			p.slotsMu.Lock()
			p.slots = slots.Slots
			p.slotsMu.Unlock()
		}
	}
}

// Gets tells whether a slot carries somebody's source now, by what the server
// has said last.
func (p *Person) Gets(seat protocol.ParticipantID, source Source) bool {
	kind := protocol.KindVideo
	if source == Audio {
		kind = protocol.KindAudio
	}
	p.slotsMu.Lock()
	defer p.slotsMu.Unlock()
	return slices.ContainsFunc(p.slots, func(s protocol.SlotView) bool {
		return s.Kind == kind && s.Participant == seat && s.Paused == ""
	})
}

// Number that marks this person's packets.
func (p *Person) Number() uint32 { return p.cfg.Number }

// Sends tells whether this person sends a source.
func (c PeerConfig) Sends(source Source) bool {
	if source == Audio {
		return !c.ReceiveOnly && !c.VideoOnly
	}
	return !c.ReceiveOnly && !c.AudioOnly
}
