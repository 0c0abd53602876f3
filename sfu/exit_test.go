package sfu_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/dtls/v3"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

func TestEveryExitCarriesSoundPicturesAndRepairs(t *testing.T) {
	for name, row := range map[string]struct {
		slots sfutest.Slots
		exit  string
	}{
		"AES-256-GCM, sealed here":     {sfutest.Slots{Profile: dtls.SRTP_AEAD_AES_256_GCM}, "plain"},
		"AES-GCM, sealed here":         {sfutest.Slots{}, "plain"},
		"AES-CM, sealed here":          {sfutest.Slots{Profile: dtls.SRTP_AES128_CM_HMAC_SHA1_80}, "plain"},
		"DTLS begun here, Pion's keys": {sfutest.Slots{Passive: true}, "pion"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := sfutest.New(t, sfutest.Conditions{Delay: 10 * time.Millisecond, LossDown: 0.03})
				defer r.Close()
				row.slots.Audio, row.slots.Video = 1, 1
				peers := []*sfutest.Peer{r.Connect("a", row.slots), r.Connect("b", row.slots)}
				for _, p := range peers {
					r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceMicrophone, false))
					r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceCamera, false))
				}
				r.Until(10*time.Second, "both are connected", func() bool { return peers[0].Connected() && peers[1].Connected() })
				join(r, "room", peers...)
				time.Sleep(4 * time.Second)
				if got := r.SFU.Stats().Exits[row.exit]; got != 2 {
					t.Errorf("exits %v, want 2 %s", r.SFU.Stats().Exits, row.exit)
				}
				for i, p := range peers {
					microphone, camera := peers[1-i].Tags()
					sound, picture := p.FirstSlot(true), p.FirstSlot(false)
					if sound.ByTag[microphone] < 110 || picture.ByTag[camera] < 350 || picture.Unexplained != 0 || picture.Missing > 20 {
						t.Errorf("%s: %d packets of sound, %d of pictures, %d missing, %d unexplained",
							p.ID, sound.ByTag[microphone], picture.ByTag[camera], picture.Missing, picture.Unexplained)
					}
					if len(p.SenderReports()) == 0 {
						t.Errorf("%s got no sender report", p.ID)
					}
				}
				for _, counter := range []string{"resent", "feedback_out"} {
					if r.SFU.Stats().Counters[counter] == 0 {
						t.Errorf("nothing was counted as %s", counter)
					}
				}
				for _, p := range peers {
					r.Do(r.SFU.Remove(r.Context(), p.ID))
				}
				r.Until(time.Second, "nobody leaves by it", func() bool { return r.SFU.Stats().Exits[row.exit] == 0 })
			})
		})
	}
}
