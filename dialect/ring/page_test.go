package ring

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"callrelay/dialect/dialecttest"
	"callrelay/dialect/internal/leg"
	"callrelay/dialect/socketio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is the front door with all that is behind it, on loopback.
type rig struct {
	*dialecttest.World
	server *Server
	socket *httptest.Server
	raw    *httptest.Server
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{World: dialecttest.New(t)}
	r.server = New(Config{Enter: r.Signal.Enter, Grants: dialecttest.Grants})
	sockets := socketio.New(socketio.Config{}, r.server.Pages())
	r.socket, r.raw = httptest.NewServer(sockets), httptest.NewServer(r.server.Raw())
	t.Cleanup(func() {
		sockets.Close()
		r.server.Close()
		r.socket.Close()
		r.raw.Close()
	})
	return r
}

// browser is a page's scripted half: its socket and its present connection.
type browser struct {
	t     testing.TB
	kind  string // ring-a, ring-b, ring-queue or raw-ws
	conn  *websocket.Conn
	heard chan heard
	pc    *dialecttest.Connection
	room  string
}

type heard struct {
	name string
	arg  json.RawMessage
}

// open a page of a kind in a room.
func (r *rig) open(kind, room string) *browser {
	r.T.Helper()
	b := &browser{t: r.T, kind: kind, heard: make(chan heard, 64), room: room}
	address := r.socket.URL + "/socket.io/?EIO=4&transport=websocket"
	if b.raw() {
		address = r.raw.URL
	}
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(address, "http"), nil)
	if err != nil {
		r.T.Fatal(err)
	}
	_ = res.Body.Close()
	b.conn = conn
	go b.listen()
	r.T.Cleanup(b.close)
	if !b.raw() {
		b.write("40")
		b.hear("connectionSuccess")
	}
	b.say("joinRoom", room)
	return b
}

func (b *browser) raw() bool { return b.kind == "raw-ws" }

func (b *browser) listen() {
	defer close(b.heard)
	for {
		_, text, err := b.conn.ReadMessage()
		if err != nil {
			return
		}
		if b.raw() {
			var m rawMessage
			if json.Unmarshal(text, &m) == nil {
				b.heard <- heard{m.Event, []byte(`"` + m.Offer + m.Answer + `"`)}
			}
			continue
		}
		var parts []json.RawMessage
		rest, event := strings.CutPrefix(string(text), "42")
		if !event || json.Unmarshal([]byte(rest), &parts) != nil {
			continue
		}
		h := heard{arg: []byte("null")}
		_ = json.Unmarshal(parts[0], &h.name)
		if len(parts) > 1 {
			h.arg = parts[1]
		}
		b.heard <- h
	}
}

func (b *browser) write(text string) {
	b.t.Helper()
	if err := b.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		b.t.Fatal(err)
	}
}

// say an event with the room, or with a description.
func (b *browser) say(name string, arg any) {
	b.t.Helper()
	if !b.raw() {
		text, _ := json.Marshal([]any{name, arg})
		b.write("42" + string(text))
		return
	}
	m := rawMessage{Event: name, RoomID: b.room}
	switch arg := arg.(type) {
	case string:
		m.RoomID = arg
	case map[string]any:
		d, isOffer := arg["offer"].(leg.Description)
		if isOffer {
			m.Offer = encodeDescription(d.Type, d.SDP)
		} else {
			d, _ = arg["answer"].(leg.Description)
			m.Answer = encodeDescription(d.Type, d.SDP)
		}
	}
	text, _ := json.Marshal(m)
	b.write(string(text))
}

// hear an event; others before it are what this kind of page ignores.
func (b *browser) hear(name string) json.RawMessage {
	b.t.Helper()
	limit := time.After(dialecttest.Patience)
	var passed []string
	for {
		select {
		case h, open := <-b.heard:
			if !open {
				b.t.Fatalf("%s: closed while waiting for %s after %v", b.kind, name, passed)
			}
			if h.name == name {
				return h.arg
			}
			passed = append(passed, h.name)
		case <-limit:
			b.t.Fatalf("%s: no %s, only %v", b.kind, name, passed)
		}
	}
}

// ring is the name under which a page of this kind is invited.
func (b *browser) ring() string {
	if b.kind == "ring-a" {
		return "receiveCall"
	}
	return "callRemote"
}

func (b *browser) describe(arg json.RawMessage) string {
	b.t.Helper()
	var d leg.Description
	if b.raw() {
		var text string
		_ = json.Unmarshal(arg, &text)
		for _, kind := range []string{"offer", "answer"} {
			if sdp, ok := decodeDescription(text, kind); ok {
				d.SDP = sdp
			}
		}
	} else if err := json.Unmarshal(arg, &d); err != nil {
		b.t.Fatal(err)
	}
	dialecttest.ForTwo(b.t, d.SDP, 2)
	return d.SDP
}

// makeOffer is what the page does on acceptCall.
func (b *browser) makeOffer() {
	b.t.Helper()
	b.hear("acceptCall")
	b.connect()
	b.say("sendOffer", map[string]any{"roomId": b.room, "offer": leg.Description{Type: "offer", SDP: b.pc.Offer()}})
	answered := "sendAnswer"
	if b.kind == "ring-a" {
		answered = "receiveAnswer"
	}
	b.pc.TakeAnswer(b.describe(b.hear(answered)))
	if b.kind == "ring-queue" || b.raw() {
		b.say("addCandidate", b.room)
	}
}

// takeOffer is what the page does on sendOffer.
func (b *browser) takeOffer() {
	b.t.Helper()
	sdp := b.describe(b.hear("sendOffer"))
	b.connect()
	b.say("sendAnswer", map[string]any{"roomId": b.room, "answer": leg.Description{Type: "answer", SDP: b.pc.Answer(sdp)}})
}

// connect makes the page's next connection. The pages leave the old one as it
// is; the test closes it for its goroutines' sake.
func (b *browser) connect() {
	b.t.Helper()
	b.hangUpPC()
	b.pc = dialecttest.Connect(b.t)
}

// sees waits for the other's sound and picture.
func (b *browser) sees() {
	b.t.Helper()
	b.pc.Sees()
}

// hangUpPC closes the page's connection.
func (b *browser) hangUpPC() {
	if b.pc != nil {
		b.pc.Close()
	}
}

// close the tab.
func (b *browser) close() {
	_ = b.conn.Close()
	for range b.heard { // until the reader has ended
	}
	b.hangUpPC()
}
