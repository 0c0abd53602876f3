package sfu

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtp"

	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/estimate"
	"callrelay/sfu/internal/rewrite"
	"callrelay/sfu/internal/rtpext"
)

const (
	// maxQueueBytes of video wait for one participant; then whole frames are
	// left out up to the next key frame.
	maxQueueBytes = 512 << 10
	minQueueBytes = 6 << 10
	// paceTick is how long a sender that has used up its allowance waits.
	paceTick = 5 * time.Millisecond
	// minPace in bits per second while nothing is known of the path.
	minPace = 6e6
	// drainAbove is the wait on the path above which no more is sent than
	// the estimate says, so that it can empty.
	drainAbove = 50 * time.Millisecond
)

// outgoing is a packet on its way to a slot; the sender owns one reference.
type outgoing struct {
	slot    *slot
	packet  *packet
	numbers rewrite.Numbers
	resend  bool
	plain   bool   // take Opus out of RED
	padding bool   // a resend that nobody asked for, to fill the path
	empty   bool   // fills the place of one that is left out
	marker  bool   // the last of its picture that this receiver gets
	active  uint32 // decode targets that it gets; 0: all
}

// sender is the one door out to a participant: every RTP packet gets its
// transport-wide number, its send time and its class here and nowhere else.
// Sound goes first; then repair and video in order, as fast as the pace
// allows. It belongs to the participant's worker.
type sender struct {
	downlink *downlink
	sound    []outgoing
	video    []outgoing
	bytes    int // of video
	isDue    bool
	retry    timer

	allowance float64 // bytes that may go now
	paced     time.Time

	book        *estimate.Sent // made with the first packet
	rule        *estimate.Rule
	results     []estimate.Result // scratch
	startedOver time.Time         // when the waiting pictures were last given up
	squeezed    bool              // the path has been full: pace and queue follow the estimate

	sent        uint64 // bytes
	acked, lost uint64 // packets reported since the last sample
	scratch     [maxPacket + 64]byte
	twcc        [2]byte
	descriptor  [255]byte // scratch
	values      rtpext.Values
}

// full tells whether the next frame must be left out.
func (s *sender) full() bool { return s.bytes > s.room() }

// room of the video queue in bytes: a quarter of a second of a path known to be thin.
func (s *sender) room() int {
	if s.squeezed {
		return max(minQueueBytes, int(s.rate()/4))
	}
	return maxQueueBytes
}

// add takes a packet; it leaves at the end of the worker's turn, or later.
func (s *sender) add(o outgoing) {
	if o.slot.audio {
		s.sound = append(s.sound, o)
	} else {
		s.video = append(s.video, o)
		s.bytes += o.packet.size
	}
	s.due()
}

func (s *sender) due() {
	if !s.isDue {
		s.isDue = true
		w := s.downlink.worker()
		w.due = append(w.due, s)
	}
}

func (s *sender) wake(time.Time) { s.due() }

// run writes what may go now.
func (s *sender) run(now time.Time) {
	s.writeSound(now)
	s.accrue(now)
	n := 0
	for ; n < len(s.video) && s.allowance > 0; n++ {
		o := &s.video[n]
		s.bytes -= o.packet.size
		s.allowance -= float64(o.packet.size)
		s.write(o, now)
		*o = outgoing{}
	}
	s.video = append(s.video[:0], s.video[n:]...)
	s.downlink.reportSwitched(now)
	if len(s.video) > 0 {
		s.downlink.worker().wheel.at(&s.retry, now.Add(paceTick))
	}
}

// writeSound writes all sound that waits; it is never paced.
func (s *sender) writeSound(now time.Time) {
	for i := range s.sound {
		s.write(&s.sound[i], now)
		s.sound[i] = outgoing{}
	}
	s.sound = s.sound[:0]
}

// accrue adds the allowance of the time since the last run, at most that of
// one burst.
func (s *sender) accrue(now time.Time) {
	rate := s.rate()
	most := max(rate*0.04, 24<<10)
	if s.paced.IsZero() {
		s.allowance = most
	} else {
		s.allowance = min(most, s.allowance+rate*now.Sub(s.paced).Seconds())
	}
	s.paced = now
}

// rate of the pace in bytes per second: well above the estimate, so that a
// frame leaves within its time, and close to it once the path has been full.
func (s *sender) rate() float64 {
	e := s.estimate(s.paced)
	target := float64(e.Target) / 8
	switch {
	case !s.squeezed:
		return max(2.5*target, minPace/8)
	case e.Queue > drainAbove:
		return target
	}
	return 1.5 * target
}

