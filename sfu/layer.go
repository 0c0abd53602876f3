package sfu

import (
	"time"

	"github.com/pion/rtcp"

	"callrelay/sfu/internal/seq"
)

// layerGone: a layer without packets for so long is not chosen.
const layerGone = 700 * time.Millisecond

// layer is one encoding of a publication on one connection: one SSRC. All its
// fields are guarded by the publication's mu.
type layer struct {
	publication *publication
	connection  *connection
	rid         string
	rank        int // 0 is the smallest picture
	ssrc        uint32
	ended       bool

	numbers seq.Unwrapper
	recent  recent
	// keyStart is the first packet of the newest key frame, when haveKey.
	keyStart     seq.Number
	keyTimestamp uint32
	haveKey      bool

	asker    keyFrameAsker
	askTimer timer
	freshAt  timer

	reception reception
	clock     publisherClock
	last      time.Time // arrival of the last packet
}

func newLayer(p *publication, c *connection, rid string, rank int, ssrc uint32) *layer {
	l := &layer{publication: p, connection: c, rid: rid, rank: rank, ssrc: ssrc}
	l.askTimer.fire = l.ask
	l.freshAt.fire = l.freshen
	if p.waiting && !p.audio {
		p.worker.post(l.freshen)
	}
	return l
}

// arrive notes a packet's number; false when it must be dropped.
func (l *layer) arrive(wire uint16, size int, timestamp uint32, repaired bool, now time.Time) (seq.Number, bool) {
	number, ok := l.numbers.Unwrap(wire)
	if !ok {
		l.publication.sfu.counters.drop(dropTooLate)
		return 0, false
	}
	if l.recent.has(number) {
		l.publication.sfu.counters.drop(dropDuplicate)
		return 0, false
	}
	l.last = now
	l.reception.receive(number, timestamp, l.clockRate(), now)
	return number, true
}

func (l *layer) clockRate() uint32 {
	if l.publication.audio {
		return 48000
	}
	return 90000
}

// empty notes a packet that carries nothing.
func (l *layer) empty(number seq.Number) {}

// describe finds out whether the packet begins a key frame.
func (l *layer) describe(p *packet) {
	if l.publication.audio {
		return
	}
	describe(p)
	if p.keyFrame && p.frameStart && (!l.haveKey || p.timestamp != l.keyTimestamp) && (!l.haveKey || p.number > l.keyStart) {
		l.haveKey, l.keyStart, l.keyTimestamp = true, p.number, p.timestamp
		l.asker.arrived()
		l.publication.sfu.counters.count(countKeyFrames)
	}
}

// keep puts the packet into the history.
func (l *layer) keep(p *packet) { l.recent.put(p) }

func (l *layer) get(n seq.Number) *packet {
	if p := l.recent.get(n); p != nil {
		return p.retain()
	}
	return nil
}

// picture returns all packets from the newest key frame on, retained, or nil
// if one is missing.
func (l *layer) picture() []*packet {
	highest, any := l.numbers.Highest()
	if !any || !l.haveKey || highest-l.keyStart >= recentSize {
		return nil
	}
	var out []*packet
	for n := l.keyStart; n <= highest; n++ {
		p := l.recent.get(n)
		if p == nil {
			for _, p := range out {
				p.release()
			}
			return nil
		}
		out = append(out, p.retain())
	}
	return out
}

// ask sends a key frame request if it is time, on the publisher's worker.
func (l *layer) ask(now time.Time) {
	p := l.publication
	p.mu.Lock()
	send, next := l.asker.step(now, l.connection.roundTrip())
	send = send && !l.ended
	again := !next.IsZero() && !l.ended
	p.mu.Unlock()
	if again {
		p.worker.wheel.at(&l.askTimer, next)
	}
	if send {
		l.connection.writeRTCP(&rtcp.PictureLossIndication{MediaSSRC: l.ssrc})
		p.sfu.counters.count(countPLIsOut)
	}
}

// freshen asks for a key frame while the participant waits outside a room,
// and sets itself again. It runs on the publisher's worker.
func (l *layer) freshen(now time.Time) {
	p := l.publication
	p.mu.Lock()
	waiting := p.waiting && !l.ended
	wanted := waiting && l.asker.want()
	p.mu.Unlock()
	if wanted {
		l.ask(now)
	}
	if waiting {
		p.worker.wheel.at(&l.freshAt, now.Add(waitingKeyFrames))
	}
}

// end gives the layer up; mu is held.
func (l *layer) end() {
	l.ended = true
	l.recent.clear()
	l.publication.worker.post(func(time.Time) {
		l.publication.worker.wheel.stop(&l.askTimer)
		l.publication.worker.wheel.stop(&l.freshAt)
	})
}
