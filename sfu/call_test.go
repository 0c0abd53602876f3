package sfu_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtcp"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

var everything = sfu.Rights{Publish: true, Subscribe: true}

// call makes two connected peers that publish microphone and camera, in no room.
func call(r *sfutest.Rig, a, b sfu.ParticipantID) (*sfutest.Peer, *sfutest.Peer) {
	peers := []*sfutest.Peer{
		r.Connect(a, sfutest.Slots{Audio: 1, Video: 1}),
		r.Connect(b, sfutest.Slots{Audio: 1, Video: 1}),
	}
	for _, p := range peers {
		r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceMicrophone, false))
		r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceCamera, false))
	}
	r.Until(10*time.Second, "both are connected", func() bool { return peers[0].Connected() && peers[1].Connected() })
	return peers[0], peers[1]
}

func join(r *sfutest.Rig, room sfu.RoomID, peers ...*sfutest.Peer) {
	for _, p := range peers {
		r.Do(r.SFU.Join(r.Context(), room, p.ID, everything))
	}
}

// layered makes a peer that publishes a camera of three layers, in no room.
func layered(r *sfutest.Rig, id sfu.ParticipantID) *sfutest.Peer {
	p := r.Connect(id, sfutest.Slots{Audio: 1, Video: 1, Layers: 3})
	r.Do(r.SFU.Publish(r.Context(), id, sfu.SourceCamera, false))
	return p
}

// show one camera alone, at a size.
func show(r *sfutest.Rig, who, of sfu.ParticipantID, width, height int) {
	camera := sfu.PublicationID(string(of) + "/" + string(sfu.SourceCamera))
	r.Do(r.SFU.Prefer(r.Context(), who, []sfu.Preference{{Publication: camera, Width: width, Height: height}}))
}

func TestTwoPeopleSeeAndHearEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 10 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		join(r, "room", a, b)
		time.Sleep(3 * time.Second)
		for p, from := range map[*sfutest.Peer]*sfutest.Peer{a: b, b: a} {
			microphone, camera := from.Tags()
			checkStream(t, fmt.Sprint(p.ID, " sound"), p.FirstSlot(true), microphone, 140)
			checkStream(t, fmt.Sprint(p.ID, " picture"), p.FirstSlot(false), camera, 430)
		}
		slots := r.Slots("a")
		if len(slots) != 2 || slots[0].Source != sfu.SourceMicrophone || slots[1].Publication != "b/camera" {
			t.Errorf("slots of a: %+v", slots)
		}
	})
}

// checkStream: everything from one sender, each once, none missing.
func checkStream(t *testing.T, name string, s sfutest.Received, tag uint32, least int) {
	t.Helper()
	if s.ByTag[tag] < least || s.ByTag[tag] != s.Packets {
		t.Errorf("%s: %d packets, by sender %v, want at least %d of %d", name, s.Packets, s.ByTag, least, tag)
	}
	if s.Unexplained != 0 || s.Duplicates != 0 || s.Missing != 0 || s.Backward != 0 {
		t.Errorf("%s: unexplained %d, duplicates %d, missing %d, timestamps back %d",
			name, s.Unexplained, s.Duplicates, s.Missing, s.Backward)
	}
}

func TestNoPacketCrossesBeforeJoin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		time.Sleep(5 * time.Second)
		join(r, "room", a)
		time.Sleep(time.Second)
		if a.Arrived() != 0 || b.Arrived() != 0 {
			t.Fatalf("%d and %d packets arrived before both had joined", a.Arrived(), b.Arrived())
		}
		join(r, "room", b)
		r.Until(200*time.Millisecond, "media both ways", func() bool { return a.Arrived() > 0 && b.Arrived() > 0 })
	})
}

func TestFirstPictureNeedsNoKeyFrameRequestAfterJoin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		time.Sleep(3 * time.Second)
		asked := len(a.KeyFrameRequests())
		if asked < 2 || asked > 5 {
			t.Errorf("%d key frame requests in 3 s of ringing, want about one a second", asked)
		}
		began := time.Now()
		join(r, "room", a, b)
		r.Until(20*time.Millisecond, "a picture", func() bool { return b.FirstSlot(false).Packets > 10 })
		t.Logf("first picture after %v", time.Since(began))
		time.Sleep(3 * time.Second)
		if now := len(a.KeyFrameRequests()); now > asked {
			t.Errorf("%d key frame requests after the join", now-asked)
		}
		_, camera := a.Tags()
		checkStream(t, "b's picture", b.FirstSlot(false), camera, 430)
		if gap := b.FirstSlot(false).LargestGap; gap > 60*time.Millisecond {
			t.Errorf("gap of %v after the burst", gap)
		}
	})
}

func TestNothingAfterLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		join(r, "room", a, b)
		time.Sleep(2 * time.Second)
		r.Do(r.SFU.Leave(r.Context(), "a"))
		time.Sleep(6 * time.Millisecond) // what was on the way
		atA, atB := a.Arrived(), b.Arrived()
		time.Sleep(3 * time.Second)
		if a.Arrived() != atA || b.Arrived() != atB {
			t.Errorf("after the leave %d packets reached a and %d reached b", a.Arrived()-atA, b.Arrived()-atB)
		}
		for _, s := range append(r.Slots("a"), r.Slots("b")...) {
			if s.Publication != "" {
				t.Errorf("slot %s still carries %s", s.MID, s.Publication)
			}
		}
	})
}

