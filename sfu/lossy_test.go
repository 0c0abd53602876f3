package sfu_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/webrtc/v4"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

// sayers are connected peers whose channels for lossy messages are open, in no room.
func sayers(r *sfutest.Rig, ids ...sfu.ParticipantID) []*sfutest.Peer {
	var peers []*sfutest.Peer
	for _, id := range ids {
		peers = append(peers, r.Connect(id, sfutest.Slots{Audio: 1, Video: 1, Lossy: true}))
	}
	r.Until(10*time.Second, "all channels are open", func() bool {
		for _, p := range peers {
			if !p.CanSay() {
				return false
			}
		}
		return true
	})
	return peers
}

func TestLossyMessagesReachAllOrOneInTheRoomAndNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		peers := sayers(r, "a", "b", "c", "elsewhere")
		join(r, "room", peers[:3]...)
		join(r, "other", peers[3])
		peers[0].Say("", "cursor", "1,2")
		time.Sleep(time.Second) // messages have no order among them
		peers[1].Say("c", "", "for c")
		time.Sleep(time.Second)
		for i, want := range [][]sfutest.Heard{
			{},
			{{From: "a", Topic: "cursor", Payload: "1,2"}},
			{{From: "a", Topic: "cursor", Payload: "1,2"}, {From: "b", To: "c", Payload: "for c"}},
			{},
		} {
			if got := peers[i].Heard(); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s heard %v, want %v", peers[i].ID, got, want)
			}
		}
		if c := r.SFU.Stats().Counters; c["lossy_in"] != 2 || c["lossy_out"] != 3 {
			t.Errorf("%d in, %d out", c["lossy_in"], c["lossy_out"])
		}
	})
}

func TestNoLossyMessagePassesBeforeJoinOrAfterLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		peers := sayers(r, "a", "b")
		join(r, "room", peers[1])
		peers[0].Say("", "", "before")
		time.Sleep(time.Second)
		join(r, "room", peers[0])
		peers[0].Say("", "", "in the room")
		time.Sleep(time.Second)
		r.Do(r.SFU.Leave(r.Context(), "b"))
		peers[0].Say("", "", "after")
		peers[1].Say("a", "", "after")
		time.Sleep(time.Second)
		if got := peers[1].Heard(); len(got) != 1 || got[0].Payload != "in the room" {
			t.Errorf("b heard %v", got)
		}
		if got := peers[0].Heard(); len(got) != 0 {
			t.Errorf("a heard %v", got)
		}
	})
}

// refusals of a seat as told, with how many messages each time.
func refusals(r *sfutest.Rig, id sfu.ParticipantID) (told []string, count int) {
	for _, e := range r.Events() {
		if e, ok := e.(sfu.LossyRefused); ok && e.Seat.Participant == id {
			told, count = append(told, string(e.Refusal)), count+e.Count
		}
	}
	return told, count
}

func TestBadLossyMessagesAreRefusedWithTheirReasonAndCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		peers := sayers(r, "a", "b", "outside")
		join(r, "room", peers[:2]...)
		join(r, "other", peers[2])
		a := peers[0]
		for i, message := range [][]byte{
			{0},
			{5, 'a'},
			{0, 200, 'x'}, // cut short
			[]byte("\x00\x00" + strings.Repeat("x", sfu.LossyBytes-1)),
			[]byte("\x07outside\x00hello"), // another room's
			[]byte("\x01a\x00to oneself"),
		} {
			a.SayBytes(message)
			time.Sleep(2 * time.Second)
			if _, count := refusals(r, "a"); count != i+1 {
				t.Fatalf("message %d: %d refusals were told", i, count)
			}
		}
		told, _ := refusals(r, "a")
		if got := strings.Join(told, " "); got != "malformed malformed malformed too_long nobody nobody" {
			t.Errorf("told %s", got)
		}
		a.Say("", "", "still there")
		time.Sleep(time.Second)
		if got := peers[1].Heard(); len(got) != 1 || got[0].Payload != "still there" {
			t.Errorf("b heard %v", got)
		}
		if c := r.SFU.Stats().Counters; c["lossy_malformed"] != 3 || c["lossy_too_long"] != 1 || c["lossy_nobody"] != 2 {
			t.Errorf("counted %v", c)
		}
	})
}

