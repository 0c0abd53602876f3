package ring

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"go.uber.org/goleak"

	"callrelay/dialect/internal/leg"
	"callrelay/dialect/socketio"
	"callrelay/sfu"
	"callrelay/signal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience of a test with anything it waits for.
const patience = 20 * time.Second

// rig is the front door with all that is behind it, on loopback.
type rig struct {
	t      *testing.T
	media  *sfu.SFU
	signal *signal.Server
	server *Server
	socket *httptest.Server
	raw    *httptest.Server
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t}
	var err error
	r.signal, err = signal.New(signal.Config{
		StateKey: []byte(strings.Repeat("k", 32)),
		Media: func(o sfu.Observer) (signal.Media, error) {
			r.media, err = sfu.New(sfu.Config{Listen: "127.0.0.1:0", Observer: o})
			return r.media, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.server = New(Config{Enter: r.signal.Enter, Grants: func(room, user string) (signal.TokenGrants, bool) {
		return signal.TokenGrants{User: user, Name: user, Callees: []string{"*"}, Rooms: []string{"*"}, Publish: true, Subscribe: true}, room != "kept"
	}})
	sockets := socketio.New(socketio.Config{}, r.server.Pages())
	r.socket, r.raw = httptest.NewServer(sockets), httptest.NewServer(r.server.Raw())
	t.Cleanup(func() {
		sockets.Close()
		r.server.Close()
		r.socket.Close()
		r.raw.Close()
		if err := errors.Join(r.signal.Close(), r.media.Close()); err != nil {
			t.Error(err)
		}
	})
	return r
}

// browser is a page's scripted half: its socket and its present connection.
type browser struct {
	t      *testing.T
	kind   string // ring-a, ring-b, ring-queue or raw-ws
	conn   *websocket.Conn
	heard  chan heard
	pc     *webrtc.PeerConnection
	tracks []*webrtc.TrackLocalStaticSample
	media  chan string // kinds of tracks whose packets arrive
	stop   chan struct{}
	wg     sync.WaitGroup
}

type heard struct {
	name string
	arg  json.RawMessage
}

// open a page of a kind in a room.
func (r *rig) open(kind, room string) *browser {
	r.t.Helper()
	b := &browser{t: r.t, kind: kind, heard: make(chan heard, 64)}
	address := r.socket.URL + "/socket.io/?EIO=4&transport=websocket"
	if b.raw() {
		address = r.raw.URL
	}
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(address, "http"), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	_ = res.Body.Close()
	b.conn = conn
	go b.listen()
	r.t.Cleanup(b.close)
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
	m := rawMessage{Event: name, RoomID: "001"}
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
	limit := time.After(patience)
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
	if strings.Count(d.SDP, "\r\nm=") != 2 || !strings.Contains(d.SDP, "a=candidate") {
		b.t.Fatalf("%s: described by %q", b.kind, d.SDP)
	}
	return d.SDP
}

// makeOffer is what the page does on acceptCall.
func (b *browser) makeOffer() {
	b.t.Helper()
	b.hear("acceptCall")
	b.connect()
	offer, err := b.pc.CreateOffer(nil)
	b.must(err)
	b.say("sendOffer", map[string]any{"roomId": "001", "offer": leg.Description{Type: "offer", SDP: b.local(offer)}})
	answered := "sendAnswer"
	if b.kind == "ring-a" {
		answered = "receiveAnswer"
	}
	sdp := b.describe(b.hear(answered))
	b.must(b.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp}))
	if b.kind == "ring-queue" || b.raw() {
		b.say("addCandidate", "001")
	}
}

// takeOffer is what the page does on sendOffer.
func (b *browser) takeOffer() {
	b.t.Helper()
	sdp := b.describe(b.hear("sendOffer"))
	b.connect()
	b.must(b.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: sdp}))
	answer, err := b.pc.CreateAnswer(nil)
	b.must(err)
	b.say("sendAnswer", map[string]any{"roomId": "001", "answer": leg.Description{Type: "answer", SDP: b.local(answer)}})
}

func (b *browser) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) local(d webrtc.SessionDescription) string {
	gathered := webrtc.GatheringCompletePromise(b.pc)
	b.must(b.pc.SetLocalDescription(d))
	<-gathered
	return b.pc.LocalDescription().SDP
}

// connect makes the page's next connection; the old one is left as it is, as
// the pages do, but for the test's own goroutines.
func (b *browser) connect() {
	b.t.Helper()
	b.hangUpPC()
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	var err error
	b.pc, err = webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	b.must(err)
	b.media, b.stop = make(chan string, 8), make(chan struct{})
	b.tracks = nil
	for _, mime := range []string{webrtc.MimeTypeOpus, webrtc.MimeTypeVP8} {
		track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: mime}, mime[:5], "stream")
		b.must(err)
		_, err = b.pc.AddTrack(track)
		b.must(err)
		b.tracks = append(b.tracks, track)
	}
	arrived := b.media
	b.pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		if _, _, err := t.ReadRTP(); err == nil {
			arrived <- t.Kind().String()
		}
	})
	b.wg.Go(func() { b.send(b.tracks, b.stop) })
}

// keyFrame is the head of a VP8 key frame of 320 x 240.
var keyFrame = []byte{0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00, 1, 2, 3, 4}

func (*browser) send(tracks []*webrtc.TrackLocalStaticSample, stop chan struct{}) {
	every := time.NewTicker(20 * time.Millisecond)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			_ = tracks[0].WriteSample(media.Sample{Data: []byte{0xfc, 1, 2, 3}, Duration: 20 * time.Millisecond})
			_ = tracks[1].WriteSample(media.Sample{Data: keyFrame, Duration: 20 * time.Millisecond})
		case <-stop:
			return
		}
	}
}

// sees waits for the other's sound and picture.
func (b *browser) sees() {
	b.t.Helper()
	limit := time.After(patience)
	for seen := map[string]bool{}; len(seen) < 2; {
		select {
		case kind := <-b.media:
			seen[kind] = true
		case <-limit:
			b.t.Fatalf("%s: only %v arrived", b.kind, seen)
		}
	}
}

// hangUpPC closes the page's connection.
func (b *browser) hangUpPC() {
	if b.pc == nil {
		return
	}
	close(b.stop)
	b.wg.Wait()
	_ = b.pc.GracefulClose()
	b.pc = nil
}

// close the tab.
func (b *browser) close() {
	_ = b.conn.Close()
	for range b.heard { // until the reader has ended
	}
	b.hangUpPC()
}
