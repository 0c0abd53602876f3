package sfutest

import (
	"slices"
	"time"

	"github.com/pion/webrtc/v4"

	"callrelay/sfu"
)

// run sends and asks for what is lost until Close.
func (p *Peer) run() {
	every := func(d time.Duration, f func()) {
		p.running.Go(func() {
			ticker := time.NewTicker(d)
			defer ticker.Stop()
			for {
				select {
				case <-ticker.C:
					f()
				case <-p.stop:
					return
				}
			}
		})
	}
	every(20*time.Millisecond, func() { p.send(p.microphone, 1, 960, 100) })
	every(frameEvery, func() {
		if p.encoder != nil {
			p.encode(time.Now())
			return
		}
		if n := p.pictureLimit(); n > 0 && len(p.layers) == 1 {
			p.send(p.camera, 1, 2970, int(min(n/8/30, 1100)))
			return
		}
		for i, t := range p.layers {
			p.send(t, max(1, 5>>(2*(len(p.layers)-1-i))), 2970, 1000)
		}
	})
	every(10*time.Millisecond, p.askAgain)
	every(50*time.Millisecond, p.feedback)
}

func (p *Peer) send(t *track, packets int, step uint32, size int) {
	if p.pc.ConnectionState() != webrtc.PeerConnectionStateConnected {
		return
	}
	p.mu.Lock()
	paused := p.paused[t] || p.inactive[t]
	p.mu.Unlock()
	if !paused {
		t.frame(packets, step, size)
	}
}

// pictureLimit is what is left for the picture of what the SFU asked to keep
// to: browsers take the sound from it. 0 is no limit.
func (p *Peer) pictureLimit() int64 {
	const sound, least = 40_000, 30_000
	if n := p.limited.Load(); n > 0 {
		return max(n-sound, least)
	}
	return 0
}

// encode sends the picture of this moment.
func (p *Peer) encode(now time.Time) {
	if p.pc.ConnectionState() != webrtc.PeerConnectionStateConnected {
		return
	}
	size, key := p.encoder.next(now, p.pictureLimit(), p.camera.asked())
	if size > 0 {
		p.camera.picturePackets(2970, size, key)
	} else {
		p.camera.skip(2970)
	}
}

// Pause stops the camera or microphone from sending.
func (p *Peer) Pause(source sfu.Source, paused bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if source == sfu.SourceCamera {
		p.paused[p.camera] = paused
	} else {
		p.paused[p.microphone] = paused
	}
}

// Starve stops one layer of the camera, the smallest is 0, as a browser does
// that lacks the bandwidth or the processor for it; or lets it come again, from
// a key frame on.
func (p *Peer) Starve(layer int, starved bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.layers[layer]
	if p.paused[t] && !starved {
		t.renew()
	}
	p.paused[t] = starved
}

// Make so many encodings from now on, from the smallest on, or up to the first
// that is wanted where that is more, as Chromium makes two of a picture below
// 960 x 540.
func (p *Peer) Make(encodings int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.makes = encodings
}

// obey sends only the layers that the SFU wants, each from a key frame on.
func (p *Peer) obey(e sfu.LayersWanted) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Deaf || e.Source != sfu.SourceCamera || e.Seat != p.Seat() {
		return
	}
	for _, l := range e.Layers {
		for _, t := range p.layers {
			if t.rid != l.RID {
				continue
			}
			if p.inactive[t] && l.Active {
				t.renew()
			}
			p.inactive[t] = !l.Active
		}
	}
	if p.makes == 0 {
		return
	}
	first := slices.IndexFunc(p.layers, func(t *track) bool { return !p.inactive[t] })
	for i, t := range p.layers {
		p.paused[t] = i >= max(p.makes, first+1)
	}
}

// Speak sets the level of the microphone in dB below overload, from the next
// packet on: 127 is silence. A peer begins without saying any.
func (p *Peer) Speak(level uint8) { p.microphone.setLevel(level) }
