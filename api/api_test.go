package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"callrelay/sfu"
	"callrelay/signal"
	"callrelay/signal/protocol"
)

// rig is a signalling server on a media side that does nothing, with its API.
type rig struct {
	t      *testing.T
	server *signal.Server
	api    http.Handler
	token  string
	schema document
}

// noMedia takes everything.
type noMedia struct{ signal.Media }

func (noMedia) Join(context.Context, sfu.RoomID, sfu.ParticipantID, sfu.Rights) error { return nil }

func (noMedia) Leave(context.Context, sfu.ParticipantID) error { return nil }

func (noMedia) Remove(context.Context, sfu.ParticipantID) error { return nil }

func (noMedia) Publish(context.Context, sfu.ParticipantID, sfu.Source, bool) error { return nil }

func (noMedia) Unpublish(context.Context, sfu.ParticipantID, sfu.Source) error { return nil }

func (noMedia) Prefer(context.Context, sfu.ParticipantID, []sfu.Preference) error { return nil }

var secret = []byte(strings.Repeat("s", 32))

func newRig(t *testing.T, keys map[string][]byte) *rig {
	t.Helper()
	server, err := signal.New(signal.Config{
		Media: func(sfu.Observer) (signal.Media, error) { return noMedia{}, nil },
		Keys:  keys, StateKey: secret,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &rig{t: t, server: server, api: New(server), schema: described(t)}
	r.token = r.mint(signal.TokenGrants{User: "backend", Admin: true})
	return r
}

func keyed(t *testing.T) *rig { t.Helper(); return newRig(t, map[string][]byte{"app": secret}) }

func (r *rig) mint(g signal.TokenGrants) string {
	r.t.Helper()
	token, err := signal.MintToken("app", secret, "callrelay", g, time.Now(), time.Hour)
	if err != nil {
		r.t.Fatal(err)
	}
	return token
}

// ask and check that what was asked and answered is as described.
func (r *rig) ask(method, path, text string) (int, map[string]any) {
	r.t.Helper()
	req := httptest.NewRequest(method, Prefix+path, strings.NewReader(text))
	req.Header.Set("Authorization", "Bearer "+r.token)
	w := httptest.NewRecorder()
	r.api.ServeHTTP(w, req)
	var answer map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			r.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	op := r.operation(method, path)
	described, ok := op.Responses[fmt.Sprint(w.Code)]
	if !ok {
		described, ok = op.Responses["default"]
		ok = ok && w.Code >= http.StatusBadRequest
	}
	content, has := described.Content["application/json"]
	switch {
	case !ok:
		r.t.Errorf("%s %s: status %d is not described", method, path, w.Code)
	case has != (answer != nil):
		r.t.Errorf("%s %s: %d with body %v", method, path, w.Code, answer)
	case has:
		if err := r.schema.fits(content.Schema, answer, "body"); err != nil {
			r.t.Errorf("%s %s: %v", method, path, err)
		}
	}
	return w.Code, answer
}

// operation that describes a path with its values filled in.
func (r *rig) operation(method, path string) operation {
	r.t.Helper()
	for pattern, methods := range r.schema.Paths {
		op, ok := methods[strings.ToLower(method)]
		want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
		if !ok || len(want) != len(got) {
			continue
		}
		for i := range want {
			ok = ok && (want[i] == got[i] || strings.HasPrefix(want[i], "{"))
		}
		if ok {
			return op
		}
	}
	r.t.Fatalf("%s %s is not described", method, path)
	return operation{}
}

func (r *rig) want(status int, method, path, text string) map[string]any {
	r.t.Helper()
	got, answer := r.ask(method, path, text)
	if got != status {
		r.t.Fatalf("%s %s: %d %v, want %d", method, path, got, answer, status)
	}
	return answer
}

// guest is somebody in the rooms that the API manages.
type guest struct {
	*signal.Door
	t    *testing.T
	told chan protocol.ServerMessage
	seat protocol.ParticipantID
}

func (r *rig) enter(user string) *guest {
	r.t.Helper()
	g := &guest{t: r.t, told: make(chan protocol.ServerMessage, 1000)}
	grants := signal.TokenGrants{User: user, Name: user, Rooms: []string{"*"}, Callees: []string{"*"}, Publish: true, Subscribe: true}
	door, err := r.server.Enter(grants, func(m protocol.ServerMessage) { g.told <- m })
	if err != nil {
		r.t.Fatal(err)
	}
	g.Door = door
	r.t.Cleanup(door.Close)
	return g
}

func (g *guest) do(m protocol.ClientMessage) protocol.ServerMessage {
	g.t.Helper()
	reply, err := g.Ask(g.t.Context(), m)
	if err != nil {
		g.t.Fatalf("%T: %v", m, err)
	}
	return reply
}

func (g *guest) join(name string) {
	g.t.Helper()
	switch m := g.do(protocol.JoinRoom{Name: name}).(type) {
	case protocol.Joined:
		g.seat = m.Room.Self
	case protocol.Waiting:
		g.seat = m.Lobby.Participant
	}
}

// told waits for an event.
func told[M protocol.ServerMessage](g *guest, fits func(M) bool) M {
	g.t.Helper()
	for {
		select {
		case m := <-g.told:
			if m, ok := m.(M); ok && fits(m) {
				return m
			}
		case <-g.t.Context().Done():
			g.t.Fatal("it was not told")
		}
	}
}

func any1[M any](M) bool { return true }

const lobby = `{"limit":3,"publishers":"all","locked":false,"lobby":true,"start_muted":false,"screen":"ask"}`

func TestOperatorMakesARoomAndManagesItsMembers(t *testing.T) {
	t.Parallel()
	r := keyed(t)
	made := r.want(http.StatusCreated, "POST", "/rooms", `{"name":"review","options":`+lobby+`}`)
	r.want(http.StatusOK, "POST", "/rooms", `{"name":"review"}`)
	if again := r.want(http.StatusOK, "GET", "/rooms/review", ""); again["room"] != made["room"] {
		t.Errorf("another room: %v", again)
	}
	bob, cem := r.enter("bob"), r.enter("cem")
	bob.join("review")
	cem.join("review")
	at := func(g *guest, verb string) string { return "/rooms/review/participants/" + string(g.seat) + verb }
	r.want(http.StatusNoContent, "POST", at(bob, "/admit"), "")
	told(bob, any1[protocol.RoomChanged])
	r.want(http.StatusNoContent, "POST", at(cem, "/refuse"), "")
	if m := told(cem, any1[protocol.RoomClosed]); m.Reason != protocol.EndRefused {
		t.Errorf("cem was told %+v", m)
	}
	bob.do(protocol.Publish{Participant: bob.seat, Source: protocol.SourceMicrophone, Width: 1})
	r.want(http.StatusNoContent, "POST", at(bob, "/mute"), `{"source":"microphone"}`)
	if m := told(bob, any1[protocol.MuteAsked]); !m.Muted || m.By != "" {
		t.Errorf("bob was told %+v", m)
	}
	r.want(http.StatusNoContent, "POST", at(bob, "/mute"), `{"source":"microphone","muted":false}`)
	if m := told(bob, any1[protocol.MuteAsked]); m.Muted {
		t.Errorf("bob was told %+v", m)
	}
	r.want(http.StatusNoContent, "PUT", at(bob, "/role"), `{"role":"speaker"}`)
	r.want(http.StatusNoContent, "POST", "/rooms/review/mute", "")
	r.want(http.StatusOK, "GET", "/rooms", "")
	if l := r.want(http.StatusOK, "GET", "/rooms/review/participants", ""); len(l["participants"].([]any)) != 1 {
		t.Errorf("participants: %v", l)
	}
	r.want(http.StatusNoContent, "POST", "/rooms/review/messages", `{"name":"Support","text":"hello"}`)
	if m := told(bob, any1[protocol.ChatLine]); m.Line.Text != "hello" || m.Line.Name != "Support" || m.Line.From != "" {
		t.Errorf("bob reads %+v", m)
	}
	r.want(http.StatusNoContent, "POST", "/rooms/review/messages", `{"topic":"poll","payload":"{}"}`)
	if m := told(bob, any1[protocol.Data]); m.Topic != "poll" || m.Payload != "{}" {
		t.Errorf("bob got %+v", m)
	}
	r.want(http.StatusNoContent, "DELETE", at(bob, ""), "")
	if m := told(bob, any1[protocol.RoomClosed]); m.Reason != protocol.EndRemoved {
		t.Errorf("bob was told %+v", m)
	}
	r.want(http.StatusNoContent, "PUT", "/rooms/review/options", strings.Replace(lobby, `"lobby":true`, `"lobby":false`, 1))
	dan := r.enter("dan")
	dan.join("review")
	r.want(http.StatusNoContent, "DELETE", "/rooms/review", "")
	if m := told(dan, any1[protocol.RoomClosed]); m.Reason != protocol.EndRoomEnded {
		t.Errorf("dan was told %+v", m)
	}
	r.want(http.StatusNotFound, "GET", "/rooms/review", "")
}

func TestOperatorPlacesACallBetweenTwoUsersAndEndsIt(t *testing.T) {
	t.Parallel()
	r := keyed(t)
	ann, bob := r.enter("ann"), r.enter("bob")
	calls := r.want(http.StatusCreated, "POST", "/calls", `{"caller":"ann","callee":"bob"}`)["calls"].([]any)
	r.want(http.StatusConflict, "POST", "/calls", `{"caller":"ann","callee":"bob"}`)
	ring := func(g *guest, from protocol.UserID) protocol.CallView {
		m := told(g, func(m protocol.Call) bool { return m.Call.State == protocol.CallRinging }).Call
		if m.Direction != protocol.DirectionIncoming || m.Peer.User != from {
			t.Errorf("rung by %+v", m)
		}
		return m
	}
	a, b := ring(ann, "bob"), ring(bob, "ann")
	ann.do(protocol.Accept{Call: a.Call})
	bob.do(protocol.Accept{Call: b.Call})
	told(ann, func(m protocol.MemberChanged) bool { return m.Member.User == "bob" })
	if l := r.want(http.StatusOK, "GET", "/calls", "")["calls"].([]any); len(l) != 2 {
		t.Errorf("calls: %v", l)
	}
	r.want(http.StatusNoContent, "DELETE", "/calls/"+calls[0].(map[string]any)["call"].(string), "")
	for _, g := range []*guest{ann, bob} {
		ended := told(g, func(m protocol.Call) bool { return m.Call.State == protocol.CallEnded }).Call
		if ended.Reason != protocol.EndRoomEnded {
			t.Errorf("ended as %s", ended.Reason)
		}
	}
	if l := r.want(http.StatusOK, "GET", "/calls", "")["calls"].([]any); len(l) != 0 {
		t.Errorf("calls: %v", l)
	}
}

func TestWhoAcceptsIsLetGoWhenTheOtherDeclines(t *testing.T) {
	t.Parallel()
	r := keyed(t)
	ann, bob := r.enter("ann"), r.enter("bob")
	r.want(http.StatusCreated, "POST", "/calls", `{"caller":"ann","callee":"bob","video":false}`)
	ringing := func(m protocol.Call) bool { return m.Call.State == protocol.CallRinging }
	ann.do(protocol.Accept{Call: told(ann, ringing).Call.Call})
	bob.do(protocol.Decline{Call: told(bob, ringing).Call.Call})
	over := func(m protocol.Call) bool { return m.Call.State == protocol.CallEnded }
	if m := told(ann, over).Call; m.Reason != protocol.EndHangup {
		t.Errorf("ann's call ended as %s", m.Reason)
	}
	if l := r.want(http.StatusOK, "GET", "/rooms", "")["rooms"].([]any); len(l) != 0 {
		t.Errorf("rooms: %v", l)
	}
}

func TestRequestIsRefusedWithACodeAndASentence(t *testing.T) {
	t.Parallel()
	r := keyed(t)
	r.want(http.StatusCreated, "POST", "/rooms", `{"name":"review"}`)
	const nobody = "/rooms/review/participants/aaaaaaaaaaaaaaaaaaaaaaaaaa"
	for _, tt := range []struct {
		status             int
		method, path, text string
		code               protocol.ErrorCode
	}{
		{404, "GET", "/rooms/none", "", protocol.ErrNotFound},
		{404, "DELETE", nobody, "", protocol.ErrNotFound},
		{404, "POST", nobody + "/mute", "{}", protocol.ErrNotFound},
		{422, "POST", nobody + "/mute", `{"source":"hat"}`, protocol.ErrInvalid},
		{404, "POST", nobody + "/admit", "", protocol.ErrNotFound},
		{422, "PUT", nobody + "/role", `{"role":"king"}`, protocol.ErrInvalid},
		{404, "DELETE", "/calls/x", "", protocol.ErrNotFound},
		{422, "POST", "/rooms", `{"name":"A B"}`, protocol.ErrInvalid},
		{422, "POST", "/rooms", `{"options":{"limit":0}}`, protocol.ErrInvalid},
		{400, "POST", "/rooms", `{"name":`, protocol.ErrBadMessage},
		{400, "POST", "/rooms", strings.Repeat("[", 1000), protocol.ErrBadMessage},
		{413, "POST", "/rooms", `"` + strings.Repeat("x", protocol.MaxMessage) + `"`, protocol.ErrTooLarge},
		{422, "PUT", "/rooms/review/options", `{}`, protocol.ErrInvalid},
		{422, "POST", "/rooms/review/messages", `{"text":"x"}`, protocol.ErrInvalid},
		{422, "POST", "/rooms/review/messages", `{"name":"x","text":"` + strings.Repeat("x", 5000) + `"}`, protocol.ErrInvalid},
		{422, "POST", "/rooms/review/messages", `{"payload":"` + strings.Repeat("x", 20_000) + `"}`, protocol.ErrInvalid},
		{422, "POST", "/calls", `{"caller":"ann","callee":"ann"}`, protocol.ErrInvalid},
		{404, "POST", "/calls", `{"caller":"ann","callee":"bob"}`, protocol.ErrNotFound},
	} {
		answer := r.want(tt.status, tt.method, tt.path, tt.text)
		if answer["code"] != string(tt.code) || answer["message"] == "" {
			t.Errorf("%s %s: %v", tt.method, tt.path, answer)
		}
	}
}

func TestOnlyAnAdministratorsTokenIsLetIn(t *testing.T) {
	t.Parallel()
	r := keyed(t)
	admin := r.token
	r.token = r.mint(signal.TokenGrants{User: "ann", Host: true})
	r.want(http.StatusForbidden, "GET", "/rooms", "")
	r.token = admin[:len(admin)-2]
	r.want(http.StatusUnauthorized, "GET", "/rooms", "")
	for _, rt := range routes() {
		w := httptest.NewRecorder()
		r.api.ServeHTTP(w, httptest.NewRequest(rt.method, Prefix+rt.path, nil))
		if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s %s without a token: %d", rt.method, rt.path, w.Code)
		}
	}
	open := newRig(t, nil)
	open.want(http.StatusForbidden, "GET", "/rooms", "")
}

func TestDescriptionIsServedWithoutAToken(t *testing.T) {
	t.Parallel()
	r := keyed(t)
	w := httptest.NewRecorder()
	r.api.ServeHTTP(w, httptest.NewRequest("GET", Prefix+"/openapi.json", nil))
	if w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), description) {
		t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
	}
	w = httptest.NewRecorder()
	r.api.ServeHTTP(w, httptest.NewRequest("GET", Prefix+"/nothing", nil))
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "openapi.json") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
