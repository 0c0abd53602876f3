package signal

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
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

// A page that only watches says and hears little, for hours.
func TestASocketThatIsSilentHasOneGoroutine(t *testing.T) {
	const sockets = 50
	bubble(t, func(t *testing.T, r *rig) {
		synctest.Wait()
		before := runtime.NumGoroutine()
		for i := range sockets {
			r.join(fmt.Sprintf("user%d", i)).settle()
		}
		time.Sleep(time.Minute) // pings
		synctest.Wait()
		// One here for each, and one of the client.
		if n := runtime.NumGoroutine() - before; n > 2*sockets {
			t.Errorf("%d goroutines for %d sockets and their clients", n, sockets)
		}
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
