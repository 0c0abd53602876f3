package socketio

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo is a Handler that sends every event back and keeps what it was told.
type echo struct {
	mu    sync.Mutex
	told  []string
	ended chan string
}

func newEcho() *echo { return &echo{ended: make(chan string, 64)} }

func (e *echo) note(s string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.told = append(e.told, s)
}

func (e *echo) heard() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.told, " ")
}

func (e *echo) Connected(s *Socket) {
	e.note("connected")
	_ = s.Emit("hello")
}

func (e *echo) Event(s *Socket, name string, args []json.RawMessage) {
	e.note(name)
	switch name {
	case "close-me":
		s.Close()
	case "flood":
		for range maxOutbox + 1 {
			_ = s.Emit("drop")
		}
	default:
		all := make([]any, len(args))
		for i, a := range args {
			all[i] = a
		}
		_ = s.Emit(name, all...)
	}
}

func (e *echo) Disconnected(_ *Socket, reason string) {
	e.note("gone")
	e.ended <- reason
}

type rig struct {
	t      *testing.T
	handle *echo
	server *Server
	http   *httptest.Server
	client *http.Client
}

func newRig(t *testing.T, config Config) *rig {
	t.Helper()
	r := &rig{t: t, handle: newEcho(), client: &http.Client{Transport: &http.Transport{}}}
	r.server = New(config, r.handle)
	r.http = httptest.NewServer(r.server)
	t.Cleanup(func() {
		r.server.Close()
		r.client.CloseIdleConnections()
		r.http.Close()
	})
	return r
}

func (r *rig) get(query string) (int, string) {
	r.t.Helper()
	res, err := r.client.Get(r.http.URL + "/?EIO=4&transport=polling" + query)
	return readAll(r.t, res, err)
}

func (r *rig) post(sid, body string) (int, string) {
	r.t.Helper()
	res, err := r.client.Post(r.http.URL+"/?EIO=4&transport=polling&sid="+sid, "text/plain", strings.NewReader(body))
	return readAll(r.t, res, err)
}

