package sfu

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/pion/datachannel"
	"github.com/pion/webrtc/v4"
	"golang.org/x/time/rate"
)

// LossyLabel of the data channel on which a client sends and receives its
// application's messages that may be lost. The client opens it, unordered and
// without retransmissions.
const LossyLabel = "lossy"

// Limits of lossy messages.
const (
	// LossyBytes of a message with its header: it fits into one datagram, so
	// that a lost one takes nothing else with it.
	LossyBytes = 1100
	// LossyRate messages a second from one participant, LossyBurst at once.
	LossyRate  = 100
	LossyBurst = 200
	// lossyDeliveries a second in one room, and as many at once: a message to
	// all others is as many as there are others.
	lossyDeliveries = 20_000
	// lossyQueued bytes wait for a receiver whose path is slow; beyond it the
	// message is lost for that one.
	lossyQueued = 32 << 10
	// maxChannels a client may open on a connection.
	maxChannels = 4
	// maxMessage bytes of a message on any data channel, as the answer says.
	maxMessage = 64 << 10
	// maxUnread bytes of what arrives on all data channels of a connection.
	maxUnread = 256 << 10
	// refusalsEvery a sender is told of its messages that were refused.
	refusalsEvery = time.Second
)

// Refusal says why a lossy message reached nobody.
type Refusal string

// Refusals.
const (
	RefusedMalformed Refusal = "malformed"
	RefusedTooLong   Refusal = "too_long"
	RefusedTooFast   Refusal = "too_fast"
	// RefusedNoRoom: its sender is in no room.
	RefusedNoRoom Refusal = "no_room"
	// RefusedNobody: the one it is for is not in the room.
	RefusedNobody Refusal = "nobody"
)

// LossyRefused tells that so many lossy messages of a seat were refused since
// the last time, and why the last was; once a second at most.
type LossyRefused struct {
	Seat    Seat
	Refusal Refusal
	Count   int
}

func (LossyRefused) event() {}

var refusalCounters = map[Refusal]counter{
	RefusedMalformed: countLossyMalformed, RefusedTooLong: countLossyTooLong, RefusedTooFast: countLossyTooFast,
	RefusedNoRoom: countLossyNoRoom, RefusedNobody: countLossyNobody,
}

// lossy is the way of lossy messages from and to one connection. What a
// message says is the application's: the header is read, and the sender's id
// put before it.
type lossy struct {
	connection *connection
	opened     atomic.Int32 // channels, by the client
	channel    atomic.Pointer[datachannel.DataChannel]

	// of the channel's reader
	rate    *rate.Limiter
	refused int // since told, the last for refusal
	refusal Refusal
	told    time.Time
	ears    []*lossy
	out     []byte
}

func newLossy(c *connection) *lossy {
	return &lossy{connection: c, rate: rate.NewLimiter(LossyRate, LossyBurst)}
}

// offered is a channel that the client opens. All are read until the
// connection ends, as what nobody reads would stop the others; what arrives on
// one of another label, or on a second one, is forgotten. They are not closed:
// PeerJS ends a call whose empty data channel closes.
func (l *lossy) offered(d *webrtc.DataChannel) {
	if l.opened.Add(1) > maxChannels {
		l.connection.abandon("too many data channels")
		return
	}
	d.OnOpen(func() {
		raw, err := d.Detach()
		channel, ok := raw.(*datachannel.DataChannel)
		if err != nil || !ok {
			l.connection.abandon("a data channel that can't be read")
			return
		}
		ours := d.Label() == LossyLabel && l.channel.CompareAndSwap(nil, channel)
		l.connection.sfu.background(func() { l.read(channel, ours) })
	})
}

