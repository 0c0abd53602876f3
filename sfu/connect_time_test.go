package sfu_test

import (
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu/sfutest"
)

// TestAConnectionStandsAfterFourRoundTrips from the moment at which the client has its answer: two of DTLS, and two of ICE,
// as Pion's client names the pair by a second check.
func TestAConnectionStandsAfterFourRoundTrips(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const trip = 100 * time.Millisecond
		r := sfutest.New(t, sfutest.Conditions{Delay: trip / 2})
		defer r.Close()
		began := time.Now()
		a := r.Connect("a", sfutest.Slots{Audio: 1, Video: 1})
		for !a.Connected() && time.Since(began) < 10*trip {
			time.Sleep(time.Millisecond)
		}
		if took := time.Since(began); took > trip*9/2 {
			t.Errorf("%v, which is %.1f round trips", took, float64(took)/float64(trip))
		}
	})
}
