package sfu

import (
	"bytes"
	"testing"
	"time"

	"github.com/pion/rtp"

	"callrelay/sfu/internal/rtpext"
)

// written remembers headers.
type written struct {
	void
	headers *[]rtp.Header
}

func (w written) Write(b []byte) (int, error) {
	var p rtp.Packet
	if err := p.Unmarshal(bytes.Clone(b)); err != nil {
		return 0, err
	}
	*w.headers = append(*w.headers, p.Header)
	return w.void.Write(b)
}

func TestPaddingGoesOutOnTheRepairStreamThroughTheOneDoor(t *testing.T) {
	s := newSFU(t)
	c := publisher(t, s)
	w := newWorker(s)
	d := downlinkOf(t, s, w)
	now := time.Now()
	if n := d.pad(now); n != 0 {
		t.Errorf("%d bytes of padding without a slot", n)
	}
	var headers []rtp.Header
	video := newSlot(0, false, "x")
	video.writer, video.ssrc, video.rtxSSRC = written{headers: &headers}, 9, 10
	video.extensions = c.uplink.extensions
	d.slots, d.egress.sealer = []*slot{video}, sealerPion
	d.connection.pc = c.pc
	if n := d.pad(now); n != 0 {
		t.Errorf("%d bytes of padding to one who knows no repairs", n)
	}
	video.payload[encodingH264], video.rtxPayload[encodingH264] = 96, 97
	for range 4 {
		if n := d.pad(now); n < maxPadding {
			t.Errorf("%d bytes of padding before any media", n)
		}
	}
	for i, h := range headers {
		number, ok := rtpext.ReadTransportSequence(h.GetExtension(video.extensions.ID(rtpext.TransportSequence)))
		if !ok || int(number) != i || h.SSRC != 10 || h.PayloadType != 97 || h.SequenceNumber != headers[0].SequenceNumber+uint16(i) {
			t.Errorf("packet %d is %+v with the transport-wide number %d, %v", i, h, number, ok)
		}
	}
	if len(headers) != 4 || d.sender.book.Count() != 4 {
		t.Errorf("%d booked, %d sent", d.sender.book.Count(), len(headers))
	}
}
