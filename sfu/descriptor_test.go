package sfu

import (
	"testing"
	"time"

	"github.com/pion/rtp"

	"callrelay/sfu/internal/rewrite"
	"callrelay/sfu/internal/rtpext"
)

// withDescriptor is a packet as Chromium sends it: with a dependency
// descriptor in the header and no picture id in the payload.
func withDescriptor(t *testing.T, ids *rtpext.IDs, number uint16) *packet {
	t.Helper()
	value := []byte{0xc0, byte(number >> 8), byte(number)}
	b, _ := rtpext.Append(nil, rtpext.Header{PayloadType: 96, SSRC: 5}, ids, &rtpext.Values{rtpext.DependencyDescriptor: value})
	b = append(b, 0x10, 0x01) // VP8, no key frame
	p := &packet{pool: &packetPool{}, size: len(b)}
	p.refs.Store(1)
	copy(p.buf[:], b)
	var ok bool
	if p.rtp, ok = rtpext.Parse(b, ids); !ok {
		t.Fatal("not parsed")
	}
	p.encoding = encodingVP8
	l := &layer{publication: &publication{sfu: &SFU{}}}
	if !l.describe(&p.description, b) || p.frame != (rewrite.FrameNumber{Present: true, Number: number}) {
		t.Fatalf("described as %+v", p.frame)
	}
	return p
}

// headers keeps the last header written.
type headers struct {
	void
	last rtp.Header
}

func (h *headers) WriteRTP(header *rtp.Header, payload []byte) (int, error) {
	h.last = header.Clone()
	return h.void.WriteRTP(header, payload)
}

func TestSlotSendsItsOwnFrameNumberAndLeavesThePacketAsItWas(t *testing.T) {
	s := newSFU(t)
	c := publisher(t, s)
	var ids rtpext.IDs
	ids.Set(rtpext.DependencyDescriptor.URI(), 7)
	d := newDownlink(&connection{sfu: s, participant: &participant{worker: newWorker(s)}, seat: Seat{"b", 1}, pc: c.pc})
	wire := &headers{}
	video := newSlot(0, false, "x")
	video.writer, video.ssrc, video.payload[encodingVP8], video.extensions = wire, 9, 96, ids
	p := withDescriptor(t, &ids, 71)
	numbers := p.numbers()
	numbers.Frame.Number = 65_000
	d.sender.write(&outgoing{slot: video, packet: p.retain(), numbers: numbers}, time.Now())
	if n, _ := rtpext.ReadFrameNumber(wire.last.GetExtension(7)); n != 65_000 {
		t.Errorf("frame %d was sent", n)
	}
	value, _ := p.rtp.Value(p.bytes(), rtpext.DependencyDescriptor)
	if n, _ := rtpext.ReadFrameNumber(value); n != 71 {
		t.Errorf("the packet, which others share, says frame %d now", n)
	}
}
