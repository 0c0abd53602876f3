package client

import (
	"slices"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

const (
	nackTick     = 20 * time.Millisecond
	feedbackTick = 100 * time.Millisecond
)

// receive reads one slot until the connection ends.
func (p *Peer) receive(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	p.start(func() { // reports are made from what is read here
		for {
			if _, _, err := r.ReadRTCP(); err != nil {
				return
			}
		}
	})
	again := t.Kind() == webrtc.RTPCodecTypeVideo
	for {
		packet, attributes, err := t.ReadRTP()
		if err != nil {
			return
		}
		now := p.since()
		if again {
			p.noteGap(packet.SSRC, packet.SequenceNumber, now)
		}
		mark, ok := ReadMark(packet.Payload)
		if !ok {
			p.tally.add(func(t *Tally) { t.Unmarked++ })
			continue
		}
		repaired := attributes.Get(webrtc.AttributeRtxSsrc) != nil
		p.tally.arrived(mark, packet.SSRC, packet.SequenceNumber, repaired, now)
	}
}

func (p *Peer) noteGap(ssrc uint32, seq uint16, now time.Duration) {
	p.feedbackMu.Lock()
	defer p.feedbackMu.Unlock()
	gaps := p.gaps[ssrc]
	if gaps == nil {
		gaps = &missing{}
		p.gaps[ssrc] = gaps
	}
	gaps.received(gaps.extend(seq), now)
}

// feedback tells the server what arrived and what is missing.
func (p *Peer) feedback() {
	tick := time.NewTicker(nackTick)
	defer tick.Stop()
	last := p.since()
	for n := 1; ; n++ {
		select {
		case <-p.stop:
			return
		case <-tick.C:
		}
		// After a stall of this program the repairs may be here already, unread.
		stalled := p.since()-last > 2*nackTick
		last = p.since()
		p.feedbackMu.Lock()
		var packets []rtcp.Packet
		if !stalled {
			packets = p.nacks()
		}
		if n%int(feedbackTick/nackTick) == 0 {
			packets = append(packets, p.recorder.BuildFeedbackPacket()...)
		}
		p.feedbackMu.Unlock()
		if len(packets) > 0 {
			_ = p.pc.WriteRTCP(packets)
		}
	}
}

// nacks that are due. The caller holds feedbackMu.
func (p *Peer) nacks() (packets []rtcp.Packet) {
	now := p.since()
	for ssrc, gaps := range p.gaps {
		seqs := gaps.due(now)
		if len(seqs) == 0 {
			continue
		}
		slices.Sort(seqs)
		packets = append(packets, &rtcp.TransportLayerNack{
			SenderSSRC: p.cfg.Number | 1<<31, MediaSSRC: ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(seqs),
		})
	}
	return packets
}
