package seal

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"callrelay/sfu/internal/seq"
)

var profiles = []srtp.ProtectionProfile{
	srtp.ProtectionProfileAeadAes128Gcm, srtp.ProtectionProfileAeadAes256Gcm, srtp.ProtectionProfileAes128CmHmacSha1_80,
}

func keys(t testing.TB, p srtp.ProtectionProfile) Keys {
	t.Helper()
	key, err := p.KeyLen()
	if err != nil {
		t.Fatal(err)
	}
	salt, err := p.SaltLen()
	if err != nil {
		t.Fatal(err)
	}
	k := Keys{Profile: p, MasterKey: make([]byte, key), MasterSalt: make([]byte, salt)}
	for i := range k.MasterKey {
		k.MasterKey[i] = byte(i + 1)
	}
	for i := range k.MasterSalt {
		k.MasterSalt[i] = byte(200 - i)
	}
	return k
}

func both(t testing.TB, p srtp.ProtectionProfile) (*Context, *srtp.Context) {
	t.Helper()
	k := keys(t, p)
	c, err := New(k)
	if err != nil {
		t.Fatal(err)
	}
	receiver, err := srtp.CreateContext(k.MasterKey, k.MasterSalt, p, srtp.SRTPReplayProtection(4096), srtp.SRTCPReplayProtection(4096))
	if err != nil {
		t.Fatal(err)
	}
	return c, receiver
}

// packet with an extension, and room behind it.
func packet(t testing.TB, ssrc uint32, n seq.Number, payload []byte) (b []byte, header int) {
	t.Helper()
	h := rtp.Header{Version: 2, PayloadType: 96, SSRC: ssrc, SequenceNumber: n.Wire(), Timestamp: 7}
	if err := h.SetExtension(3, []byte{1, 2}); err != nil {
		t.Fatal(err)
	}
	head, err := h.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b = make([]byte, 0, len(head)+len(payload)+Overhead)
	return append(append(b, head...), payload...), len(head)
}

func TestReceiverOpensWhatIsSealedAcrossRollOversAndOutOfOrder(t *testing.T) {
	for _, p := range profiles {
		t.Run(p.String(), func(t *testing.T) {
			c, receiver := both(t, p)
			s := c.Stream(5)
			random := rand.New(rand.NewPCG(1, 2))
			for base := seq.Number(20000); base < 5*65536; base += 160 {
				for _, i := range random.Perm(8) {
					n := base + seq.Number(i) //nolint:gosec // small
					payload := fmt.Appendf(nil, "payload %d", n)
					b, header := packet(t, 5, n, payload)
					plain := bytes.Clone(b)
					sealed, ok := c.RTP(b, header, s, n)
					if !ok {
						t.Fatalf("%d was refused", n)
					}
					if &sealed[0] != &b[0] || bytes.Contains(sealed, payload) || !bytes.Equal(sealed[:header], plain[:header]) {
						t.Fatal("not sealed in place behind the header")
					}
					got, err := receiver.DecryptRTP(nil, sealed, nil)
					if err != nil || !bytes.Equal(got, plain) {
						t.Fatalf("%d: %v", n, err)
					}
				}
			}
			if roc, _ := receiver.ROC(5); roc != 4 {
				t.Errorf("roll-over count %d", roc)
			}
		})
	}
}

func TestReceiverOpensReportsOfSeveralStreams(t *testing.T) {
	for _, p := range profiles {
		t.Run(p.String(), func(t *testing.T) {
			c, receiver := both(t, p)
			for i := range 100 {
				plain, err := rtcp.Marshal([]rtcp.Packet{
					&rtcp.SenderReport{SSRC: uint32(1 + i%3), PacketCount: uint32(i)}, //nolint:gosec // small
					rtcp.NewCNAMESourceDescription(uint32(1+i%3), "name"),             //nolint:gosec // small
				})
				if err != nil {
					t.Fatal(err)
				}
				sealed, ok := c.RTCP(append(make([]byte, 0, len(plain)+Overhead), plain...))
				if !ok {
					t.Fatal("refused")
				}
				got, err := receiver.DecryptRTCP(nil, sealed, nil)
				if err != nil || !bytes.Equal(got, plain) {
					t.Fatalf("report %d: %v", i, err)
				}
			}
		})
	}
}

