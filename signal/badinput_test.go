package signal

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

func TestBadFrameGetsAnErrorOrClosesThatSocketAlone(t *testing.T) {
	t.Parallel()
	big := `{"type":"ping","id":7,"x":"` + strings.Repeat("x", protocol.MaxMessage) + `"}`
	huge := `{"type":"offer","id":7,"sdp":"` + strings.Repeat("x", protocol.MaxOfferMessage) + `"}`
	tests := map[string]struct {
		text   string
		code   protocol.ErrorCode
		closes protocol.CloseCode
	}{
		"not JSON":           {"what?", protocol.ErrBadMessage, 0},
		"not UTF-8":          {"{\"type\":\"\xff\"}", protocol.ErrBadMessage, 0},
		"too deep":           {`{"type":"ping","x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, protocol.ErrBadMessage, 0},
		"unknown type":       {`{"type":"dance","id":7}`, protocol.ErrUnknownType, 0},
		"hello again":        {`{"type":"hello","id":7,"version":1}`, protocol.ErrWrongState, 0},
		"no such call":       {`{"type":"accept","id":7,"call":"` + newID() + `"}`, protocol.ErrNotFound, 0},
		"bad id":             {`{"type":"accept","id":7,"call":"x"}`, protocol.ErrInvalid, 0},
		"no such seat":       {`{"type":"offer","id":7,"participant":"` + newID() + `","generation":1,"sdp":"v=0"}`, protocol.ErrNotFound, 0},
		"no such room":       {`{"type":"leave_room","id":7,"room":"` + newID() + `"}`, protocol.ErrNotFound, 0},
		"bad room name":      {`{"type":"join_room","id":7,"name":"a b"}`, protocol.ErrInvalid, 0},
		"calling oneself":    {`{"type":"place","id":7,"call":"` + newID() + `","callee":"ann"}`, protocol.ErrInvalid, 0},
		"callee without end": {`{"type":"place","id":7,"call":"` + newID() + `","callee":"` + strings.Repeat("x", 200) + `"}`, protocol.ErrInvalid, 0},
		"large":              {big, protocol.ErrTooLarge, protocol.CloseTooLarge},
		"huge":               {huge, "", protocol.CloseTooLarge},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T, r *rig) {
				ann, other := r.join("ann"), r.join("other")
				ann.settle()
				ann.sendRaw(tt.text)
				if tt.code != "" {
					f := ann.next(time.Second)
					if e, ok := f.m.(protocol.Error); !ok || e.Code != tt.code || e.Message == "" {
						t.Errorf("got %#v, want %s", f.m, tt.code)
					}
					if named := strings.Contains(tt.text, `"id":7`); named != (f.env.Re == 7) {
						t.Errorf("names request %d", f.env.Re)
					}
				}
				if tt.closes != 0 {
					if code := ann.closed(2 * time.Second); code != tt.closes {
						t.Errorf("closed with %d, want %d", code, tt.closes)
					}
				} else {
					ann.ask(protocol.Ping{})
				}
				other.ask(protocol.Ping{})
			})
		})
	}
}

func TestFirstMessageMustBeHello(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text   string
		code   protocol.ErrorCode
		closes protocol.CloseCode
	}{
		"another message": {`{"type":"ping","id":1}`, protocol.ErrWrongState, protocol.CloseBadMessage},
		"nonsense":        {`hello`, protocol.ErrBadMessage, protocol.CloseBadMessage},
		"another version": {`{"type":"hello","id":1,"version":2,"name":"ann"}`, protocol.ErrUnsupportedVersion, protocol.CloseBadMessage},
		"no name":         {`{"type":"hello","id":1,"version":1}`, protocol.ErrInvalid, protocol.CloseUnauthorized},
		"name of control": {`{"type":"hello","id":1,"version":1,"name":"a\u0007b"}`, protocol.ErrInvalid, protocol.CloseUnauthorized},
		"long name":       {`{"type":"hello","id":1,"version":1,"name":"` + strings.Repeat("x", 129) + `"}`, protocol.ErrInvalid, protocol.CloseUnauthorized},
		"bad secret":      {`{"type":"hello","id":1,"version":1,"session":"AAAA"}`, protocol.ErrUnauthorized, protocol.CloseUnauthorized},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T, r *rig) {
				c := r.socket()
				c.sendRaw(tt.text)
				if e, ok := c.next(time.Second).m.(protocol.Error); !ok || e.Code != tt.code {
					t.Errorf("got %#v, want %s", e, tt.code)
				}
				if code := c.closed(2 * time.Second); code != tt.closes {
					t.Errorf("closed with %d, want %d", code, tt.closes)
				}
			})
		})
	}
}

func TestSilentAndBinarySocketsAreClosed(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		silent := r.socket()
		if code := silent.closed(6 * time.Second); code != protocol.CloseHelloTimeout {
			t.Errorf("silent: closed with %d", code)
		}
		ann := r.join("ann")
		_ = ann.ws.WriteMessage(websocket.BinaryMessage, []byte(`{"type":"ping"}`))
		if code := ann.closed(2 * time.Second); code != protocol.CloseBadMessage {
			t.Errorf("binary: closed with %d", code)
		}
	})
}

func TestTooManyMessagesAreRefusedThenClosed(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		for range protocol.MessageBurst - 1 {
			if _, ok := ann.ask(protocol.Ping{}).(protocol.Pong); !ok {
				t.Fatal("refused within the burst")
			}
		}
		e, ok := ann.ask(protocol.Ping{}).(protocol.Error)
		if !ok || e.Code != protocol.ErrRateLimited || e.RetryAfterMS == 0 {
			t.Fatalf("got %#v", e)
		}
		time.Sleep(time.Duration(e.RetryAfterMS) * time.Millisecond)
		if _, ok := ann.ask(protocol.Ping{}).(protocol.Pong); !ok {
			t.Error("still refused after the pause")
		}
		for range 11 * protocol.MessageBurst {
			ann.sendRaw(`{"type":"ping"}`)
		}
		if code := ann.closed(2 * time.Second); code != protocol.CloseRateLimited {
			t.Errorf("closed with %d", code)
		}
		bob.ask(protocol.Ping{})
	})
}

func TestAnothersIdsAreRefusedAndDisturbNothing(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, eve := r.join("ann"), r.join("bob"), r.join("eve")
		id := talk(ann, bob)
		eve.refused(protocol.HangUp{Call: id}, protocol.ErrNotFound)
		eve.refused(protocol.Accept{Call: id}, protocol.ErrNotFound)
		eve.refused(protocol.Publish{Participant: bob.seat, Source: protocol.SourceCamera}, protocol.ErrForbidden)
		eve.refused(protocol.Unpublish{Participant: bob.seat, Source: protocol.SourceCamera}, protocol.ErrForbidden)
		eve.refused(protocol.Prefer{Participant: bob.seat}, protocol.ErrForbidden)
		eve.refused(protocol.Offer{Participant: bob.seat, Generation: 9, SDP: "v=0"}, protocol.ErrForbidden)
		eve.refused(protocol.Candidate{Participant: bob.seat, Generation: 1}, protocol.ErrForbidden)
		eve.refused(protocol.LeaveRoom{Room: protocol.RoomID(newID())}, protocol.ErrNotFound)
		bob.refused(protocol.Candidate{Participant: bob.seat, Generation: 2}, protocol.ErrWrongState)
		bob.refused(protocol.Candidate{Participant: bob.seat}, protocol.ErrStale)
		bob.refused(protocol.Unpublish{Participant: bob.seat, Source: protocol.SourceScreen}, protocol.ErrNotFound)
		bob.refused(protocol.Cancel{Call: id}, protocol.ErrWrongState)
		bob.refused(protocol.JoinRoom{Name: "elsewhere"}, protocol.ErrBusy)
		if r.media.gates() != 2 {
			t.Error("the call was disturbed")
		}
		if n := r.server.Stats().Errors; n[protocol.ErrNotFound] != 4 || n[protocol.ErrForbidden] != 5 {
			t.Errorf("counted %v", n)
		}
	})
}

func TestRefusedOfferSaysWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann := r.join("ann")
		m, _ := ann.ask(protocol.JoinRoom{Name: "x"}).(protocol.Joined)
		r.media.answer = sfuBadSDP("no codec of section 1 is known")
		e, _ := ann.ask(protocol.Offer{Participant: m.Room.Self, Generation: 1, SDP: "v=0"}).(protocol.Error)
		if e.Code != protocol.ErrBadSDP || e.Message != "no codec of section 1 is known" {
			t.Errorf("got %#v", e)
		}
		r.media.answer = sfu.ErrClosed
		if e, _ := ann.ask(protocol.Offer{Participant: m.Room.Self, Generation: 1, SDP: "v=0"}).(protocol.Error); e.Code != protocol.ErrUnavailable || e.RetryAfterMS == 0 {
			t.Errorf("got %#v", e)
		}
	})
}

func TestForeignOriginIsRefused(t *testing.T) {
	t.Parallel()
	open := func(origin string, allowed ...string) (status int) {
		bubble(t, func(_ *testing.T, r *rig) {
			_, resp, err := r.connect(http.Header{"Origin": {origin}}, "")
			if err == nil {
				status = http.StatusSwitchingProtocols
			} else if resp != nil {
				status = resp.StatusCode
			}
		}, func(c *Config) { c.Origins = allowed })
		return status
	}
	const ok, refused = http.StatusSwitchingProtocols, http.StatusForbidden
	for _, tt := range []struct {
		origin  string
		allowed []string
		want    int
	}{
		{"http://relay.test", nil, ok},
		{"https://evil.test", nil, refused},
		{"null", nil, refused},
		{"https://app.test", []string{"https://app.test"}, ok},
		{"http://relay.test", []string{"https://app.test"}, refused},
		{"https://evil.test", []string{"*"}, ok},
	} {
		if got := open(tt.origin, tt.allowed...); got != tt.want {
			t.Errorf("origin %s with %v: %d, want %d", tt.origin, tt.allowed, got, tt.want)
		}
	}
}
