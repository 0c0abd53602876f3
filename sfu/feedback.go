package sfu

import (
	"time"

	"github.com/pion/rtcp"

	"callrelay/sfu/internal/estimate"
	"callrelay/sfu/internal/history"
	"callrelay/sfu/internal/rewrite"
)

// Pace of transport-wide feedback to a publisher. Its estimate follows each
// report, so there are more while it looks for what its path carries, and when
// packets are lost or overtake each other. Browsers send theirs each 50 to 250 ms.
const (
	feedbackEvery     = 50 * time.Millisecond
	calmFeedbackEvery = 100 * time.Millisecond
	beginning         = 10 * time.Second
	afterGap          = 5 * time.Second
)

// feedbackPace follows the transport-wide numbers of a publisher. It reads no clock.
type feedbackPace struct {
	next    uint16
	begun   bool
	hurried time.Time // until then
}

// note the arrival of a number.
func (p *feedbackPace) note(number uint16, now time.Time) {
	switch {
	case !p.begun:
		p.begun, p.hurried = true, now.Add(beginning)
	case number != p.next && p.hurried.Sub(now) < afterGap:
		p.hurried = now.Add(afterGap)
	}
	p.next = number + 1
}

// every is the time between reports.
func (p *feedbackPace) every(now time.Time) time.Duration {
	if now.Before(p.hurried) {
		return feedbackEvery
	}
	return calmFeedbackEvery
}

// feedbackDue is run by the publisher's worker after packets have come in.
func (c *connection) feedbackDue(now time.Time) {
	if c.feedbackTimer.fire == nil {
		c.feedbackTimer.fire = c.sendFeedback
	}
	if !c.feedbackTimer.set && !c.downlink.ended {
		u := c.uplink
		u.mu.Lock()
		every := u.pace.every(now)
		u.mu.Unlock()
		c.participant.worker.wheel.at(&c.feedbackTimer, now.Add(every))
	}
}

// sendFeedback reports the arrival of transport-wide numbers to the publisher.
func (c *connection) sendFeedback(time.Time) {
	u := c.uplink
	u.mu.Lock()
	packets := u.recorder.BuildFeedbackPacket()
	u.recorded = false
	u.mu.Unlock()
	if len(packets) > 0 {
		c.writeRTCP(packets...)
		c.sfu.counters.add(countFeedbackOut, uint64(len(packets)))
	}
}

// nack answers a receiver's request for lost packets.
func (d *downlink) nack(p *rtcp.TransportLayerNack, now time.Time) {
	s, repair := d.slotOf(p.MediaSSRC)
	if s == nil || repair || s.shown() == nil || s.rtxSSRC == 0 {
		return
	}
	for _, pair := range p.Nacks {
		pair.Range(func(wire uint16) bool {
			d.connection.sfu.counters.count(countNACKedIn)
			d.answer(s, wire, now)
			return true
		})
	}
}

// answer a request for one packet.
func (d *downlink) answer(s *slot, wire uint16, now time.Time) {
	origin, p := s.origin(wire, now)
	switch {
	case p == nil:
	case p.repaired && now.Sub(p.arrival) < d.connection.roundTrip()+history.Reorder:
		// It came late itself and is on its way: the request was made before
		// it could arrive.
		d.connection.sfu.counters.count(countResendRefused)
		p.release()
	default:
		d.resend(s, origin, p, now)
	}
}

// mend sends again, by itself, what the receiver reports lost and may not ask
// for. Chromium forgets what it lacks of a picture's higher spatial layers as
// soon as the lowest of the next picture is there, and asks for it once: if
// the request or the answer is lost, its pictures stand until the next key frame.
func (d *downlink) mend(lost *estimate.Result, now time.Time) {
	if lost.Class != estimate.ClassVideo && lost.Class != estimate.ClassRepair {
		return
	}
	for _, s := range d.slots {
		if s.audio || s.index != int(lost.Label>>16) || s.shown() == nil || s.rtxSSRC == 0 {
			continue
		}
		origin, p := s.origin(uint16(lost.Label), now) //nolint:gosec // its half
		switch {
		case p == nil:
		case p.sift.Spatial == 0 || !s.resends.Lost(origin.Out, lost.Class == estimate.ClassRepair):
			p.release()
		default:
			if d.resend(s, origin, p, now) {
				d.connection.sfu.counters.count(countMended)
			}
		}
		return
	}
}

// origin of one of the slot's packets, and itself, retained; nil if it is gone.
func (s *slot) origin(wire uint16, now time.Time) (rewrite.Origin[*layer], *packet) {
	o, ok := s.stream.Origin(wire)
	if !ok {
		return o, nil
	}
	return o, o.Source.publication.get(o.Source, o.Seq, now)
}

// resend a packet as it was sent, within bounds, and release it; false if
// that may not be.
func (d *downlink) resend(s *slot, origin rewrite.Origin[*layer], p *packet, now time.Time) bool {
	c := &d.connection.sfu.counters
	out, ok := s.stream.Resend(origin, p.numbers())
	if !ok || s.rtxPayload[p.encoding] == 0 {
		p.release()
		return false
	}
	if out.Seq <= s.abandoned || d.sender.full() || s.resends.Allow(now, out.Seq, p.size, d.connection.roundTrip()) != history.Resend {
		c.count(countResendRefused)
		p.release()
		return false
	}
	c.count(countResent)
	o := outgoing{slot: s, packet: p, numbers: out, resend: true, marker: s.resends.Marked(out.Seq)}
	if sub := s.shown(); origin.Source == sub.current {
		o.active = sub.sieve.Active(&p.sift)
	}
	d.sender.add(o)
	return true
}

// keyFrameWanted by the receiver of an SSRC.
func (d *downlink) keyFrameWanted(ssrc uint32) {
	if s, _ := d.slotOf(ssrc); s != nil && s.subscription != nil {
		s.subscription.ask()
	}
}