func readAll(t *testing.T, res *http.Response, err error) (int, string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func (r *rig) open() string {
	r.t.Helper()
	status, body := r.get("")
	return opened(r.t, status, body)
}

// opened gives the id of the session that an answer opens.
func opened(t *testing.T, status int, body string) string {
	t.Helper()
	if status != http.StatusOK || !strings.HasPrefix(body, "0{") {
		t.Fatalf("handshake: %d %s", status, body)
	}
	var hand struct {
		SID      string
		Upgrades []string
	}
	if err := json.Unmarshal([]byte(body[1:]), &hand); err != nil || len(hand.Upgrades) != 1 {
		t.Fatalf("handshake: %v %s", err, body)
	}
	return hand.SID
}

// join opens a polling session and goes into the namespace.
func (r *rig) join() string {
	r.t.Helper()
	sid := r.open()
	if status, body := r.post(sid, "40"); status != http.StatusOK || body != "ok" {
		r.t.Fatalf("connect: %d %s", status, body)
	}
	if _, body := r.get("&sid=" + sid); body != `40{"sid":"`+sid+`"}`+separator+`42["hello"]` {
		r.t.Fatalf("connected: %s", body)
	}
	return sid
}

func (r *rig) dial(query string) *websocket.Conn {
	r.t.Helper()
	conn, res, err := websocket.DefaultDialer.Dial("ws"+r.http.URL[4:]+"/?EIO=4&transport=websocket"+query, nil)
	if err != nil {
		r.t.Fatalf("dial: %v %v", err, res)
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func say(t *testing.T, conn *websocket.Conn, text string) {
	t.Helper()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func hear(t *testing.T, conn *websocket.Conn, want string) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, got, err := conn.ReadMessage()
	if err != nil || string(got) != want {
		t.Fatalf("heard %q (%v), want %q", got, err, want)
	}
}

func (r *rig) ends(want string) {
	r.t.Helper()
	select {
	case got := <-r.handle.ended:
		if got != want {
			r.t.Errorf("ended by %q, want %q", got, want)
		}
	case <-time.After(5 * time.Second):
		r.t.Errorf("not ended; want %q", want)
	}
}

func TestPollingCarriesSeveralPacketsInOneBody(t *testing.T) {
	r := newRig(t, Config{})
	sid := r.join()
	if status, _ := r.post(sid, `42["a",1]`+separator+`42["b",{"x":"\u001e"}]`); status != http.StatusOK {
		t.Fatal(status)
	}
	if _, body := r.get("&sid=" + sid); body != `42["a",1]`+separator+`42["b",{"x":"\u001e"}]` {
		t.Errorf("echo: %s", body)
	}
	_, _ = r.post(sid, "41")
	r.ends(reasonClient)
	if got := r.handle.heard(); got != "connected a b gone" {
		t.Errorf("told %q", got)
	}
}

func TestUpgradeLetsTheWaitingPollGoAndLosesNothing(t *testing.T) {
	r := newRig(t, Config{})
	sid := r.join()
	polled := make(chan string, 1)
	go func() {
		res, err := r.client.Get(r.http.URL + "/?EIO=4&transport=polling&sid=" + sid)
		if err != nil {
			polled <- err.Error()
			return
		}
		defer func() { _ = res.Body.Close() }()
		b, _ := io.ReadAll(res.Body)
		polled <- string(b)
	}()
	conn := r.dial("&sid=" + sid)
	say(t, conn, "2probe")
	hear(t, conn, "3probe")
	if got := <-polled; got != "6" {
		t.Fatalf("the waiting poll got %q, want a noop", got)
	}
	_, _ = r.post(sid, `42["during"]`) // sent while it upgrades
	say(t, conn, "5")
	hear(t, conn, `42["during"]`)
	say(t, conn, `42["after"]`)
	hear(t, conn, `42["after"]`)
	if status, _ := r.get("&sid=" + sid); status != http.StatusBadRequest {
		t.Errorf("polling after the upgrade: %d", status)
	}
	if got := r.server.Stats().Upgraded; got != 1 {
		t.Errorf("upgraded %d", got)
	}
	_ = conn.Close()
	r.ends(reasonTransport)
}

func TestWebSocketAloneCarriesASession(t *testing.T) {
	r := newRig(t, Config{})
	conn := r.dial("")
	_, open, err := conn.ReadMessage()
	if err != nil || !strings.HasPrefix(string(open), "0{") {
		t.Fatalf("%s %v", open, err)
	}
	say(t, conn, "40/other,")
	hear(t, conn, `44/other,{"message":"Invalid namespace"}`)
	say(t, conn, "40")
	_, _, _ = conn.ReadMessage()
	hear(t, conn, `42["hello"]`)
	say(t, conn, `42["close-me"]`)
	hear(t, conn, "41")
	r.ends(reasonServer)
}

func TestMisuseEndsOnlyThatSession(t *testing.T) {
	for name, row := range map[string]struct {
		body string
		want string
	}{
		"binary":             {"b4AAAA", reasonParse},
		"binary event":       {`451-["x"]`, reasonParse},
		"not JSON":           {`42["x"`, reasonParse},
		"unknown packet":     {"8", reasonParse},
		"open from a client": {"0{}", reasonOutOfOrder},
		"other namespace":    {`42/x,["a"]`, reasonOutOfOrder},
		"endless body":       {`42["` + strings.Repeat("x", 2000) + `"]`, reasonParse},
		"too many packets":   {strings.Repeat("3\x1e", maxBodyPackets+1), reasonParse},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, Config{MaxPayload: 1000})
			other := r.join()
			sid := r.join()
			if status, _ := r.post(sid, row.body); status != http.StatusBadRequest {
				t.Errorf("answered %d", status)
			}
			r.ends(row.want)
			if status, _ := r.get("&sid=" + sid); status != http.StatusBadRequest {
				t.Errorf("the session lives: %d", status)
			}
			if status, _ := r.post(other, `42["still"]`); status != http.StatusOK {
				t.Errorf("another's session: %d", status)
			}
		})
	}
}

func TestOutboxOverflowClosesThePage(t *testing.T) {
	r := newRig(t, Config{})
	sid := r.join()
	_, _ = r.post(sid, `42["flood"]`)
	r.ends(reasonOverflow)
}

// request is what a page asks by polling.
type request func(method, query, body string) (int, string)

