package leg

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"strings"
	"time"

	"callrelay/signal"
	"callrelay/signal/protocol"
)

// AskTime bounds a question to signal, media included.
const AskTime = 10 * time.Second

// Enter signs a page's user in: signal.Server.Enter or EnterLine.
type Enter func(signal.TokenGrants, func(protocol.ServerMessage)) (*signal.Door, error)

// Leg is a seat of a page in a room or a call.
type Leg struct {
	door       *signal.Door
	seat       protocol.ParticipantID
	room       protocol.RoomID // joined by name; empty without one
	generation uint32          // of the page's newest connection
}

// Open signs in. tell is as that of signal.Server.Enter.
func Open(enter Enter, grants signal.TokenGrants, tell func(protocol.ServerMessage)) (*Leg, error) {
	door, err := enter(grants, tell)
	if err != nil {
		return nil, err
	}
	return &Leg{door: door}, nil
}

// Close ends the session with whatever it is in.
func (l *Leg) Close() { l.door.Close() }

// OnClosed sets who is told that the page has closed its connection in a seat,
// on the goroutine of tell.
func (l *Leg) OnClosed(told func(seat protocol.ParticipantID)) { l.door.OnMediaClosed(told) }

// Done is closed when the session is over.
func (l *Leg) Done() <-chan struct{} { return l.door.Done() }

// Seat in the present call or room; empty without one.
func (l *Leg) Seat() protocol.ParticipantID { return l.seat }

// Ask signal; a refusal is a protocol.Error.
func (l *Leg) Ask(q protocol.ClientMessage) (reply protocol.ServerMessage, err error) {
	err = withTime(func(ctx context.Context) error {
		reply, err = l.door.Ask(ctx, q)
		return err
	})
	return reply, err
}

func withTime(f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), AskTime)
	defer cancel()
	return f(ctx)
}

// Join a room by its name and publish. The room is returned as it then is.
func (l *Leg) Join(name string) (protocol.RoomView, error) {
	reply, err := l.Ask(protocol.JoinRoom{Name: name})
	if err != nil {
		return protocol.RoomView{}, err
	}
	joined, ok := reply.(protocol.Joined)
	if !ok {
		return protocol.RoomView{}, errReply
	}
	l.seat, l.room = joined.Room.Self, joined.Room.Room
	return joined.Room, l.publish()
}

var errReply = errors.New("signal gave another reply than the one asked for")

// Leave the room that was joined, if one was.
func (l *Leg) Leave() {
	if l.room == "" {
		return
	}
	_, _ = l.Ask(protocol.LeaveRoom{Room: l.room}) // it may be over already
	l.seat, l.room = "", ""
}

// Place a call to a user.
func (l *Leg) Place(callee protocol.UserID) (protocol.CallView, error) {
	return l.take(protocol.Place{Call: newCallID(), Callee: callee, Video: true})
}

// Accept an incoming call.
func (l *Leg) Accept(call protocol.CallID) (protocol.CallView, error) {
	return l.take(protocol.Accept{Call: call, Video: true})
}

// take a seat by what is answered with a call that is not over.
func (l *Leg) take(q protocol.ClientMessage) (protocol.CallView, error) {
	reply, err := l.Ask(q)
	if err != nil {
		return protocol.CallView{}, err
	}
	c, ok := reply.(protocol.Call)
	if !ok {
		return protocol.CallView{}, errReply
	}
	if c.Call.State == protocol.CallEnded {
		return c.Call, nil
	}
	return c.Call, l.Use(c.Call)
}

// Use the seat that an incoming call has given, before it is accepted.
func (l *Leg) Use(call protocol.CallView) error {
	if l.seat != call.Participant {
		l.seat, l.generation = call.Participant, max(l.generation, call.Generation)
		return l.publish()
	}
	return nil
}

// publish both sources: which of them the page really sends shows in its packets.
func (l *Leg) publish() error {
	for _, source := range []protocol.Source{protocol.SourceMicrophone, protocol.SourceCamera} {
		if _, err := l.Ask(protocol.Publish{Participant: l.seat, Source: source}); err != nil {
			return err
		}
	}
	return nil
}

// Watch one member and no other: the page can show only one.
func (l *Leg) Watch(member protocol.ParticipantID) error {
	const width, height = 1280, 720
	_, err := l.Ask(protocol.Prefer{Participant: l.seat, Videos: []protocol.Preference{{
		Publication: protocol.PublicationID(string(member) + "/" + string(protocol.SourceCamera)),
		Width:       width, Height: height,
	}}})
	return err
}

// Answer an offer of the page, on a new connection.
func (l *Leg) Answer(offer string) (answer string, err error) {
	l.generation++
	err = withTime(func(ctx context.Context) error {
		answer, err = l.door.AnswerTo(ctx, l.seat, l.generation, offer)
		return err
	})
	return answer, err
}

// Offer the page a new connection, with an empty data channel if the page tells
// the end of a call by its closing.
func (l *Leg) Offer(channel bool) (offer string, err error) {
	l.generation++
	err = withTime(func(ctx context.Context) error {
		offer, err = l.door.OfferTo(ctx, l.seat, l.generation, channel)
		return err
	})
	return offer, err
}

// TakeAnswer of the page to the newest Offer.
func (l *Leg) TakeAnswer(answer string) error {
	return withTime(func(ctx context.Context) error {
		return l.door.Accept(ctx, l.seat, l.generation, answer)
	})
}

// BadSDP tells whether an error says that the page's description is none that
// can be used, so that the fault is the page's.
func BadSDP(err error) bool {
	var refusal protocol.Error
	return errors.As(err, &refusal) && refusal.Code == protocol.ErrBadSDP
}

// newCallID as a client of the product makes one.
func newCallID() protocol.CallID { return protocol.CallID(NewID()) }

// NewID is random, of 26 letters and digits.
func NewID() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]))
}
