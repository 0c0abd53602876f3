package scenarios

import (
	"context"
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/signal/protocol"
)

// Front is the way into the rooms of a server, over its own protocol. Package
// peers has those of other servers. Its methods may be called from several
// goroutines.
type Front interface {
	// Enter joins a room and begins to send and receive as config says. It
	// returns when media can flow both ways. After an error nothing is left.
	Enter(ctx context.Context, room Room, config client.PeerConfig) (Member, error)
}

// Room that people enter.
type Room struct {
	// Name is unique in the run and among runs.
	Name string
	// Members that are to come in all.
	Members int
}

// Member is a person in a room.
type Member interface {
	// Joined is when joining was asked for, since the run began.
	Joined() time.Duration
	// Gets tells whether the server sends this member the other's source now, by
	// what it has said.
	Gets(other Member, source client.Source) client.Carriage
	// WirePackets of RTP that the server has sent to this member so far.
	WirePackets() uint64
	// LastSent extended number of a source; 0 of one that it does not have.
	LastSent(source client.Source) uint64
	// SentTimes of a source's packets, in microseconds since the run began.
	SentTimes(source client.Source) (first uint64, micros []uint32)
	// StopMedia ends sending; Leave all of it.
	StopMedia()
	Leave()
	// Tally after Leave.
	Tally() *client.Tally
}

// callrelay is the front of a server of our own in open mode.
type callrelay struct{ url string }

// Callrelay is the front at a WebSocket's URL.
func Callrelay(url string) Front { return callrelay{url} }

// Enter implements Front.
func (c callrelay) Enter(ctx context.Context, room Room, config client.PeerConfig) (Member, error) {
	p, err := client.SignIn(ctx, c.url, nameOf(room, config.Number), config)
	if err != nil {
		return nil, err
	}
	var options *protocol.RoomOptions
	if room.Members > usualLimit {
		options = &protocol.RoomOptions{Limit: room.Members, Publishers: protocol.PublishersAll, Screen: protocol.ScreenAsk}
	}
	if err := p.Enter(ctx, room.Name, options); err != nil {
		p.Leave()
		return nil, err
	}
	return person{p, p.Peer}, nil
}

// usualLimit of a room's members; more takes an option.
const usualLimit = 200

type person struct {
	*client.Person
	*client.Peer
}

// Joined implements Member.
func (p person) Joined() time.Duration { return p.JoinedAt }

// Gets implements Member.
func (p person) Gets(other Member, source client.Source) client.Carriage {
	if o, ok := other.(person); ok {
		return p.Person.Gets(o.Seat, source)
	}
	return client.NotCarried
}
