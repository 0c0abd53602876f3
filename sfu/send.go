package sfu

import (
	"encoding/binary"
	"time"

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
	// keptQueue packets have their places kept while none waits; those that a
	// key frame took besides are given back.
	keptQueue = 32
	// paceTick is how long a sender that has used up its allowance waits.
	paceTick = 5 * time.Millisecond
	// minPace in bits per second while nothing is known of the path.
	minPace = 6e6
	// longestWait of a picture here: on a path not known to be thin the pace
	// rises with what waits, on a thin one more is left out.
	longestWait = 250 * time.Millisecond
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
	startedOver time.Time // when the waiting pictures were last given up
	squeezed    bool      // the path has been full: pace and queue follow the estimate
	probing     probing

	sent        uint64    // bytes
	acked, lost uint64    // packets reported since the last sample
	twcc        [2]byte   // a place for the transport-wide number
	descriptor  [255]byte // scratch
	values      rtpext.Values
}

// full tells whether the next frame must be left out.
func (s *sender) full() bool { return s.bytes > s.room() }

// room of the video queue in bytes.
func (s *sender) room() int {
	if s.squeezed {
		return max(minQueueBytes, int(s.rate()*longestWait.Seconds()))
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
	s.follow(now)
	if s.downlink.egress.overflowed() {
		s.startOver(now)
	}
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
	if len(s.video) == 0 && cap(s.video) > keptQueue {
		s.video = nil
	}
	s.probe(now)
	s.downlink.reportSwitched(now)
	if len(s.video) > 0 {
		s.downlink.worker().wheel.at(&s.retry, now.Add(paceTick))
	}
}

// follow the connection's path; on another one the estimate begins anew.
func (s *sender) follow(now time.Time) {
	e := &s.downlink.egress
	e.follow()
	if e.moved && s.rule != nil {
		s.rule.Moved(now)
	}
	e.moved = false
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

// rate of the pace in bytes per second: above the estimate, so that a
// frame leaves within its time, and close to it once the path has been full.
func (s *sender) rate() float64 {
	e := s.estimate(s.paced)
	target := float64(e.Target) / 8
	switch {
	case !s.squeezed:
		return max(1.5*target, minPace/8, float64(s.bytes)/longestWait.Seconds())
	case e.Queue > drainAbove:
		return target
	}
	return 1.5 * target
}

// padded is the bit of the first byte that says so (RFC 3550, section 5.1).
const padded = 0x20

// write numbers and sends one packet and releases it.
func (s *sender) write(o *outgoing, now time.Time) {
	slot, p := o.slot, o.packet
	defer p.release()
	h := rtpext.Header{
		Marker: p.rtp.Marker || o.marker, PayloadType: slot.payload[p.encoding],
		Seq: o.numbers.Seq.Wire(), Timestamp: o.numbers.Timestamp, SSRC: slot.ssrc,
	}
	number := o.numbers.Seq
	switch {
	case o.resend:
		slot.rtxNumber++
		number = slot.rtxNumber
		h.Seq, h.SSRC, h.PayloadType = number.Wire(), slot.rtxSSRC, slot.rtxPayload[p.encoding]
	case o.plain:
		h.PayloadType = slot.payload[encodingOpus]
	}
	b, numberAt := s.header(h, slot, o)
	head := len(b)
	if o.empty {
		b = append(b, 1) // padding, its length
		b[0] |= padded
		b[1] &= 0x7f // no marker
	} else {
		b = o.appendPayload(b)
	}
	s.number(b, numberAt, now, o.class(), slot.label(o.numbers.Seq))
	if !o.resend {
		slot.highest = max(slot.highest, number)
	}
	size := len(b)
	if !s.downlink.egress.media(b, head, slot, o.resend, number) {
		return
	}
	if !o.resend {
		slot.packets++
		slot.octets += uint32(size - head) //nolint:gosec // small
		if slot.resends != nil {
			slot.resends.Sent(number, size, o.marker)
		}
	}
	s.count(size)
}

// count a packet that left.
func (s *sender) count(size int) {
	s.sent += uint64(size) //nolint:gosec // positive
	s.downlink.connection.sfu.counters.out.add(s.downlink.worker().place, size)
}

// header begins a packet in the room that it will leave from, with the
// extensions that the receiver knows, under its own numbers, and the slot's
// frame number. numberAt is the place of the transport-wide number; 0 if there
// is none.
func (s *sender) header(h rtpext.Header, slot *slot, o *outgoing) (b []byte, numberAt int) {
	p, v := o.packet, &s.values
	*v = rtpext.Values{}
	v.CopyFrom(&p.rtp, p.bytes(), rtpext.AudioLevel, rtpext.VideoOrientation, rtpext.PlayoutDelay, rtpext.DependencyDescriptor)
	if d := v[rtpext.DependencyDescriptor]; d != nil && p.frame.Present {
		v[rtpext.DependencyDescriptor] = p.mask.Rewrite(s.descriptor[:0], d, o.numbers.Frame.Number, o.active)
	}
	if o.empty {
		v[rtpext.DependencyDescriptor] = nil
	}
	if slot.extensions.Has(rtpext.TransportSequence) {
		v[rtpext.TransportSequence] = s.twcc[:]
	}
	return rtpext.Append(s.downlink.egress.room(), h, &slot.extensions, v)
}

// number books a packet and puts its transport-wide number in its place.
func (s *sender) number(b []byte, at int, now time.Time, class estimate.Class, label uint32) {
	if at == 0 {
		return
	}
	if s.book == nil {
		s.book, s.rule = estimate.NewSent(now), estimate.NewRule()
	}
	rtpext.SetTransportSequence(b, at, s.book.Add(now, len(b), class, label))
}

func (o *outgoing) class() estimate.Class {
	switch {
	case o.resend:
		return estimate.ClassRepair
	case o.slot.audio:
		return estimate.ClassAudio
	}
	return estimate.ClassVideo
}

// appendPayload as the receiver is to get it: with the slot's picture ids, and
// for a repair with the number of what it repairs before it (RFC 4588).
func (o *outgoing) appendPayload(b []byte) []byte {
	p := o.packet
	body := p.payload()
	if o.plain { // the receiver has no RED
		body, _ = codec.REDPrimary(body)
	}
	if o.resend {
		b = binary.BigEndian.AppendUint16(b, o.numbers.Seq.Wire())
	}
	at := len(b)
	b = append(b, body...)
	if o.numbers.Picture != p.numbers().Picture {
		p.picture.Write(b[at:], o.numbers.Picture.ID, o.numbers.Picture.TL0)
	}
	return b
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
		if slot.release(now) {
			s.downlink.tell()
		}
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
