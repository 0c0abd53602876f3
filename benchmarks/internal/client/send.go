package client

import (
	"context"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
)

// StartMedia opens microphone and camera. StopMedia or Close ends it.
func (p *Peer) StartMedia() {
	ctx, cancel := context.WithCancel(context.Background())
	p.stopMedia = cancel
	p.start(func() { p.sendMedia(ctx) })
}

// StopMedia ends sending; receiving goes on.
func (p *Peer) StopMedia() {
	if p.stopMedia != nil {
		p.stopMedia()
	}
}

// sendMedia writes each frame when it is due. When the machine cannot keep
// up, frames are left out rather than piled up, and Late tells.
func (p *Peer) sendMedia(ctx context.Context) {
	now := p.since()
	nextAudio := now + time.Duration(p.random.Int64N(int64(packetTime)))
	nextVideo := now + time.Duration(p.random.Int64N(int64(frameTime)))
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		next := min(nextAudio, nextVideo)
		switch {
		case p.cfg.AudioOnly:
			next = nextAudio
		case p.cfg.VideoOnly:
			next = nextVideo
		}
		timer.Reset(next - p.since())
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		now := p.since()
		if late := now - next; late > 0 {
			p.tally.add(func(t *Tally) { t.Late = max(t.Late, late) })
		}
		if !p.cfg.VideoOnly && now >= nextAudio {
			p.sendAudio(now)
			nextAudio = following(nextAudio, packetTime, now)
		}
		if !p.cfg.AudioOnly && now >= nextVideo {
			p.sendVideo(now)
			nextVideo = following(nextVideo, frameTime, now)
		}
	}
}

// following is the next time after now in steps.
func following(at, step, now time.Duration) time.Duration {
	at += step
	if at < now {
		at += (now - at) / step * step
	}
	return at
}

func (p *Peer) sendAudio(now time.Duration) {
	payload := make([]byte, opusBytes)
	fillOpus(payload)
	timestamp := uint32(now / packetTime * 960)
	_ = p.tracks[Audio].send(timestamp, false, payload, p.marker(Audio, payload))
}

func (p *Peer) sendVideo(now time.Duration) {
	for source := Video; source <= VideoSmall; source++ {
		if p.tracks[source] != nil && !p.inactive[source].Load() {
			p.sendFrame(source, now)
		}
	}
}

func (p *Peer) sendFrame(source Source, now time.Duration) {
	encoder := &p.encoder[source]
	encoder.keyWanted = encoder.keyWanted || p.keyWanted[source].Swap(false)
	sizes, key := encoder.frame(now)
	timestamp := uint32(now.Milliseconds() * 90)
	for i, size := range sizes {
		payload := make([]byte, size)
		encoder.fill(payload, i == 0, key)
		_ = p.tracks[source].send(timestamp, i == len(sizes)-1, payload, p.marker(source, payload))
	}
}

// marker marks a payload when its number is known.
func (p *Peer) marker(source Source, payload []byte) func(seq uint64) time.Duration {
	return func(seq uint64) time.Duration {
		now := p.since()
		Mark{Sender: p.cfg.Number, Source: source, Seq: seq, Sent: now}.Put(payload)
		return now
	}
}

// SetActive lets a layer be sent or not; one that comes back begins with a key
// frame. Without rid it is all there is.
func (p *Peer) SetActive(rid string, active bool) {
	for source := Video; source <= VideoSmall; source++ {
		if t := p.tracks[source]; t != nil && t.RID() == rid {
			if was := p.inactive[source].Swap(!active); was && active {
				p.keyWanted[source].Store(true)
			}
		}
	}
}

// readSenderRTCP does what the server asks of a sender. Pion gives each
// sender only what concerns its own SSRCs.
func (p *Peer) readSenderRTCP(source Source, read func() ([]rtcp.Packet, interceptor.Attributes, error)) {
	for {
		packets, _, err := read()
		if err != nil {
			return
		}
		for _, packet := range packets {
			switch packet := packet.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				p.keyWanted[source].Store(true)
				p.tally.add(func(t *Tally) { t.KeyFrameRequests++ })
			case *rtcp.TransportLayerNack:
				p.answerNACK(packet)
			}
		}
	}
}

func (p *Peer) answerNACK(nack *rtcp.TransportLayerNack) {
	for _, track := range p.tracks {
		if track == nil {
			continue
		}
		if media, _ := track.ssrcs(); media != nack.MediaSSRC {
			continue
		}
		for _, pair := range nack.Nacks {
			for _, seq := range pair.PacketList() {
				_ = track.resend(seq)
			}
		}
	}
}
