package sfu_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

// talkers makes a room of members with open, silent microphones.
func talkers(r *sfutest.Rig, n int) []*sfutest.Peer {
	var peers []*sfutest.Peer
	for i := range n {
		p := r.Connect(sfu.ParticipantID(fmt.Sprint("p", i)), sfutest.Slots{Audio: 3, Video: 1})
		p.Speak(127)
		r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceMicrophone, false))
		peers = append(peers, p)
	}
	join(r, "room", peers...)
	time.Sleep(2 * time.Second)
	return peers
}

func TestSpeakersAreToldWhileTheySpeak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		peers := talkers(r, 4)
		if told := speakersTold(r); len(told) != 0 {
			t.Errorf("in silence %v is told", told)
		}
		are := func(want ...sfu.ParticipantID) func() bool {
			return func() bool { return slices.Equal(r.Speakers("room"), want) }
		}
		peers[1].Speak(30)
		r.Until(time.Second, "p1 speaks", are("p1"))
		peers[2].Speak(30)
		r.Until(2*time.Second, "p2 speaks as well", are("p1", "p2"))
		r.Do(r.SFU.Publish(r.Context(), "p1", sfu.SourceMicrophone, true))
		r.Until(time.Second, "p1 is muted", are("p2"))
		r.Do(r.SFU.Leave(r.Context(), "p2"))
		r.Until(time.Second, "p2 has gone", are())
		told := len(speakersTold(r))
		time.Sleep(10 * time.Second)
		if now := len(speakersTold(r)); now != told {
			t.Errorf("told %d times more in silence", now-told)
		}
	})
}

func TestSpeakersAreToldAFewTimesASecondAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		peers := talkers(r, 6)
		before := len(speakersTold(r))
		const seconds = 5
		for i := range seconds * 10 { // somebody else every 100 ms
			peers[i%6].Speak(25)
			time.Sleep(100 * time.Millisecond)
			peers[i%6].Speak(127)
		}
		if told := len(speakersTold(r)) - before; told > seconds*4 {
			t.Errorf("told %d times in %d s", told, seconds)
		}
	})
}

func speakersTold(r *sfutest.Rig) (told []sfu.SpeakersChanged) {
	for _, e := range r.Events() {
		if e, ok := e.(sfu.SpeakersChanged); ok {
			told = append(told, e)
		}
	}
	return told
}

// What a new speaker says first is heard by those who have no slot for them
// yet: of a syllable of 200 ms at most two packets, 40 ms, are missing.
func TestFirstSyllableOfANewSpeakerIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		peers := talkers(r, 7)
		listener := peers[0]
		heard := func(p *sfutest.Peer) (packets int) {
			tag, _ := p.Tags()
			for _, s := range r.Slots(listener.ID) {
				if s.Audio {
					packets += listener.Slot(s.MID).ByTag[tag]
				}
			}
			return packets
		}
		for _, level := range []uint8{30, 40} {
			for _, p := range peers[1:] {
				before := heard(p)
				p.Speak(level)
				time.Sleep(200 * time.Millisecond)
				p.Speak(127)
				time.Sleep(12 * time.Millisecond)
				if got := heard(p) - before; got < 8 {
					t.Errorf("%s at -%d dB: %d of 10 packets were heard", p.ID, level, got)
				}
				time.Sleep(time.Second)
			}
		}
	})
}

func TestServerShowsWhoHasTheFloorWhereThePageLeavesItTheChoice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		var peers []*sfutest.Peer
		for i := range 8 {
			p := r.Connect(sfu.ParticipantID(fmt.Sprint("p", i)), sfutest.Slots{Audio: 3, Video: 3})
			p.Speak(127)
			r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceMicrophone, false))
			r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceCamera, false))
			peers = append(peers, p)
		}
		join(r, "room", peers...)
		time.Sleep(2 * time.Second)
		shown := func() (who []sfu.ParticipantID) {
			for _, s := range r.Slots("p7") {
				if !s.Audio {
					who = append(who, s.Participant)
				}
			}
			return who
		}
		for _, p := range []int{0, 3, 1, 0, 2} {
			before := shown()
			peers[p].Speak(30)
			r.Until(2*time.Second, fmt.Sprint(peers[p].ID, " is shown"), func() bool { return slices.Contains(shown(), peers[p].ID) })
			time.Sleep(2 * time.Second)
			moved := 0
			for i, who := range shown() {
				if who != before[i] {
					moved++
				}
			}
			if moved > 1 {
				t.Errorf("%v became %v", before, shown())
			}
			peers[p].Speak(127)
			time.Sleep(time.Second)
		}
		before := shown()
		peers[4].Speak(30) // a cough
		time.Sleep(60 * time.Millisecond)
		peers[4].Speak(127)
		time.Sleep(2 * time.Second)
		if now := shown(); !slices.Equal(now, before) {
			t.Errorf("a cough made %v of %v", now, before)
		}
	})
}