// bubble runs a test of one new session in virtual time, with requests that
// need no network.
func bubble(t *testing.T, f func(t *testing.T, server *Server, handle *echo, sid string, ask request)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		handle := newEcho()
		server := New(Config{}, handle)
		defer server.Close()
		ask := func(method, query, body string) (int, string) {
			w := httptest.NewRecorder()
			server.ServeHTTP(w, httptest.NewRequest(method, "/?EIO=4&transport=polling"+query, strings.NewReader(body)))
			return w.Code, w.Body.String()
		}
		status, body := ask(http.MethodGet, "", "")
		f(t, server, handle, opened(t, status, body), ask)
	})
}

func TestSilentPageIsFoundByPing(t *testing.T) {
	bubble(t, func(t *testing.T, server *Server, handle *echo, sid string, ask request) {
		ask(http.MethodPost, "&sid="+sid, "40")
		time.Sleep(server.config.PingInterval + server.config.PingTimeout - time.Millisecond)
		synctest.Wait()
		if heard := handle.heard(); heard != "connected" {
			t.Fatalf("before its time: %s", heard)
		}
		time.Sleep(2 * time.Millisecond)
		if why := <-handle.ended; why != reasonPing {
			t.Errorf("ended by %s", why)
		}
	})
}

func TestPageThatNeverJoinsIsForgotten(t *testing.T) {
	bubble(t, func(t *testing.T, server *Server, _ *echo, sid string, ask request) {
		time.Sleep(server.config.ConnectTimeout - time.Millisecond)
		synctest.Wait()
		if server.find(sid) == nil {
			t.Fatal("forgotten before its time")
		}
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if status, _ := ask(http.MethodGet, "&sid="+sid, ""); status != http.StatusBadRequest {
			t.Errorf("still there: %d", status)
		}
	})
}

func TestRefusals(t *testing.T) {
	r := newRig(t, Config{
		MaxSessions: 1,
		AllowOrigin: func(origin string) bool { return origin == "https://good.example" },
	})
	sid := r.join()
	for _, row := range []struct {
		name, method, query, origin string
		status                      int
		code                        string
	}{
		{"version 3", "GET", "?EIO=3&transport=polling", "", 400, `"code":5`},
		{"transport", "GET", "?EIO=4&transport=carrier-pigeon", "", 400, `"code":0`},
		{"sid", "GET", "?EIO=4&transport=polling&sid=nobody", "", 400, `"code":1`},
		{"sid of nobody by WebSocket", "GET", "?EIO=4&transport=websocket&sid=nobody", "", 400, `"code":1`},
		{"handshake by POST", "POST", "?EIO=4&transport=polling", "", 400, `"code":2`},
		{"DELETE", "DELETE", "?EIO=4&transport=polling&sid=" + sid, "", 400, `"code":2`},
		{"foreign origin", "GET", "?EIO=4&transport=polling", "https://bad.example", 403, `"code":4`},
		{"full", "GET", "?EIO=4&transport=polling", "https://good.example", 503, `Too many`},
	} {
		req, err := http.NewRequest(row.method, r.http.URL+"/"+row.query, nil)
		if err != nil {
			t.Fatal(err)
		}
		if row.origin != "" {
			req.Header.Set("Origin", row.origin)
		}
		res, err := r.client.Do(req)
		status, body := readAll(t, res, err)
		if status != row.status || !strings.Contains(body, row.code) {
			t.Errorf("%s: %d %s", row.name, status, body)
		}
		allowed := res.Header.Get("Access-Control-Allow-Origin")
		if want := row.origin == "https://good.example"; want != (allowed == row.origin && allowed != "") {
			t.Errorf("%s: allowed origin %q", row.name, allowed)
		}
	}
}

func TestSecondWebSocketOnOneSidIsRefused(t *testing.T) {
	r := newRig(t, Config{})
	sid := r.join()
	first := r.dial("&sid=" + sid)
	say(t, first, "2probe")
	hear(t, first, "3probe")
	_, res, err := websocket.DefaultDialer.Dial("ws"+r.http.URL[4:]+"/?EIO=4&transport=websocket&sid="+sid, nil)
	if err == nil || res == nil || res.StatusCode != http.StatusBadRequest {
		t.Fatalf("a second WebSocket was taken: %v", err)
	}
	say(t, first, "5")
	say(t, first, `42["mine"]`)
	hear(t, first, `42["mine"]`)
}
