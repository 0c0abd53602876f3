package room

import (
	"slices"
	"testing"

	"callrelay/signal/protocol"
)

func TestOutsiders(t *testing.T) {
	own := func(who protocol.ParticipantID) bool { return who == "page" }
	view := func(room protocol.RoomID, n uint64, members ...protocol.ParticipantID) protocol.RoomView {
		v := protocol.RoomView{Room: room, N: n}
		for _, who := range members {
			v.Members = append(v.Members, protocol.MemberView{Participant: who})
		}
		return v
	}
	o := &outsiders{}
	step := func(name string, taken, want bool, who ...protocol.ParticipantID) {
		t.Helper()
		if taken != want || !slices.Equal(o.who, who) {
			t.Errorf("%s: taken %v, now %v; want %v, %v", name, taken, o.who, want, who)
		}
	}
	event := func(room protocol.RoomID, n uint64, who protocol.ParticipantID, there bool) bool {
		if !o.fresh(room, n) {
			return false
		}
		o.set(who, there)
		return true
	}
	step("a page comes in", o.see(view("old", 4, "page", "ann"), own), true, "ann")
	step("the next page brings nothing new", o.see(view("old", 4, "page", "ann"), own), false, "ann")
	step("another comes", event("old", 5, "ben", true), true, "ann", "ben")
	step("and is told of by the other page too", event("old", 5, "ben", true), false, "ann", "ben")
	step("the first leaves", event("old", 6, "ann", false), true, "ben")
	step("the room begins anew", o.see(view("new", 1, "page"), own), true)
	step("what the old one still tells is over", event("old", 9, "ghost", true), false)
	step("the new one counts from one", event("new", 2, "cat", true), true, "cat")
}
