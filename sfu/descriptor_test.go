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

func TestSlotSendsItsOwnFrameNumberAndLeavesThePacketAsItWas(t *testing.T) {
	s := newSFU(t)
	var ids rtpext.IDs
	ids.Set(rtpext.DependencyDescriptor.URI(), 7)
	d := downlinkOf(t, s, newWorker(s))
	d.egress.sealer = sealerPion
	var sent []rtp.Header
	video := newSlot(0, false, "x")
	video.writer, video.ssrc, video.payload[encodingVP8], video.extensions = written{headers: &sent}, 9, 96, ids
	p := withDescriptor(t, &ids, 71)
	numbers := p.numbers()
	numbers.Frame.Number = 65_000
	d.sender.write(&outgoing{slot: video, packet: p.retain(), numbers: numbers}, time.Now())
	if len(sent) != 1 {
		t.Fatalf("%d packets were sent", len(sent))
	}
	if n, _ := rtpext.ReadFrameNumber(sent[0].GetExtension(7)); n != 65_000 {
		t.Errorf("frame %d was sent", n)
	}
	value, _ := p.rtp.Value(p.bytes(), rtpext.DependencyDescriptor)
	if n, _ := rtpext.ReadFrameNumber(value); n != 71 {
		t.Errorf("the packet, which others share, says frame %d now", n)
	}
}
