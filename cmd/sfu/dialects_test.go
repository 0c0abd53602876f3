package main

import (
	"slices"
	"strings"
	"testing"
)

func TestDialectsWithKeysKeepToTheirRooms(t *testing.T) {
	s := settings{
		Config: Config{Dialects: []string{"ring"}, DialectRooms: []string{"001"}},
		keys:   map[string][]byte{"k": nil},
	}
	d := &dialects{settings: s}
	g, ok := d.grants("001", "001/2")
	if !ok || slices.Contains(g.Callees, "*") || !g.MayCall("001/1") || g.MayCall("ann") || g.MayJoin("001") || g.Admin || g.List {
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
		{settings{Config: Config{Dialects: []string{"peer"}}}, "--dialects"},
		{settings{Config: Config{DialectListen: []string{":3000"}}}, "--dialect-listen"},
		{settings{Config: Config{Dialects: []string{"ring"}}, keys: keys}, "--dialect-rooms"},
	} {
		err := row.s.checkDialects()
		if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%+v: %v, want %q", row.s.Config, err, row.want)
		}
	}
}