func TestNumberIsSealedOnceOnly(t *testing.T) {
	c, _ := both(t, profiles[0])
	s := c.Stream(5)
	used := map[seq.Number]bool{}
	random := rand.New(rand.NewPCG(3, 4))
	highest := seq.Number(0)
	for i := range 50_000 {
		// Near the highest, around the edge of the window, and leaps.
		n := highest + seq.Number(random.Uint64N(8))
		switch i % 3 {
		case 1:
			n -= min(n, seq.Number(random.Uint64N(2*windowSize)))
		case 2:
			if i%1000 == 2 {
				n += seq.Number(random.Uint64N(3 * windowSize))
			}
		}
		b, header := packet(t, 5, n, []byte("x"))
		_, ok := c.RTP(b, header, s, n)
		if ok && used[n] {
			t.Fatalf("%d was sealed twice", n)
		}
		if !ok && !used[n] && highest-n < windowSize {
			t.Fatalf("%d is new and was refused", n)
		}
		if ok {
			used[n], highest = true, max(highest, n)
		}
	}
}

func TestWhatIsNoPacketIsRefused(t *testing.T) {
	c, _ := both(t, profiles[0])
	s := c.Stream(5)
	b, header := packet(t, 5, 1, []byte("x"))
	for name, ok := range map[string]bool{
		"short header":       refused(c.RTP(b, 11, s, 1)),
		"header beyond":      refused(c.RTP(b, len(b)+1, s, 1)),
		"no room":            refused(c.RTP(b[:len(b):len(b)], header, s, 1)),
		"another's packet":   refused(c.RTP(b, header, c.Stream(6), 1)),
		"number of 49 bits":  refused(c.RTP(b, header, s, 1<<48)),
		"short report":       refused(c.RTCP(make([]byte, 7, 100))),
		"report, no room":    refused(c.RTCP(make([]byte, 8))),
		"used up report":     refused((&Context{cipher: c.cipher, index: maxIndex}).RTCP(make([]byte, 8, 100))),
		"keys too short":     fails(Keys{Profile: profiles[0], MasterKey: make([]byte, 15), MasterSalt: make([]byte, 12)}),
		"salt too short":     fails(Keys{Profile: profiles[0], MasterKey: make([]byte, 16), MasterSalt: make([]byte, 11)}),
		"no keys for AES-CM": fails(Keys{Profile: profiles[2]}),
		"unknown profile":    fails(Keys{Profile: 99}),
	} {
		if !ok {
			t.Errorf("%s: not refused", name)
		}
	}
	if _, ok := c.RTP(b, header, s, 1); !ok {
		t.Error("what was refused has used the number up")
	}
	if _, ok := c.RTP(b, header, c.Stream(5), 1); ok {
		t.Error("one SSRC has numbers of its own for each who asks")
	}
}

func refused(_ []byte, ok bool) bool { return !ok }

func fails(k Keys) bool {
	_, err := New(k)
	return err != nil
}

func TestSealingAllocatesNothing(t *testing.T) {
	c, _ := both(t, profiles[0])
	s := c.Stream(5)
	b, header := packet(t, 5, 1, make([]byte, 1100))
	n := seq.Number(0)
	if allocs := testing.AllocsPerRun(100, func() {
		n++
		c.RTP(b, header, s, n)
		c.RTCP(b)
	}); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func BenchmarkSeal(b *testing.B) {
	for _, p := range profiles {
		for _, size := range []int{160, 1200} {
			b.Run(fmt.Sprintf("%s/%d", p, size), func(b *testing.B) {
				c, _ := both(b, p)
				s := c.Stream(5)
				pkt, header := packet(b, 5, 1, make([]byte, size-20))
				b.ReportAllocs()
				n := seq.Number(0)
				for b.Loop() {
					n++
					c.RTP(pkt, header, s, n)
				}
			})
		}
	}
}
