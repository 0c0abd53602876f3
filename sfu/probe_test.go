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
	if n := d.pad(1000, now); n != 0 {
		t.Errorf("%d bytes of padding without a slot", n)
	}
	var headers []rtp.Header
	video := newSlot(0, false, "x")
	video.writer, video.ssrc, video.rtxSSRC = written{headers: &headers}, 9, 10
	video.payload[encodingVP8], video.rtxPayload[encodingVP8] = 96, 97
	video.extensions = c.uplink.extensions
	video.begin(now)
	d.slots, d.egress.sealer = []*slot{video}, sealerPion
	d.connection.pc = c.pc

	if n := d.pad(1000, now); n < 1000 || len(headers) != 4 {
		t.Errorf("%d bytes in %d packets before any media", n, len(headers))
	}
	sub := newSubscription(d, video, binding{publication: c.uplink.sections["2"].publication})
	sub.start(now)
	st := &stream{uplink: c.uplink, ssrc: 5, section: c.uplink.sections["2"]}
	st.layer = sub.publication.layerFor(c, &st.section.sendSection, "", 5, time.Now())
	for n := range uint16(10) {
		_, _ = st.Write(vp8Packet(5, 100+n, uint32(n)*3000, n == 0))
	}
	turn := func() {
		inbox := w.inbox
		w.inbox = nil
		w.handle(inbox, now)
		w.send(now)
	}
	turn()
	before := len(headers)
	if n := d.pad(3000, now); n < 3000 {
		t.Errorf("%d bytes of padding from media", n)
	}
	turn()
	if len(headers) != before+3 {
		t.Errorf("%d packets of padding", len(headers)-before)
	}
	repairs := map[uint16]bool{}
	for i, h := range headers {
		if h.SSRC == 10 && repairs[h.SequenceNumber] {
			t.Errorf("repair number %d twice", h.SequenceNumber)
		}
		repairs[h.SequenceNumber] = repairs[h.SequenceNumber] || h.SSRC == 10
		number, ok := rtpext.ReadTransportSequence(h.GetExtension(video.extensions.ID(rtpext.TransportSequence)))
		if !ok || int(number) != i {
			t.Errorf("packet %d has the transport-wide number %d, %v", i, number, ok)
		}
	}
	if d.sender.book.Count() != uint64(len(headers)) {
		t.Errorf("%d booked, %d sent", d.sender.book.Count(), len(headers))
	}
}
