package signal

import (
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"callrelay/signal/protocol"
)

// What net/http holds for a request is held until its handler returns.
func TestASocketOutlivesItsRequest(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		var returned atomic.Int32
		next := r.web.Handler
		r.web.Handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			next.ServeHTTP(w, req)
			returned.Add(1)
		})
		ann := r.join("ann")
		synctest.Wait()
		if returned.Load() != 1 {
			t.Error("the handler stays with the socket")
		}
		time.Sleep(time.Minute)
		ann.ask(protocol.Ping{})
	})
}

func TestPanicEndsOneSocketAlone(t *testing.T) {
	var log strings.Builder
	failing := false
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.socket()
		failing = true
		bob.send(protocol.Hello{Version: protocol.Version, Name: "bob"})
		if code := bob.closed(time.Second); code != websocket.CloseAbnormalClosure {
			t.Errorf("closed with %d", code)
		}
		failing = false
		ann.ask(protocol.Ping{})
		synctest.Wait()
		if st := r.server.Stats(); st.Sockets != 1 {
			t.Errorf("%d sockets, want 1", st.Sockets)
		}
		if !strings.Contains(log.String(), "out of order") || !strings.Contains(log.String(), "conn_test.go") {
			t.Errorf("logged %q", log.String())
		}
	}, func(c *Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelError}))
		c.ICEServers = func(SessionID, Reached) []protocol.ICEServer {
			if failing {
				panic("out of order")
			}
			return nil
		}
	})
}