func (l *lossy) read(channel *datachannel.DataChannel, ours bool) {
	defer l.channel.CompareAndSwap(channel, nil)
	buffer := make([]byte, LossyBytes+1)
	for {
		n, _, err := channel.ReadDataChannel(buffer)
		if errors.Is(err, os.ErrDeadlineExceeded) { // there are refusals to be told
			l.tell(time.Now())
			_ = channel.SetReadDeadline(time.Time{})
			continue
		}
		if errors.Is(err, io.ErrShortBuffer) {
			// It stays until there is room for it.
			if _, _, err = channel.ReadDataChannel(make([]byte, maxMessage)); errors.Is(err, io.ErrShortBuffer) {
				l.connection.abandon("a message on a data channel that is larger than the answer allows")
			}
			n = len(buffer)
		}
		if err != nil {
			return
		}
		if !ours {
			continue
		}
		if later := l.hear(buffer[:n], time.Now()); !later.IsZero() {
			_ = channel.SetReadDeadline(later)
		}
	}
}

// hear passes a message on, or refuses it; then it may say when refusals are
// to be told.
func (l *lossy) hear(message []byte, now time.Time) (later time.Time) {
	counters := &l.connection.sfu.counters
	counters.count(countLossyIn)
	refusal := l.pass(message, now)
	if refusal == "" {
		return later
	}
	counters.count(refusalCounters[refusal])
	l.refusal = refusal
	l.refused++
	if due := l.told.Add(refusalsEvery); now.Before(due) {
		return due
	}
	l.tell(now)
	return later
}

// tell the sender of what was refused.
func (l *lossy) tell(now time.Time) {
	if l.refused == 0 {
		return
	}
	l.connection.sfu.observe(LossyRefused{Seat: l.connection.seat, Refusal: l.refusal, Count: l.refused})
	l.told, l.refused = now, 0
}

func (l *lossy) pass(message []byte, now time.Time) Refusal {
	if len(message) > LossyBytes {
		return RefusedTooLong
	}
	to, ok := lossyRecipient(message)
	if !ok {
		return RefusedMalformed
	}
	if !l.rate.AllowN(now, 1) {
		return RefusedTooFast
	}
	s := l.connection.sfu
	var refusal Refusal
	if l.ears, refusal = s.ears(l.connection, to, now, l.ears[:0]); refusal != "" {
		return refusal
	}
	from := l.connection.seat.Participant
	l.out = append(append(append(l.out[:0], byte(len(from))), from...), message...)
	for _, ear := range l.ears {
		ear.send(l.out)
	}
	clear(l.ears)
	return ""
}

// ears are those who are to hear a message.
func (s *SFU) ears(c *connection, to ParticipantID, now time.Time, ears []*lossy) ([]*lossy, Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := c.participant
	if p.connection != c || p.room == nil {
		return ears, RefusedNoRoom
	}
	for _, other := range p.room.members {
		if other == p || to != "" && other.id != to {
			continue
		}
		if other.connection == nil {
			s.counters.count(countLossyNoChannel)
			continue
		}
		ears = append(ears, other.connection.lossy)
	}
	switch {
	case to != "" && (to == p.id || p.room.members[to] == nil):
		return ears, RefusedNobody
	case !p.room.deliveries.AllowN(now, len(ears)):
		return ears, RefusedTooFast
	}
	return ears, ""
}

// send never waits.
func (l *lossy) send(message []byte) {
	counters := &l.connection.sfu.counters
	channel := l.channel.Load()
	switch {
	case channel == nil:
		counters.count(countLossyNoChannel)
	case channel.BufferedAmount() > lossyQueued:
		counters.count(countLossySlow)
	default:
		if _, err := channel.Write(message); err != nil {
			counters.count(countLossyNoChannel)
			return
		}
		counters.count(countLossyOut)
	}
}

// lossyRecipient reads a message's header: one byte with the length of the
// recipient's id and the id, empty for all; the same for the topic; the rest is
// the payload.
func lossyRecipient(message []byte) (to ParticipantID, ok bool) {
	id, rest, ok := cutShort(message)
	if !ok {
		return "", false
	}
	_, _, ok = cutShort(rest)
	return ParticipantID(id), ok
}

// cutShort cuts off what begins with its length in one byte.
func cutShort(b []byte) (head, rest []byte, ok bool) {
	if len(b) == 0 || len(b) < 1+int(b[0]) {
		return nil, nil, false
	}
	n := 1 + int(b[0])
	return b[1:n], b[n:], true
}
