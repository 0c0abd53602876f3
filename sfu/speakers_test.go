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
		const seconds = 10
		for i := range seconds * 10 { // somebody else every 100 ms
			peers[i%6].Speak(25)
			time.Sleep(100 * time.Millisecond)
			peers[i%6].Speak(127)
		}
		if told := len(speakersTold(r)) - before; told < 1 || told > seconds*4 {
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
