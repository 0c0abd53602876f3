package sfu_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/dtls/v3"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

func TestEveryProfileAndEitherRoleOfDTLSPassesMedia(t *testing.T) {
	for _, row := range []struct {
		name    string
		slots   sfutest.Slots
		byPion  uint64
		profile dtls.SRTPProtectionProfile
	}{
		{name: "AES-128-GCM", profile: dtls.SRTP_AEAD_AES_128_GCM},
		{name: "AES-256-GCM", profile: dtls.SRTP_AEAD_AES_256_GCM},
		{name: "AES-CM", profile: dtls.SRTP_AES128_CM_HMAC_SHA1_80},
		{name: "the client is the server of DTLS", slots: sfutest.Slots{Passive: true}, byPion: 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := sfutest.New(t, sfutest.Conditions{Delay: 10 * time.Millisecond})
				defer r.Close()
				a, _ := call(r, "a", "b")
				row.slots.Audio, row.slots.Video, row.slots.Profile = 1, 1, row.profile
				c := r.Connect("c", row.slots)
				r.Do(r.SFU.Publish(r.Context(), "c", "microphone", false))
				r.Do(r.SFU.Publish(r.Context(), "c", "camera", false))
				r.Until(10*time.Second, "c is connected", c.Connected)
				join(r, "room", a, c)
				time.Sleep(2 * time.Second)
				for p, from := range map[*sfutest.Peer]*sfutest.Peer{a: c, c: a} {
					microphone, camera := from.Tags()
					checkStream(t, fmt.Sprint(p.ID, " sound"), p.FirstSlot(true), microphone, 90)
					checkStream(t, fmt.Sprint(p.ID, " picture"), p.FirstSlot(false), camera, 280)
				}
				if n := r.SFU.Stats().Counters["opened_by_pion"]; n != row.byPion {
					t.Errorf("%d connections are opened by Pion, want %d", n, row.byPion)
				}
			})
		})
	}
}

func TestSilenceOfTheAgentIsNotSilenceOfTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 10 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		join(r, "room", a, b)
		time.Sleep(time.Second)
		r.SetConditions(sfutest.Conditions{NoChecksUp: true})
		before := len(r.Events())
		time.Sleep(time.Minute)
		for _, e := range r.Events()[before:] {
			if c, ok := e.(sfu.ConnectionChanged); ok {
				t.Errorf("%+v", c)
			}
		}
		microphone, _ := b.Tags()
		checkStream(t, "sound", a.FirstSlot(true), microphone, 2900)
	})
}