// write numbers and sends one packet and releases it.
func (s *sender) write(o *outgoing, now time.Time) {
	slot, p := o.slot, o.packet
	defer p.release()
	h := &slot.header
	h.Version, h.Marker, h.CSRC = 2, p.rtp.Marker || o.marker, nil
	h.SequenceNumber, h.Timestamp = o.numbers.Seq.Wire(), o.numbers.Timestamp
	h.SSRC, h.PayloadType = slot.ssrc, slot.payload[p.encoding]
	if o.plain {
		h.PayloadType = slot.payload[encodingOpus]
	}
	payload := s.payload(o)
	h.Padding, h.PaddingSize = o.empty, 0
	if o.empty {
		payload, h.Marker, h.PaddingSize = nil, false, 1
	}
	if o.resend {
		h.SSRC, h.PayloadType = slot.rtxSSRC, slot.rtxPayload[p.encoding]
		slot.rtxNumber++
		h.SequenceNumber = slot.rtxNumber
	}
	numbered := s.extend(h, slot, o)
	size := h.MarshalSize() + len(payload)
	if numbered {
		s.number(now, size, o.class())
	}
	if !o.resend {
		slot.highest = max(slot.highest, o.numbers.Seq)
	}
	n, err := slot.writer.WriteRTP(h, payload)
	c := &s.downlink.connection.sfu.counters
	if err != nil || n == 0 {
		c.drop(dropNotConnected)
		return
	}
	s.sent += uint64(size) //nolint:gosec // positive
	if !o.resend {
		slot.last, slot.hasLast = o.numbers.Seq, true
		slot.packets++
		slot.octets += uint32(len(payload)) //nolint:gosec // small
		if slot.resends != nil {
			slot.resends.Sent(size)
		}
	}
	c.packetsOut.Add(1)
	c.bytesOut.Add(uint64(size)) //nolint:gosec // positive
}

// number books a packet and puts its transport-wide number in its place.
func (s *sender) number(now time.Time, size int, class estimate.Class) {
	if s.book == nil {
		s.book, s.rule = estimate.NewSent(now), estimate.NewRule()
	}
	binary.BigEndian.PutUint16(s.twcc[:], s.book.Add(now, size, class))
}

func (o *outgoing) class() estimate.Class {
	switch {
	case o.padding:
		return estimate.ClassPadding
	case o.resend:
		return estimate.ClassRepair
	case o.slot.audio:
		return estimate.ClassAudio
	}
	return estimate.ClassVideo
}

// payload as the receiver is to get it: with the slot's picture ids, and for
// a repair with the number of what it repairs before it (RFC 4588). It is
// valid until the next call.
func (s *sender) payload(o *outgoing) []byte {
	p := o.packet
	body := p.payload()
	if o.plain { // the receiver has no RED
		body, _ = codec.REDPrimary(body)
	}
	rewritten := o.numbers.Picture != p.numbers().Picture
	if !rewritten && !o.resend {
		return body
	}
	out := s.scratch[2 : 2+copy(s.scratch[2:], body)]
	if rewritten {
		p.picture.Write(out, o.numbers.Picture.ID, o.numbers.Picture.TL0)
	}
	if !o.resend {
		return out
	}
	binary.BigEndian.PutUint16(s.scratch[:], o.numbers.Seq.Wire())
	return s.scratch[:2+len(out)]
}

// extend sets the header extensions that the receiver knows, under its own
// numbers, and the slot's frame number. It reports whether there is a place
// for the transport-wide one, which is then taken from twcc.
func (s *sender) extend(h *rtp.Header, slot *slot, o *outgoing) (numbered bool) {
	p := o.packet
	h.Extensions = h.Extensions[:0]
	v := &s.values
	*v = rtpext.Values{}
	v.CopyFrom(&p.rtp, p.bytes(), rtpext.AudioLevel, rtpext.VideoOrientation, rtpext.PlayoutDelay, rtpext.DependencyDescriptor)
	if d := v[rtpext.DependencyDescriptor]; d != nil && p.frame.Present {
		v[rtpext.DependencyDescriptor] = p.mask.Rewrite(s.descriptor[:0], d, o.numbers.Frame.Number, o.active)
	}
	if o.empty {
		v[rtpext.DependencyDescriptor] = nil
	}
	if slot.extensions.Has(rtpext.TransportSequence) {
		numbered = true
		v[rtpext.TransportSequence] = s.twcc[:]
	}
	wide := slot.extensions.Wide(v)
	h.Extension, h.ExtensionProfile = true, rtp.ExtensionProfileOneByte
	if wide {
		h.ExtensionProfile = rtp.ExtensionProfileTwoByte
	}
	for e, value := range v {
		if e := rtpext.Extension(e); slot.extensions.Writes(e, value, wide) { //nolint:gosec // an index of an array
			_ = h.SetExtension(slot.extensions.ID(e), value)
		}
	}
	h.Extension = len(h.Extensions) > 0
	return numbered
}

// startOver drops the pictures that wait for a path that has just turned out
// thin, and asks for new ones: the old would hold them up for as long as they
// take to pass. What was dropped, or lost before it, is not sent again.
func (s *sender) startOver(now time.Time) {
	if now.Sub(s.startedOver) < keyFrameSpacing {
		return
	}
	s.startedOver = now
	s.video = s.without(s.video, nil)
	for _, slot := range s.downlink.slots {
		if sub := slot.subscription; sub != nil && !slot.audio && sub.current != nil {
			sub.startOver()
		}
	}
}

// forget drops all that waits for a slot.
func (s *sender) forget(slot *slot) {
	s.sound = s.without(s.sound, slot)
	s.video = s.without(s.video, slot)
}

func (s *sender) without(list []outgoing, slot *slot) []outgoing {
	kept := list[:0]
	for _, o := range list {
		if slot != nil && o.slot != slot {
			kept = append(kept, o)
			continue
		}
		if !o.slot.audio {
			s.bytes -= o.packet.size
		}
		o.packet.release()
	}
	clear(list[len(kept):])
	return kept
}

// clear drops all that waits.
func (s *sender) clear() {
	s.sound = s.without(s.sound, nil)
	s.video = s.without(s.video, nil)
}
