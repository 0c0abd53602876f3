package client

import (
	"slices"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

const (
	clockTick   = 10 * time.Millisecond
	clockSlices = int(feedbackTick / clockTick)
)

// enrol gives a peer its place in the crowd's clock.
func (c *Crowd) enrol(p *Peer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.peers[p] = len(c.peers) % clockSlices
}

func (c *Crowd) dismiss(p *Peer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.peers, p)
}

// clock lets a tenth of the peers say what arrived, ten times as often.
func (c *Crowd) clock() {
	tick := time.NewTicker(clockTick)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-c.stop:
			return
		case <-tick.C:
		}
		var due []*Peer
		c.mu.Lock()
		for p, slice := range c.peers {
			if slice == n%clockSlices {
				due = append(due, p)
			}
		}
		c.mu.Unlock()
		for _, p := range due {
			p.lightFeedback(n/clockSlices%10 == 0)
		}
	}
}

// lightFeedback is a light peer's transport-wide feedback, and a report once
// a second. It asks for nothing again: what is missing shows.
func (p *Peer) lightFeedback(withReport bool) {
	p.feedbackMu.Lock()
	packets := p.recorder.BuildFeedbackPacket()
	p.feedbackMu.Unlock()
	if withReport {
		packets = append([]rtcp.Packet{p.lightReport()}, packets...)
	}
	if p.asking.Load() {
		packets = append(packets, p.pictureRequests()...)
	}
	if len(packets) > 0 {
		_ = p.pc.WriteRTCP(packets)
	}
}

// AskForPictures makes a light peer ask for a key frame of everything ten
// times a second from now on, whether it has one or not.
func (p *Peer) AskForPictures() { p.asking.Store(true) }

func (p *Peer) pictureRequests() (packets []rtcp.Packet) {
	p.tally.mu.Lock()
	defer p.tally.mu.Unlock()
	for ssrc, s := range p.tally.t.Wire {
		if !s.Repair {
			packets = append(packets, &rtcp.PictureLossIndication{SenderSSRC: p.cfg.Number | 1<<31, MediaSSRC: ssrc})
		}
	}
	return packets
}

// lightReport is a receiver report over all streams that bring media.
func (p *Peer) lightReport() *rtcp.ReceiverReport {
	report := &rtcp.ReceiverReport{SSRC: p.cfg.Number | 1<<31}
	now := p.since()
	p.tally.mu.Lock()
	defer p.tally.mu.Unlock()
	for ssrc, s := range p.tally.t.Wire {
		if s.Repair || len(report.Reports) == 31 {
			continue
		}
		r := rtcp.ReceptionReport{SSRC: ssrc, LastSequenceNumber: uint32(s.First) + uint32(len(s.Arrivals)-1)}
		if sr, ok := p.tally.senderReports[ssrc]; ok {
			r.LastSenderReport, r.Delay = sr.middle, uint32((now-sr.at)*65536/time.Second)
		}
		report.Reports = append(report.Reports, r)
	}
	return report
}

// senderReport is what a report must name.
type senderReport struct {
	middle uint32 // of the NTP time
	at     time.Duration
}

// onLight counts a packet of media. It says whether the connection is to open it.
func (p *Peer) onLight(packet wirePacket, at time.Duration) bool {
	open := p.tally.light(packet, at, p.cfg.OpenSound)
	if packet.hasNumber {
		p.feedbackMu.Lock()
		p.recorder.Record(packet.ssrc, packet.transport, at.Microseconds())
		p.feedbackMu.Unlock()
	}
	return open
}

// receiveLight reads the packets of a slot that are opened.
func (p *Peer) receiveLight(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	p.start(func() { p.readReports(r) })
	for {
		packet, _, err := t.ReadRTP()
		if err != nil {
			return
		}
		mark, ok := ReadMark(packet.Payload)
		if !ok {
			p.tally.add(func(t *Tally) { t.Unmarked++ })
			continue
		}
		p.tally.add(func(t *Tally) {
			if s := t.Wire[packet.SSRC]; s != nil {
				s.anchor(packet.SequenceNumber, mark)
			}
		})
	}
}

func (p *Peer) readReports(r *webrtc.RTPReceiver) {
	for {
		packets, _, err := r.ReadRTCP()
		if err != nil {
			return
		}
		now := p.since()
		for _, packet := range packets {
			if sr, ok := packet.(*rtcp.SenderReport); ok {
				p.tally.mu.Lock()
				p.tally.senderReports[sr.SSRC] = senderReport{uint32(sr.NTPTime >> 16), now}
				p.tally.mu.Unlock()
			}
		}
	}
}

// light notes a packet at the socket of a light peer. It says whether to open it.
func (t *tally) light(p wirePacket, at time.Duration, openSound bool) (open bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.t.WirePackets++
	t.t.WireBytes += uint64(p.bytes)
	s := t.t.Wire[p.ssrc]
	if s == nil {
		s = &WireStream{Repair: t.rtxTypes[p.payloadType]}
		t.t.Wire[p.ssrc] = s
	}
	if s.Repair {
		t.t.RepairPackets++
	} else if t.t.FirstWire == 0 {
		t.t.FirstWire = at
	}
	if !s.Repair && p.payloadType != typeOpus && t.t.FirstPicture == 0 {
		t.t.FirstPicture = at
	}
	open = s.note(p.seq, at)
	return (open || openSound && p.payloadType == typeOpus) && !s.Repair
}

// SentTimes are when a source's packets were written, in microseconds since
// the run began, from number first on.
func (p *Peer) SentTimes(source Source) (first uint64, micros []uint32) {
	t := p.tracks[source]
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.first + 1, slices.Clone(t.times)
}
