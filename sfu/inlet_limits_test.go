package sfu

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// inletRig is an inlet that opens what its own sealing context seals.
type inletRig struct {
	*inlet
	sealing *srtp.Context
	from    path
}

func newInletRig(t testing.TB) *inletRig {
	t.Helper()
	s := &SFU{}
	c := &connection{sfu: s}
	c.uplink = newUplink(c)
	r := &inletRig{inlet: newInlet(c), from: path{remote: netip.MustParseAddrPort("198.51.100.1:1000")}}
	key, salt := bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{2}, 12)
	var err error
	if r.sealing, err = srtp.CreateContext(key, salt, srtp.ProtectionProfileAeadAes128Gcm); err == nil {
		r.context, err = srtp.CreateContext(key, salt, srtp.ProtectionProfileAeadAes128Gcm,
			srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow))
	}
	if err != nil {
		t.Fatal(err)
	}
	r.stand = opening
	return r
}

func (r *inletRig) seal(t testing.TB, ssrc uint32, number uint16) []byte {
	t.Helper()
	p := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: ssrc, SequenceNumber: number}, Payload: []byte("sound")}
	plain, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := r.sealing.EncryptRTP(nil, plain, nil)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func (r *inletRig) dropped(reason dropReason) uint64 {
	return r.connection.sfu.counters.dropped[reason].Load()
}

func TestAConnectionIsHeldToItsPacketsASecond(t *testing.T) {
	r := newInletRig(t)
	now := time.Now()
	number := uint16(0)
	send := func(n int) {
		for range n {
			number++
			r.arrive(r.seal(t, 7, number), r.from, now)
		}
	}
	send(10_000)
	if passed, held := r.dropped(dropUnknownStream), r.dropped(dropTooFast); passed != packetBurst || held != 10_000-packetBurst {
		t.Fatalf("%d passed, %d were held", passed, held)
	}
	now = now.Add(100 * time.Millisecond)
	send(10_000)
	if passed := r.dropped(dropUnknownStream); passed != packetBurst+packetsPerSecond/10 {
		t.Errorf("%d passed after a tenth of a second more", passed)
	}
}

func TestForgedPacketsDoNotUseUpWhatAConnectionMaySend(t *testing.T) {
	r := newInletRig(t)
	now := time.Now()
	forged := r.seal(t, 7, 1)
	forged[len(forged)-1]++
	for range packetBurst + 500 {
		now = now.Add(time.Second / triesPerSecond)
		r.arrive(bytes.Clone(forged), r.from, now)
	}
	r.arrive(r.seal(t, 7, 2), r.from, now)
	if r.dropped(dropUnknownStream) != 1 || r.dropped(dropUnchecked) != packetBurst+500 {
		t.Errorf("%d passed, %d were refused", r.dropped(dropUnknownStream), r.dropped(dropUnchecked))
	}
}

func TestWhatComesBeforeTheConnectionIsUpWaitsAndIsBounded(t *testing.T) {
	r := newInletRig(t)
	r.stand = waiting
	now := time.Now()
	for i := range 100 {
		if !r.arrive(r.seal(t, 7, uint16(i)), r.from, now) { //nolint:gosec // small
			t.Fatal("left to Pion")
		}
	}
	if len(r.held) != maxHeld || r.dropped(dropNotReady) != 100-maxHeld || r.dropped(dropUnknownStream) != 0 {
		t.Errorf("%d wait, %d dropped, %d opened", len(r.held), r.dropped(dropNotReady), r.dropped(dropUnknownStream))
	}
}

func TestAStrangersPacketIsTakenOnlyIfItIsAuthentic(t *testing.T) {
	r := newInletRig(t)
	s := &r.connection.sfu.strangers
	s.counters = &r.connection.sfu.counters
	elsewhere := path{remote: netip.MustParseAddrPort("198.51.100.9:9")}
	now := time.Now()
	r.arrive(r.seal(t, 7, 1), r.from, now)
	good, forged := r.seal(t, 7, 2), r.seal(t, 7, 3)
	forged[20]++
	before := bytes.Clone(forged)
	s.media(forged, elsewhere, now)
	if !bytes.Equal(forged, before) {
		t.Error("a packet that may be another's was changed")
	}
	s.media(good, elsewhere, now)
	s.media(r.seal(t, 8, 1), elsewhere, now) // an SSRC of nobody
	s.media([]byte{0x80}, elsewhere, now)
	if passed, refused := r.dropped(dropUnknownStream), r.dropped(dropUnchecked); passed != 2 || refused != 3 {
		t.Errorf("%d passed, %d were refused", passed, refused)
	}
	if present := r.paths.present.Load(); present != nil {
		t.Errorf("would send to %v", present.remote)
	}
	for i := range strangersBurst + 100 {
		s.media(r.seal(t, 7, uint16(10+i)), elsewhere, now) //nolint:gosec // small
	}
	if passed := r.dropped(dropUnknownStream); passed > strangersBurst+2 {
		t.Errorf("%d of strangers were tried", passed)
	}
	s.release(r.inlet, r.claimed)
	if len(s.claims) != 0 {
		t.Errorf("%d claims are left", len(s.claims))
	}
}
