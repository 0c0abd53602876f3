package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"callrelay/dialect/peerjs"
	"callrelay/dialect/ring"
	"callrelay/dialect/room"
	"callrelay/dialect/socketio"
	"callrelay/signal"
)

// Names of --dialects.
const (
	dialectRing   = "ring"
	dialectRaw    = "raw-ws"
	dialectRoom   = "room"
	dialectPeerJS = "peerjs"
)

var dialectNames = []string{dialectRing, dialectRaw, dialectRoom, dialectPeerJS}

func (s settings) checkDialects() error {
	for _, name := range s.Dialects {
		if !slices.Contains(dialectNames, name) {
			return wrong("dialects", "%q is none; there are %s", name, strings.Join(dialectNames, ", "))
		}
	}
	switch {
	case !strings.HasPrefix(s.PeerJSPath, "/") || strings.ContainsAny(s.PeerJSPath, "?#%{} "):
		return wrong("peerjs-path", "%q is not a path like /myPeerServer", s.PeerJSPath)
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
	sockets  *socketio.Server // for all that speak Socket.IO
	client   http.Handler     // its stock client's files
	ring     *ring.Server
	room     *room.Server
	peerjs   *peerjs.Server
}

// newDialects opens the front doors; nil when there are none.
func newDialects(s settings, files assets, calls *signal.Server, log *slog.Logger) *dialects {
	if len(s.Dialects) == 0 {
		return nil
	}
	d := &dialects{settings: s, client: newSocketClient(files)}
	d.ring = ring.New(ring.Config{Enter: calls.Enter, Grants: d.grants, AllowOrigin: d.allowOrigin, Log: log})
	d.room = room.New(room.Config{Enter: calls.Enter, Grants: d.grants, Log: log})
	d.peerjs = peerjs.New(peerjs.Config{
		Enter: calls.Enter, EnterLine: calls.EnterLine, Grants: d.peerGrants, AllowOrigin: d.allowOrigin, Log: log,
	})
	var pages []socketio.Handler
	if d.has(dialectRing) {
		pages = append(pages, d.ring.Pages())
	}
	if d.has(dialectRoom) {
		pages = append(pages, d.room.Pages())
	}
	d.sockets = socketio.New(socketio.Config{AllowOrigin: d.allowOrigin, Log: log}, socketio.Fanout(pages...))
	return d
}

// has tells whether one of these dialects is on.
func (d *dialects) has(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(d.settings.Dialects, name) })
}

// before the product's own handler come the paths of the dialects.
func (d *dialects) before(next http.Handler) http.Handler {
	if d == nil {
		return next
	}
	if d.has(dialectPeerJS) {
		next = d.peerjs.Handler(d.settings.peerMount(), next)
	}
	mux := http.NewServeMux()
	mux.Handle("/", next)
	if d.has(dialectRing, dialectRoom) {
		mux.Handle("/socket.io/{$}", d.sockets)
		mux.Handle("/socket.io/", d.client)
	}
	raw := d.has(dialectRaw)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if raw && r.URL.Path == "/" && strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
			d.ring.Raw().ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// stats of the pages that speak Socket.IO.
func (d *dialects) stats() socketio.Stats {
	if d == nil {
		return socketio.Stats{}
	}
	return d.sockets.Stats()
}

// close ends the pages' calls and waits.
func (d *dialects) close() {
	if d != nil {
		d.sockets.Close()
		d.ring.Close()
		d.room.Close()
		d.peerjs.Close()
	}
}

// grants of a page: in open mode anybody may be called, with keys only the
// pages of its own room, which the operator has named.
func (d *dialects) grants(room, user string) (signal.TokenGrants, bool) {
	g := signal.TokenGrants{User: user, Name: user, Rooms: []string{ring.RoomName(room)}, Publish: true, Subscribe: true}
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

// peerGrants of a PeerJS page: its name is its id; under another key than the
// client's own one, and with keys, it is "<key>/<id>", so that a page never has
// the name of somebody whom a token guards. Pages of one key reach each other
// by the front door; with keys they reach nobody else.
func (d *dialects) peerGrants(key, id string) (signal.TokenGrants, bool) {
	g := signal.TokenGrants{User: id, Name: id, Publish: true, Subscribe: true}
	if key != peerKey || len(d.settings.keys) > 0 {
		g.User = key + "/" + id
	}
	if rooms := d.settings.DialectRooms; len(rooms) > 0 && !slices.Contains(rooms, key) {
		return g, false
	}
	if len(d.settings.keys) == 0 {
		g.Callees = []string{"*"}
		return g, true
	}
	return g, len(d.settings.DialectRooms) > 0
}

// peerKey is the API key that the stock PeerJS client uses by itself.
const peerKey = "peerjs"

// peerMount is --peerjs-path with a slash at both ends.
func (s settings) peerMount() string {
	if path := strings.Trim(s.PeerJSPath, "/"); path != "" {
		return "/" + path + "/"
	}
	return "/"
}

// allowOrigin of a page: those of --origin; in open mode without any, all.
func (d *dialects) allowOrigin(origin string) bool {
	list := d.settings.Origin
	return slices.Contains(list, "*") || slices.Contains(list, origin) || len(list) == 0 && len(d.settings.keys) == 0
}
