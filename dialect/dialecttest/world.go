package dialecttest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"callrelay/sfu"
	"callrelay/signal"
	"callrelay/signal/protocol"
)

// Patience of a test with anything it waits for.
const Patience = 20 * time.Second

// World is what is behind a front door.
type World struct {
	T      testing.TB
	Media  *sfu.SFU
	Signal *signal.Server
}

// New opens a world on loopback that ends with the test, after what is
// registered for its end later.
func New(t testing.TB) *World {
	t.Helper()
	w := &World{T: t}
	var err error
	w.Signal, err = signal.New(signal.Config{
		StateKey: []byte(strings.Repeat("k", 32)),
		Media: func(o sfu.Observer) (signal.Media, error) {
			w.Media, err = sfu.New(sfu.Config{Listen: "127.0.0.1:0", Observer: o})
			return w.Media, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(w.Signal.Close(), w.Media.Close()); err != nil {
			t.Error(err)
		}
	})
	return w
}

// Grants of any user, but in the room "kept".
func Grants(room, user string) (signal.TokenGrants, bool) {
	return signal.TokenGrants{
		User: user, Name: user, Callees: []string{"*"}, Rooms: []string{"*"}, Publish: true, Subscribe: true, List: true,
	}, room != "kept"
}

// NoMedia waits until the server carries nothing more.
func (w *World) NoMedia() {
	w.T.Helper()
	w.Until("the server carries nothing", func() bool { return w.Media.Stats().Participants == 0 })
}

// Until something that happens by itself is so.
func (w *World) Until(what string, so func() bool) {
	w.T.Helper()
	for limit := time.Now().Add(Patience); time.Now().Before(limit); time.Sleep(time.Millisecond) {
		if so() {
			return
		}
	}
	w.T.Fatalf("waited in vain until %s; media %+v", what, w.Media.Stats())
}

// Phone is a user of the product.
type Phone struct {
	*signal.Door
	T     testing.TB
	calls chan protocol.CallView
}

// Phone signs a user of the product in.
func (w *World) Phone(name string) *Phone {
	w.T.Helper()
	p := &Phone{T: w.T, calls: make(chan protocol.CallView, 64)}
	grants, _ := Grants("", name)
	var err error
	p.Door, err = w.Signal.Enter(grants, func(m protocol.ServerMessage) {
		if c, ok := m.(protocol.Call); ok {
			p.calls <- c.Call
		}
	})
	if err != nil {
		w.T.Fatal(err)
	}
	w.T.Cleanup(p.Close)
	return p
}

// Do asks what must be granted.
func (p *Phone) Do(m protocol.ClientMessage) protocol.ServerMessage {
	p.T.Helper()
	reply, err := p.Ask(context.Background(), m)
	if err != nil {
		p.T.Fatal(err)
	}
	return reply
}

// Until its newest call is in a state.
func (p *Phone) Until(state protocol.CallState) protocol.CallView {
	p.T.Helper()
	limit := time.After(Patience)
	for {
		select {
		case c := <-p.calls:
			if c.State == state {
				return c
			}
		case <-limit:
			p.T.Fatalf("no call that is %s", state)
		}
	}
}

// Connect the phone's media in a seat and return its connection.
func (p *Phone) Connect(seat protocol.ParticipantID) *Connection {
	p.T.Helper()
	c := Connect(p.T)
	answer, err := p.AnswerTo(context.Background(), seat, 1, c.Offer())
	if err != nil {
		p.T.Fatal(err)
	}
	c.TakeAnswer(answer)
	for _, source := range []protocol.Source{protocol.SourceMicrophone, protocol.SourceCamera} {
		p.Do(protocol.Publish{Participant: seat, Source: source})
	}
	return c
}
