package sfutest

import (
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// Active layers by what the SFU asked for, the smallest first.
func (p *Peer) Active() (active []bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.layers {
		active = append(active, !p.inactive[t])
	}
	return active
}

// Connected tells whether the peer's side is up.
func (p *Peer) Connected() bool {
	return p.pc.ConnectionState() == webrtc.PeerConnectionStateConnected
}

// ReportedLost is how many of its packets the SFU's transport-wide reports have called lost.
func (p *Peer) ReportedLost() int { return int(p.lost.Load()) }

// Arrived is the number of RTP packets that reached the peer, of any kind.
func (p *Peer) Arrived() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.arrived
}

// LayerKeyFrameRequests are when each layer of the camera was asked for a key
// frame, the smallest picture first.
func (p *Peer) LayerKeyFrameRequests() (asked [][]time.Time) {
	for _, l := range p.layers {
		l.mu.Lock()
		asked = append(asked, append([]time.Time(nil), l.plis...))
		l.mu.Unlock()
	}
	return asked
}

// KeyFrameRequests that reached the peer's camera.
func (p *Peer) KeyFrameRequests() []time.Time {
	p.camera.mu.Lock()
	defer p.camera.mu.Unlock()
	return append([]time.Time(nil), p.camera.plis...)
}

// Sent is how many packets the camera sent first, and how many it resent.
func (p *Peer) Sent() (first, resent int) {
	p.camera.mu.Lock()
	defer p.camera.mu.Unlock()
	return len(p.camera.firsts), p.camera.resends
}

// Tags of the peer's microphone and camera, as they stand in payloads.
func (p *Peer) Tags() (microphone, camera uint32) { return p.microphone.tag, p.camera.tag }

// Limited is what the SFU asked the peer to keep to, in bits per second; 0
// when it has not.
func (p *Peer) Limited() int64 { return p.limited.Load() }

// LayerTags of the peer's layers, the smallest first.
func (p *Peer) LayerTags() (tags []uint32) {
	for _, t := range p.layers {
		tags = append(tags, t.tag)
	}
	return tags
}

// SenderReports that arrived.
func (p *Peer) SenderReports() []rtcp.SenderReport {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]rtcp.SenderReport(nil), p.reports...)
}

// Slot returns a copy of what arrived in the slot with a mid.
func (p *Peer) Slot(mid string) Received {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.received[p.mids[mid]]
	if r == nil {
		return Received{}
	}
	out := *r
	out.Missing = int(r.highest) - r.lowest() + 1 - len(r.have)
	out.ByTag = map[uint32]int{}
	for k, v := range r.ByTag {
		out.ByTag[k] = v
	}
	return out
}

func (r *Received) lowest() int {
	low := int(r.highest)
	for n := range r.have {
		low = min(low, int(n))
	}
	return low
}

// First slot of a kind that has received anything.
func (p *Peer) FirstSlot(audio bool) Received {
	p.mu.Lock()
	var mid string
	for m, ssrc := range p.mids {
		if r := p.received[ssrc]; r.Audio == audio && r.Packets > 0 {
			mid = m
		}
	}
	p.mu.Unlock()
	return p.Slot(mid)
}
