package sfu

import (
	"time"

	"github.com/pion/rtcp"

	"callrelay/sfu/internal/history"
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
			d.resend(s, wire, now)
			return true
		})
	}
}

func (d *downlink) resend(s *slot, wire uint16, now time.Time) {
	c := &d.connection.sfu.counters
	c.count(countNACKedIn)
	origin, ok := s.stream.Origin(wire)
	if !ok {
		return
	}
	p := origin.Source.publication.get(origin.Source, origin.Seq, now)
	if p == nil {
		return
	}
	rtt := d.connection.roundTrip()
	if p.repaired && now.Sub(p.arrival) < rtt+history.Reorder {
		// It came late itself and is on its way: the request was made before
		// it could arrive.
		c.count(countResendRefused)
		p.release()
		return
	}
	out, ok := s.stream.Resend(origin, p.numbers())
	if !ok || s.rtxPayload[p.encoding] == 0 {
		p.release()
		return
	}
	if out.Seq <= s.abandoned || d.sender.full() || s.resends.Allow(now, out.Seq, p.size, rtt) != history.Resend {
		c.count(countResendRefused)
		p.release()
		return
	}
	c.count(countResent)
	o := outgoing{slot: s, packet: p, numbers: out, resend: true}
	if sub := s.shown(); origin.Source == sub.current {
		o.marker, o.active = sub.sieve.Marks(&p.sift), sub.sieve.Active(&p.sift)
	}
	d.sender.add(o)
}

// keyFrameWanted by the receiver of an SSRC.
func (d *downlink) keyFrameWanted(ssrc uint32) {
	if s, _ := d.slotOf(ssrc); s != nil && s.subscription != nil {
		s.subscription.ask()
	}
}
