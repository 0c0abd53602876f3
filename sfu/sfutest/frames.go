package sfutest

import (
	"time"

	"github.com/pion/rtp"
)

// piece is a packet of a picture that waits for those before it.
type piece struct {
	begins, key, ends bool
}

// assembler tells when pictures could be shown: a picture is whole, and so is
// every one before it back to a key frame.
type assembler struct {
	pieces map[int64]piece
	next   int64 // number that is waited for
	shows  bool  // a key frame has begun
	frames []time.Time
	waits  time.Time // since the last picture, or request for one
}

func (a *assembler) take(n int64, packet *rtp.Packet, payload []byte, now time.Time) {
	if a.pieces == nil {
		a.pieces = map[int64]piece{}
	}
	skip := vp8Length(payload)
	if len(payload) <= skip {
		return
	}
	begins := payload[0]&0x10 != 0
	a.pieces[n] = piece{begins: begins, key: begins && payload[skip]&1 == 0, ends: packet.Marker}
	a.advance(now)
}

func (a *assembler) advance(now time.Time) {
	for {
		for a.shows {
			p, ok := a.pieces[a.next]
			if !ok {
				break
			}
			delete(a.pieces, a.next)
			a.next++
			if p.ends {
				a.frames, a.waits = append(a.frames, now), now
			}
		}
		if !a.jump() {
			return
		}
	}
}

// jump to the newest whole key frame behind a gap.
func (a *assembler) jump() bool {
	best, found := int64(0), false
	for n, p := range a.pieces {
		if p.key && (!a.shows || n > a.next) && (!found || n > best) && a.whole(n) {
			best, found = n, true
		}
	}
	if !found {
		return false
	}
	for n := range a.pieces {
		if n < best {
			delete(a.pieces, n)
		}
	}
	a.next, a.shows = best, true
	return true
}

func (a *assembler) whole(n int64) bool {
	for {
		p, ok := a.pieces[n]
		if !ok || p.ends {
			return ok
		}
		n++
	}
}
