package sfu

import (
	"time"

	"github.com/pion/rtcp"

	"callrelay/sfu/internal/history"
)

// feedbackDue is run by the publisher's worker after packets have come in.
func (c *connection) feedbackDue(now time.Time) {
	if c.feedbackTimer.fire == nil {
		c.feedbackTimer.fire = c.sendFeedback
	}
	if !c.feedbackTimer.set && !c.downlink.ended {
		c.participant.worker.wheel.at(&c.feedbackTimer, now.Add(feedbackEvery))
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