func TestLossBothWaysIsRepairedOnce(t *testing.T) {
	calls, length := 25, 15*time.Second
	if testing.Short() || raced {
		calls, length = 2, 20*time.Second
	}
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 20 * time.Millisecond, LossUp: 0.05, LossDown: 0.05})
		defer r.Close()
		var peers []*sfutest.Peer
		for i := range calls {
			a, b := call(r, sfu.ParticipantID(fmt.Sprint("a", i)), sfu.ParticipantID(fmt.Sprint("b", i)))
			join(r, sfu.RoomID(fmt.Sprint("room", i)), a, b)
			peers = append(peers, a, b)
		}
		time.Sleep(length)
		r.SetConditions(sfutest.Conditions{})
		time.Sleep(2 * time.Second)
		var packets, duplicates, missing, unexplained, resent, lostUp int
		for _, p := range peers {
			for _, s := range []sfutest.Received{p.FirstSlot(false), p.FirstSlot(true)} {
				packets += s.Packets
				duplicates += s.Duplicates
				unexplained += s.Unexplained
				if !s.Audio {
					missing += s.Missing
				}
			}
			_, again := p.Sent()
			resent += again
			lostUp += r.LostUp(p)
		}
		t.Logf("%d packets, %d duplicates, %d video missing, %d unexplained; %d lost upwards, %d resent by publishers; %v",
			packets, duplicates, missing, unexplained, lostUp, resent, r.SFU.Stats().Counters)
		if unexplained != 0 {
			t.Errorf("%d unexplained packets", unexplained)
		}
		if duplicates*1000 > packets {
			t.Errorf("%d duplicates in %d packets, want at most 0.1 %%", duplicates, packets)
		}
		if float64(resent) > 1.2*float64(lostUp) {
			t.Errorf("publishers resent %d packets for %d lost", resent, lostUp)
		}
		if missing*100 > packets {
			t.Errorf("%d of %d packets are missing after repair", missing, packets)
		}
	})
}

func TestThinPathGetsAPictureThatFits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 20 * time.Millisecond})
		defer r.Close()
		a := r.Connect("a", sfutest.Slots{Audio: 1, Video: 1})
		b := r.Connect("b", sfutest.Slots{Audio: 1, Video: 1, Capacity: 500_000})
		for _, p := range []*sfutest.Peer{a, b} {
			r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceMicrophone, false))
			r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceCamera, false))
		}
		r.Until(10*time.Second, "both are connected", func() bool { return a.Connected() && b.Connected() })
		join(r, "room", a, b)
		time.Sleep(10 * time.Second)
		before := b.FirstSlot(false)
		sound := b.FirstSlot(true).Packets
		time.Sleep(10 * time.Second)
		after := b.FirstSlot(false)
		packets, missing := after.Packets-before.Packets, after.Missing-before.Missing
		var last sfu.Sample
		for _, e := range r.Events() {
			if s, ok := e.(sfu.Sample); ok && s.Seat.Participant == "b" {
				last = s
			}
		}
		t.Logf("limited to %d, %d packets, %d missing, sample %+v", a.Limited(), packets, missing, last)
		if a.Limited() == 0 || a.Limited() > 600_000 {
			t.Errorf("the publisher was asked to keep to %d", a.Limited())
		}
		if packets < 200 || missing*20 > packets {
			t.Errorf("%d packets came and %d are missing in 10 s", packets, missing)
		}
		if n := b.FirstSlot(true).Packets - sound; n < 475 {
			t.Errorf("%d of 500 packets of sound came", n)
		}
		if last.Estimate > 700_000 || last.DownlinkLoss > 0.1 {
			t.Errorf("sample %+v", last)
		}
	})
}

func TestSamplesOfASilentConnectionAreNotRepeatedEachSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		samples := func() (n int) {
			for _, e := range r.Events() {
				if s, ok := e.(sfu.Sample); ok && s.Seat.Participant == "b" {
					n++
				}
			}
			return n
		}
		for _, row := range []struct {
			what     string
			from, to int
		}{{"talking", 9, 11}, {"silent", 2, 4}} {
			before := samples()
			time.Sleep(10 * time.Second)
			if n := samples() - before; n < row.from || n > row.to {
				t.Errorf("%s: %d samples in 10 s", row.what, n)
			}
			for _, p := range []*sfutest.Peer{a, b} {
				p.Pause(sfu.SourceMicrophone, true)
				p.Pause(sfu.SourceCamera, true)
			}
			time.Sleep(2 * time.Second)
		}
	})
}

func TestSenderReportsKeepToTheSlotsTimeline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		join(r, "room", a, b)
		time.Sleep(10 * time.Second)
		video := b.FirstSlot(false)
		var before *rtcp.SenderReport
		n := 0
		for _, report := range b.SenderReports() {
			if report.SSRC != video.SSRC {
				continue
			}
			n++
			if before != nil {
				elapsed := float64(report.NTPTime-before.NTPTime) / (1 << 32)
				ticks := float64(report.RTPTime - before.RTPTime)
				if ticks < elapsed*90000-9000 || ticks > elapsed*90000+9000 {
					t.Errorf("%.0f ticks in %.3f s", ticks, elapsed)
				}
			}
			before = &report
		}
		if n < 9 || n > 13 {
			t.Errorf("%d reports in 10 s", n)
		}
		if before != nil && before.PacketCount == 0 {
			t.Error("a report of no packets")
		}
	})
}
