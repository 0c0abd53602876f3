package sfu

import (
	"net/netip"
	"testing"

	"github.com/pion/srtp/v3"

	"callrelay/sfu/internal/seal"
)

// voidWay leads nowhere.
type voidWay struct{}

func (voidWay) writeTo(b []byte, _ netip.AddrPort) (int, error) { return len(b), nil }

// downlinkOf a participant that is in no room, on a worker of its own that
// only the test runs. Its packets are sealed and go nowhere.
func downlinkOf(t testing.TB, s *SFU, w *worker) *downlink {
	t.Helper()
	c := &connection{sfu: s, participant: &participant{worker: w}, seat: Seat{"b", 1}}
	c.inlet = newInlet(c)
	c.downlink = newDownlink(c)
	context, err := seal.New(seal.Keys{
		Profile: srtp.ProtectionProfileAeadAes128Gcm, MasterKey: make([]byte, 16), MasterSalt: make([]byte, 12),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.downlink.ready = true
	c.downlink.egress = egress{connection: c, sealer: sealerOwn, context: context, path: &path{via: voidWay{}}}
	return c.downlink
}
