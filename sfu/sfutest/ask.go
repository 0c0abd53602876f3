package sfutest

import (
	"time"

	"github.com/pion/rtcp"
)

// askAgain requests what is missing, as a browser does.
func (p *Peer) askAgain() {
	now := time.Now()
	p.mu.Lock()
	var out []rtcp.Packet
	for ssrc, r := range p.received {
		if r.Audio {
			continue
		}
		var lost []uint16
		for n, w := range r.wanted {
			if now.Before(w.next) || w.tries >= 10 {
				continue
			}
			w.tries++
			w.next = now.Add(100 * time.Millisecond)
			lost = append(lost, uint16(n)) //nolint:gosec // wraps
			p.nacked++
		}
		if len(lost) > 0 {
			out = append(out, &rtcp.TransportLayerNack{MediaSSRC: ssrc, Nacks: pairs(lost)})
		}
	}
	out = append(out, p.askPictures(now)...)
	p.mu.Unlock()
	if len(out) > 0 {
		_ = p.pc.WriteRTCP(out)
	}
}

// askPictures requests key frames as Chromium does: each 200 ms until the
// first picture, and when none could be shown for three seconds. mu is held.
func (p *Peer) askPictures(now time.Time) (out []rtcp.Packet) {
	for ssrc, r := range p.received {
		patience := 3 * time.Second
		if len(r.Frames) == 0 {
			patience = 200 * time.Millisecond
		}
		if r.Audio || !r.started || p.encoder == nil || now.Sub(r.pictures.waits) < patience {
			continue
		}
		if !r.pictures.waits.IsZero() {
			out = append(out, &rtcp.PictureLossIndication{MediaSSRC: ssrc})
		}
		r.pictures.waits = now
	}
	return out
}

func pairs(numbers []uint16) (out []rtcp.NackPair) {
	for _, n := range numbers {
		out = append(out, rtcp.NackPair{PacketID: n})
	}
	return out
}

func (p *Peer) feedback() {
	p.mu.Lock()
	packets := p.recorder.BuildFeedbackPacket()
	if r := p.receiverReport(time.Now()); r != nil {
		packets = append(packets, r)
	}
	p.mu.Unlock()
	if len(packets) > 0 {
		_ = p.pc.WriteRTCP(packets)
	}
}

// receiverReport each second: only what tells the round trip. mu is held.
func (p *Peer) receiverReport(now time.Time) rtcp.Packet {
	if now.Sub(p.reported) < time.Second || len(p.reports) == 0 {
		return nil
	}
	p.reported = now
	last := p.reports[len(p.reports)-1]
	return &rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{{
		SSRC:             last.SSRC,
		LastSenderReport: uint32(last.NTPTime >> 16), //nolint:gosec // the middle
		Delay:            uint32(now.Sub(p.reportAt).Seconds() * 65536),
	}}}
}

// control handles what the SFU asks for.
func (p *Peer) control(packets []rtcp.Packet) {
	for _, packet := range packets {
		switch packet := packet.(type) {
		case *rtcp.TransportLayerNack:
			for _, t := range p.layers {
				for _, pair := range packet.Nacks {
					for _, n := range pair.PacketList() {
						if packet.MediaSSRC == t.ssrc {
							t.nack(n)
						}
					}
				}
			}
		case *rtcp.PictureLossIndication:
			for _, t := range p.layers {
				if packet.MediaSSRC == t.ssrc {
					t.pli()
				}
			}
		case *rtcp.TransportLayerCC:
			p.lost.Add(int64(packet.PacketStatusCount) - int64(len(packet.RecvDeltas)))
		case *rtcp.ReceiverEstimatedMaximumBitrate:
			p.limited.Store(int64(packet.Bitrate))
		case *rtcp.SenderReport:
			p.mu.Lock()
			p.reports, p.reportAt = append(p.reports, *packet), time.Now()
			p.mu.Unlock()
		}
	}
}

// RequestKeyFrame of what a slot carries.
func (p *Peer) RequestKeyFrame(ssrc uint32) {
	_ = p.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}})
}
