package main

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestDialectsWithKeysKeepToTheirRooms(t *testing.T) {
	s := settings{
		Config: Config{Dialects: []string{"ring"}, DialectRooms: []string{"001"}},
		keys:   map[string][]byte{"k": nil},
	}
	d := &dialects{settings: s}
	g, ok := d.grants("001", "001/2")
	if !ok || slices.Contains(g.Callees, "*") || !g.MayCall("001/1") || g.MayCall("ann") || !g.MayJoin("001") || g.MayJoin("002") || g.Admin || g.List {
		t.Errorf("of a named room: %+v %v", g, ok)
	}
	if _, ok := d.grants("other", "other/1"); ok {
		t.Error("another room is let in")
	}
	if d.allowOrigin("https://example.org") {
		t.Error("an origin that is not listed is let in")
	}
}

func TestDialectSettings(t *testing.T) {
	keys := map[string][]byte{"k": nil}
	for _, row := range []struct {
		s    settings
		want string
	}{
		{settings{}, ""},
		{settings{Config: Config{Dialects: []string{"ring", "raw-ws"}}}, ""},
		{settings{Config: Config{Dialects: []string{"ring"}, DialectRooms: []string{"001"}}, keys: keys}, ""},
		{settings{Config: Config{Dialects: []string{"peer"}, PeerJSPath: "/"}}, "--dialects"},
		{settings{Config: Config{Dialects: []string{"peerjs"}, PeerJSPath: "mine"}}, "--peerjs-path"},
		{settings{Config: Config{DialectListen: []string{":3000"}}}, "--dialect-listen"},
		{settings{Config: Config{Dialects: []string{"ring"}}, keys: keys}, "--dialect-rooms"},
	} {
		if row.s.PeerJSPath == "" {
			row.s.PeerJSPath = "/"
		}
		err := row.s.checkDialects()
		if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%+v: %v, want %q", row.s.Config, err, row.want)
		}
	}
}

func TestStockSocketIOClientIsServedOrItsAbsenceIsSaid(t *testing.T) {
	get := func(files assets, path string) (int, string) {
		w := httptest.NewRecorder()
		newSocketClient(files).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
	files, err := loadAssets(fstest.MapFS{
		"built/socket.io/socket.io.js": {Data: []byte("/* client */")}, "unbuilt.html": {},
	})
	if err != nil {
		t.Fatal(err)
	}
	if status, body := get(files, "/socket.io/socket.io.js"); status != http.StatusOK || body != "/* client */" {
		t.Errorf("built: %d %s", status, body)
	}
	if status, _ := get(files, "/socket.io/other.js"); status != http.StatusNotFound {
		t.Errorf("another file: %d", status)
	}
	if status, body := get(assets{}, "/socket.io/socket.io.js"); status != http.StatusNotImplemented || !strings.Contains(body, "make build") {
		t.Errorf("not built: %d %s", status, body)
	}
}
