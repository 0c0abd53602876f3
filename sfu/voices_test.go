package sfu_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

func TestNewSpeakerIsHeardWithinASyllable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		var peers []*sfutest.Peer
		for i := range 7 {
			p := r.Connect(sfu.ParticipantID(fmt.Sprint("p", i)), sfutest.Slots{Audio: 3, Video: 1})
			p.Speak(127)
			r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceMicrophone, false))
			peers = append(peers, p)
		}
		join(r, "room", peers...)
		time.Sleep(3 * time.Second)
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
		for round := range 3 {
			for _, p := range peers[1:] {
				before, began := heard(p), time.Now()
				p.Speak(30)
				r.Until(100*time.Millisecond, fmt.Sprint(p.ID, " is heard, round ", round), func() bool { return heard(p) > before })
				if waited := time.Since(began); waited > 80*time.Millisecond {
					t.Errorf("%s was heard after %v", p.ID, waited)
				}
				time.Sleep(1500 * time.Millisecond)
				p.Speak(127)
				time.Sleep(time.Second)
			}
		}
		bound := 0
		for _, s := range r.Slots(listener.ID) {
			if !s.Audio {
				continue
			}
			if s.Publication != "" {
				bound++
			}
			if got := listener.Slot(s.MID); got.Missing != 0 || got.Backward != 0 || got.Unexplained != 0 {
				t.Errorf("slot %s: missing %d, back %d, unexplained %d", s.MID, got.Missing, got.Backward, got.Unexplained)
			}
		}
		if bound != 3 {
			t.Errorf("%d of 3 sound slots carry something", bound)
		}
	})
}

func TestScreenAudioIsNotDroppedForALouderVoice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		var peers []*sfutest.Peer
		for i := range 6 {
			p := r.Connect(sfu.ParticipantID(fmt.Sprint("p", i)), sfutest.Slots{Audio: 3, Video: 1})
			r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceMicrophone, false))
			peers = append(peers, p)
		}
		r.Do(r.SFU.Publish(r.Context(), "p5", sfu.SourceScreenAudio, false))
		join(r, "room", peers...)
		for i, p := range peers {
			p.Speak(uint8(20 + i)) //nolint:gosec // small
		}
		time.Sleep(3 * time.Second)
		for _, p := range peers[:5] {
			found := false
			for _, s := range r.Slots(p.ID) {
				found = found || s.Source == sfu.SourceScreenAudio
			}
			if !found {
				t.Errorf("%s has no slot for the screen's sound: %+v", p.ID, r.Slots(p.ID))
			}
		}
	})
}
