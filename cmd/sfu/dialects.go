package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"callrelay/dialect/ring"
	"callrelay/dialect/socketio"
	"callrelay/signal"
)

// Names of --dialects.
const (
	dialectRing = "ring"
	dialectRaw  = "raw-ws"
)

func (s settings) checkDialects() error {
	for _, name := range s.Dialects {
		if name != dialectRing && name != dialectRaw {
			return wrong("dialects", "%q is none; there are %s and %s", name, dialectRing, dialectRaw)
		}
	}
	switch {
	case len(s.Dialects) == 0 && len(s.DialectListen) > 0:
		return wrong("dialect-listen", "is of no use without --dialects")
	case len(s.Dialects) > 0 && len(s.keys) > 0 && len(s.DialectRooms) == 0:
		return wrong("dialect-rooms", "must name the rooms that --dialects may use, because keys keep all others closed")
	}
	return nil
}

// dialects are the front doors that are open.
type dialects struct {
	settings settings
	ring     *ring.Server
}

// newDialects opens the front doors; nil when there are none.
func newDialects(s settings, calls *signal.Server, log *slog.Logger) *dialects {
	if len(s.Dialects) == 0 {
		return nil
	}
	d := &dialects{settings: s}
	d.ring = ring.New(ring.Config{
		Enter: calls.Enter, Grants: d.grants, Log: log,
		Socket: socketio.Config{AllowOrigin: d.allowOrigin, Log: log},
	})
	return d
}

// before the product's own handler come the paths of the dialects.
func (d *dialects) before(next http.Handler) http.Handler {
	if d == nil {
		return next
	}
	sockets, raw := slices.Contains(d.settings.Dialects, dialectRing), slices.Contains(d.settings.Dialects, dialectRaw)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case sockets && r.URL.Path == "/socket.io/":
			d.ring.SocketIO().ServeHTTP(w, r)
		case raw && r.URL.Path == "/" && strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
			d.ring.Raw().ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// close ends the pages' calls and waits.
func (d *dialects) close() {
	if d != nil {
		d.ring.Close()
	}
}

// grants of a page: in open mode anybody may be called, with keys only the
// pages of its own room, which the operator has named.
func (d *dialects) grants(room, user string) (signal.TokenGrants, bool) {
	g := signal.TokenGrants{User: user, Name: user, Publish: true, Subscribe: true}
	if rooms := d.settings.DialectRooms; len(rooms) > 0 && !slices.Contains(rooms, room) {
		return g, false
	}
	if len(d.settings.keys) == 0 {
		g.Callees = []string{"*"}
		return g, true
	}
	for seat := 1; seat <= ring.MaxSeats; seat++ {
		g.Callees = append(g.Callees, fmt.Sprintf("%s/%d", room, seat))
	}
	return g, len(d.settings.DialectRooms) > 0
}

// allowOrigin of a page: those of --origin; in open mode without any, all.
func (d *dialects) allowOrigin(origin string) bool {
	list := d.settings.Origin
	return slices.Contains(list, "*") || slices.Contains(list, origin) || len(list) == 0 && len(d.settings.keys) == 0
}
