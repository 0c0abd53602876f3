package sfu_test

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/pion/dtls/v3"
	"github.com/pion/rtp"

	"callrelay/sfu"
	"callrelay/sfu/internal/batch"
	"callrelay/sfu/sfutest/bare"
)

// wire is a pair of sockets: what the sender puts in, the receiver reads in
// batches, as the SFU reads its ports.
type wire struct {
	sender, receiver *batch.Conn
	datagrams        []batch.Datagram
}

func newWire(t testing.TB) *wire {
	t.Helper()
	local := netip.MustParseAddrPort("127.0.0.1:0")
	sender, err := batch.Listen(local, batch.Config{})
	must(t, err)
	receiver, err := batch.Listen(local, batch.Config{})
	must(t, err)
	t.Cleanup(func() { _, _ = sender.Close(), receiver.Close() })
	return &wire{sender: sender, receiver: receiver}
}

func (w *wire) fill(t testing.TB, packets [][]byte) {
	t.Helper()
	to := netip.MustParseAddrPort(w.receiver.LocalAddr().String())
	for _, p := range packets {
		if _, err := w.sender.WriteToAddrPort(p, to); err != nil {
			t.Fatal(err)
		}
	}
	w.sender.Flush()
}

// drain gives what has arrived to the SFU and returns how many.
func (w *wire) drain(t testing.TB, s *sfu.SFU, from netip.AddrPort) (n int) {
	t.Helper()
	for {
		var err error
		w.datagrams, err = w.receiver.ReadBatch(w.datagrams[:0], false)
		if err != nil {
			t.Fatal(err)
		}
		if len(w.datagrams) == 0 {
			return n
		}
		n += len(w.datagrams)
		for _, d := range w.datagrams {
			s.Feed(d.Bytes, from)
		}
	}
}

// picture is packets of a camera, five a frame, each with a transport-wide number.
type picture struct {
	*bare.Client
	number uint16
	body   []byte
}

func newPicture(c *bare.Client) *picture {
	p := &picture{Client: c, body: make([]byte, 1150)}
	p.body[0], p.body[1], p.body[2] = 0x80, 0x80, 0x05 // VP8 with a picture id, no key frame
	return p
}

func (p *picture) next(t testing.TB, n int) (out [][]byte) {
	t.Helper()
	for range n {
		p.number++
		h := rtp.Header{
			Version: 2, PayloadType: bare.VP8, SSRC: p.Camera, SequenceNumber: p.number,
			Timestamp: 3000 * uint32(p.number/5), Marker: p.number%5 == 4,
		}
		must(t, h.SetExtension(bare.ExtensionTransport, binary.BigEndian.AppendUint16(nil, p.number)))
		out = append(out, p.Seal(p.Packet(h, p.body)))
	}
	return out
}

func publisher(t testing.TB) (*sfu.SFU, *picture) {
	t.Helper()
	s, err := sfu.New(sfu.Config{Observer: ignore{}})
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	c := bare.Connect(t, s, "a", 1, dtls.SRTP_AEAD_AES_128_GCM)
	t.Cleanup(c.Close)
	must(t, s.Join(t.Context(), "room", "a", everything))
	s.Unlimited("a")
	return s, newPicture(c)
}

// BenchmarkIngress is one received packet of 1,200 bytes: read from the socket
// in batches, told apart, opened, described, recorded for feedback, and kept.
func BenchmarkIngress(b *testing.B) {
	s, p := publisher(b)
	w := newWire(b)
	from := p.Address()
	const round = 512
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; {
		b.StopTimer()
		w.fill(b, p.next(b, round))
		b.StartTimer()
		n := w.drain(b, s, from)
		if n == 0 {
			b.Fatal("nothing arrived")
		}
		done += n
	}
}
