package sfu

import (
	"time"

	"callrelay/sfu/internal/estimate"
	"callrelay/sfu/internal/rtpext"
)

// probing is how a sender fills the path for a moment.
type probing struct {
	probe estimate.Probe
	begun time.Time
	sent  uint64 // bytes of the sender's when it began
}

// tryMore begins a probe if the page shows more than the estimate allows and
// the path looks free. What waits already says more than a probe could.
func (s *sender) tryMore(now time.Time) {
	if s.rule == nil || len(s.video) > 0 {
		return
	}
	if p, ok := s.rule.Probe(now, s.downlink.wanted, s.book.Count()); ok {
		s.probing = probing{probe: p, begun: now, sent: s.sent}
		s.downlink.connection.sfu.counters.count(countProbes)
		s.due()
	}
}

// probe adds as much padding to what was sent by itself as the probe asks for.
func (s *sender) probe(now time.Time) {
	p := &s.probing
	if p.probe.Rate == 0 {
		return
	}
	due, all := p.probe.Due(now.Sub(p.begun))
	for left := due - int(s.sent-p.sent); left > 0; { //nolint:gosec // small
		n := s.downlink.pad(now)
		if n == 0 {
			all = true
			break
		}
		left -= n
	}
	if all {
		p.probe = estimate.Probe{}
		s.rule.ProbeSent(s.book.Count())
		return
	}
	s.downlink.worker().wheel.at(&s.retry, now.Add(paceTick))
}

// maxPadding of one packet, by its one-byte length (RFC 3550, section 5.1).
const maxPadding = 255

// pad sends one packet of nothing but padding on the repair stream of a slot,
// where its numbers say nothing. It returns its bytes; 0 if the receiver has
// no such slot. Recent packets once more would fill the path as well, but a
// receiver would count each as a duplicate.
func (d *downlink) pad(now time.Time) int {
	for _, s := range d.slots {
		payload := s.anyRepair()
		if s.rtxSSRC == 0 || payload == 0 {
			continue
		}
		s.begin(now)
		s.rtxNumber++
		d.connection.sfu.counters.count(countPaddingOut)
		return d.sender.writeEmpty(rtpext.Header{
			SSRC: s.rtxSSRC, PayloadType: payload, Timestamp: s.stream.At(now), Seq: s.rtxNumber.Wire(),
		}, s, now)
	}
	return 0
}

// anyRepair is the payload type of the repair of some encoding; 0 if there is none.
func (s *slot) anyRepair() uint8 {
	for _, t := range s.rtxPayload {
		if t != 0 {
			return t
		}
	}
	return 0
}

// writeEmpty numbers and sends a packet of the slot's repair stream without
// payload, and returns its bytes.
func (s *sender) writeEmpty(h rtpext.Header, slot *slot, now time.Time) int {
	var none packet
	b, numberAt := s.header(h, slot, &outgoing{packet: &none})
	head := len(b)
	b[0] |= padded
	b = append(b, make([]byte, maxPadding)...)
	b[len(b)-1] = maxPadding // its length
	s.number(b, numberAt, now, estimate.ClassPadding, 0)
	size := len(b)
	if s.downlink.egress.media(b, head, slot, true, slot.rtxNumber) {
		s.count(size)
	}
	return size
}
