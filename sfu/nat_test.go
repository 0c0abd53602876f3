package sfu_test

import (
	"testing"

	"github.com/pion/dtls/v3"

	"callrelay/sfu"
	"callrelay/sfu/sfutest/bare"
)

func TestAClientWithANewPortIsHeardAtOnceAndSentToAfterItsNextCheck(t *testing.T) {
	s, err := sfu.New(sfu.Config{Observer: ignore{}})
	must(t, err)
	defer func() { _ = s.Close() }()
	a := bare.ConnectBehindNAT(t, s, "a", 1, dtls.SRTP_AEAD_AES_128_GCM)
	defer a.Close()
	b := bare.Connect(t, s, "b", 2, dtls.SRTP_AEAD_AES_128_GCM)
	defer b.Close()
	for _, c := range []*bare.Client{a, b} {
		must(t, s.Join(t.Context(), "room", c.ID, everything))
	}
	number := uint16(0)
	talk := func(from, to *bare.Client, payload string) {
		t.Helper()
		eventually(t, payload, func() bool {
			number++
			from.Send(from.Seal(from.Opus(number, payload)))
			return heardBy(to, payload)
		})
	}
	talk(a, b, "a before")
	talk(b, a, "b before")

	a.NAT.BlockChecks(true)
	a.NAT.Rebind()
	talk(a, b, "a from its new port, without a check")
	sent := "b to the new port, without a check"
	for range 50 {
		number++
		b.Send(b.Seal(b.Opus(number, sent)))
	}
	talk(a, b, "a goes on")
	if heardBy(a, sent) {
		t.Error("an address that was not checked was sent to")
	}
	a.NAT.BlockChecks(false)
	eventually(t, "both ways again", func() bool {
		number++
		a.Send(a.Seal(a.Opus(number, "a after")))
		b.Send(b.Seal(b.Opus(number, "b after")))
		return heardBy(a, "b after") && heardBy(b, "a after")
	})
}
