package room

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

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
	http   *httptest.Server
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{World: dialecttest.New(t)}
	r.server = New(Config{Enter: r.Signal.Enter, Grants: dialecttest.Grants})
	sockets := socketio.New(socketio.Config{}, r.server.Pages())
	r.http = httptest.NewServer(sockets)
	t.Cleanup(func() {
		sockets.Close()
		r.server.Close()
		r.http.Close()
	})
	return r
}

// page is a page's scripted half.
type page struct {
	*dialecttest.Socket
	t  testing.TB
	pc *dialecttest.Connection
}

func (r *rig) open() *page {
	r.T.Helper()
	return &page{Socket: dialecttest.Dial(r.T, r.http.URL), t: r.T}
}

// meets is what the page does on resp-join.
func (p *page) meets() {
	p.t.Helper()
	var uid string
	_ = json.Unmarshal(p.Hear("resp-join"), &uid)
	p.pc = dialecttest.Connect(p.t)
	p.Say("offer", map[string]any{"target": uid, "sdp": leg.Description{Type: "offer", SDP: p.pc.Offer()}})
	var answer described
	_ = json.Unmarshal(p.Hear("answer"), &answer)
	if answer.From != uid || answer.SDP.Type != "answer" {
		p.t.Fatalf("answered by %+v", answer)
	}
	dialecttest.ForTwo(p.t, answer.SDP.SDP, 2)
	p.pc.TakeAnswer(answer.SDP.SDP)
}

// parts is what the page does on peer-leave.
func (p *page) parts() {
	p.t.Helper()
	p.Hear("peer-leave")
	p.pc.Close()
}
