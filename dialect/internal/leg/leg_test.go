package leg

import (
	"strings"
	"testing"

	"callrelay/signal/protocol"
)

func TestRoomNameCanBeInALinkAndIsTheIDWherePossible(t *testing.T) {
	seen := map[string]string{}
	for _, id := range []string{"001", "room-1", "Room 1", "room 1", "会议室", strings.Repeat("x", maxRoomID), "A", "a"} {
		name := RoomName(id)
		if !protocol.ValidRoomName(name) || name != RoomName(id) {
			t.Errorf("%q becomes %q", id, name)
		}
		if other, twice := seen[name]; twice {
			t.Errorf("%q and %q share %q", id, other, name)
		}
		seen[name] = id
	}
	if RoomName("001") != "001" {
		t.Error("a plain id is not its own name")
	}
}

func TestValidRoom(t *testing.T) {
	for id, want := range map[string]bool{
		"001": true, "会议室": true, "a b": true, "": false, "a/b": false, "a\nb": false, " a": false,
		"\xff": false, strings.Repeat("x", maxRoomID+1): false,
	} {
		if ValidRoom(id) != want {
			t.Errorf("%q: %v", id, !want)
		}
	}
}

func FuzzReadDescription(f *testing.F) {
	f.Add([]byte(`{"type":"offer","sdp":"v=0"}`), "offer")
	f.Add([]byte(`{"type":1,"sdp":[]}`), "answer")
	f.Fuzz(func(t *testing.T, raw []byte, kind string) {
		if sdp, ok := ReadDescription(raw, kind); ok == (sdp == "") {
			t.Errorf("%q as %q: %q, %v", raw, kind, sdp, ok)
		}
	})
}