func TestALargeMessageOnAReliableChannelIsForgottenAndTheNextHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a := r.Connect("a", sfutest.Slots{Audio: 1, Video: 1})
		channel := a.OpenChannel(sfu.LossyLabel, nil)
		r.Do(a.Offer())
		b := sayers(r, "b")[0]
		join(r, "room", a, b)
		r.Until(5*time.Second, "the channel is open", func() bool { return channel.ReadyState() == webrtc.DataChannelStateOpen })
		r.Do(channel.Send(make([]byte, 60_000)))
		r.Do(channel.Send([]byte("\x00\x00short")))
		r.Until(5*time.Second, "the short one is heard", func() bool { return len(b.Heard()) == 1 })
		if told, _ := refusals(r, "a"); len(told) != 1 || told[0] != "too_long" {
			t.Errorf("told %v", told)
		}
	})
}

func TestAFloodOfLossyMessagesIsCutToItsRateAndToldOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		peers := sayers(r, "a", "b")
		join(r, "room", peers...)
		for range 3000 { // 1,000 a second
			peers[0].Say("", "", "again")
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		heard, most := len(peers[1].Heard()), sfu.LossyBurst+3*sfu.LossyRate+1
		told, count := refusals(r, "a")
		if heard > most || heard < most/2 {
			t.Errorf("%d of 3,000 passed, want at most %d", heard, most)
		}
		refused := int(r.SFU.Stats().Counters["lossy_too_fast"]) //nolint:gosec // small
		if len(told) < 2 || len(told) > 5 || told[0] != "too_fast" || count != refused || refused == 0 {
			t.Errorf("refusals told: %v, of %d messages; %d were refused", told, count, refused)
		}
	})
}

func TestLossyMessagesAreLostNotRepeatedOnABadPath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 20 * time.Millisecond})
		defer r.Close()
		peers := sayers(r, "a", "b")
		join(r, "room", peers...)
		peers[1].Vanish()
		for n := range 40 {
			peers[0].Say("", "", fmt.Sprint(n))
			time.Sleep(50 * time.Millisecond)
		}
		peers[1].Reappear()
		time.Sleep(5 * time.Second)
		peers[0].Say("", "", "new")
		time.Sleep(time.Second)
		heard := peers[1].Heard()
		if len(heard) == 0 || heard[len(heard)-1].Payload != "new" {
			t.Fatalf("nothing new came after the path was back: %v", heard)
		}
		if len(heard) > 20 {
			t.Errorf("%d old messages came late", len(heard)-1)
		}
	})
}

func TestAMemberWithoutAChannelMissesLossyMessagesAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a := sayers(r, "a")[0]
		_, b := call(r, "c", "b")
		join(r, "room", a, b)
		a.Say("", "", "hello")
		time.Sleep(time.Second)
		if c := r.SFU.Stats().Counters; c["lossy_no_channel"] != 1 || c["lossy_out"] != 0 {
			t.Errorf("counted %v", c)
		}
		if told, _ := refusals(r, "a"); len(told) != 0 {
			t.Errorf("told %v", told)
		}
	})
}

func TestAConnectionWithTooManyDataChannelsIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		peers := sayers(r, "a", "b")
		join(r, "room", peers...)
		for range 3 {
			peers[0].OpenChannel("mine", nil)
		}
		time.Sleep(time.Second)
		if got := r.State("a"); got != sfu.Connected {
			t.Fatalf("with four channels it is %s", got)
		}
		peers[0].OpenChannel("one more", nil)
		r.Until(5*time.Second, "its connection is closed", func() bool { return r.State("a") == sfu.Failed })
		if got := r.State("b"); got != sfu.Connected {
			t.Errorf("the other is %s", got)
		}
	})
}
