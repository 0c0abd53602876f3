package history

import (
	"time"

	"callrelay/sfu/internal/seq"
)

// A ring follows the rate of what it keeps. Its store is filled in laps; how
// long a lap took is how much time it holds. After each it is given the size
// that holds Keep and some more, if it held less, or much more. That happens
// where the store begins anew, so what is kept can be copied as one piece. The
// places for packets follow likewise.

const (
	// A store is made for spare times Keep, and is too large when two laps one
	// after the other took wasteful times Keep: a rate that varies changes nothing.
	spare    = 1.25
	wasteful = 1.5
	// sizeStep of a store in bytes.
	sizeStep = 8 << 10
)

// newLap is called when the store is about to be begun anew; written is a
// multiple of its size.
func (r *Ring[M]) newLap(now time.Time) {
	took := now.Sub(r.lap)
	first := r.lap.IsZero()
	r.lap = now
	if first || r.config.Keep == 0 {
		return
	}
	size := len(r.store)
	switch {
	case size < r.config.Bytes && r.losesKey(now):
		r.resize(min(2*size, r.config.KeepKey, r.config.Bytes))
		r.lap = now.Add(-took) // what is kept is part of the longer lap
	case size < r.config.Bytes && took < r.config.Keep:
		r.resize(r.sizeAt(size, took))
		r.lap = now.Add(-took)
	case r.keyYoung(now):
	case float64(took) <= wasteful*float64(r.config.Keep):
		r.wasted = false
	case !r.wasted:
		r.wasted = true
	default:
		r.wasted = false
		r.resize(r.sizeAt(size, took))
	}
	if !r.keyYoung(now) {
		r.gather(now)
	}
}

// sizeAt the rate of a lap of size bytes that took so long, at most twice it.
func (r *Ring[M]) sizeAt(size int, took time.Duration) int {
	want := 2 * size // of one that took no time
	if took > 0 {
		want = int(min(spare*float64(size)*float64(r.config.Keep)/float64(took), float64(want)))
	}
	want = max((want+sizeStep-1)/sizeStep*sizeStep, r.config.FirstBytes, minStore)
	return min(want, r.config.Bytes)
}

// gather the packets in as few places as hold enough.
func (r *Ring[M]) gather(now time.Time) {
	count := len(r.entries)
	for half := count / 2; half >= max(r.config.FirstPackets, 16) && !r.needs(half, now); half /= 2 {
		count = half
	}
	if count < len(r.entries) {
		r.place(count)
	}
}

// needs tells whether fewer places than twice so many would hold too little.
func (r *Ring[M]) needs(half int, now time.Time) bool {
	for i := range r.entries {
		e := &r.entries[i]
		if e.used && e.info.Seq+seq.Number(half/2) < r.highest && r.since(e, now) < r.config.Keep/2 { //nolint:gosec // small
			return true
		}
	}
	return false
}

// losesKey tells whether the newest key frame is young, and not too large to
// be kept for its sake alone.
func (r *Ring[M]) losesKey(now time.Time) bool {
	return len(r.store) < r.config.KeepKey && r.keyYoung(now)
}

// keyYoung tells whether the newest key frame is there and can be handed out.
func (r *Ring[M]) keyYoung(now time.Time) bool {
	if !r.hasKey || r.config.KeepKey == 0 {
		return false
	}
	e := r.find(r.key.Seq)
	return e != nil && !r.expired(e, now)
}

// resize the store and keep the newest bytes that find room. written is a
// multiple of its size.
func (r *Ring[M]) resize(size int) {
	old := r.store
	r.store = make([]byte, size)
	kept := min(size, len(old))
	copy(r.store, old[len(old)-kept:])
	from := r.written - min(r.written, uint64(kept)) // the oldest that is kept
	for i := range r.entries {
		e := &r.entries[i]
		switch {
		case !e.used:
		case e.at < from || !r.had(e, len(old)):
			e.size = gone
		default:
			e.at -= from
		}
	}
	r.written -= from
}

// gone is the size of a packet whose bytes were lost to a new size of the store.
const gone = -1

// had reports whether a packet was held in a store of so many bytes.
func (r *Ring[M]) had(e *entry[M], size int) bool {
	return e.size >= 0 && e.at+uint64(size) >= r.written //nolint:gosec // positive
}

// crowded tells whether the place of a packet is taken by a young one, or one
// that a young key frame needs, and there can be more places.
func (r *Ring[M]) crowded(e *entry[M], now time.Time) bool {
	if !e.used || len(r.entries) >= r.config.Packets {
		return false
	}
	return r.since(e, now) < r.config.Keep ||
		e.info.Seq >= r.key.Seq && len(r.store) <= r.config.KeepKey && r.keyYoung(now)
}

// place the packets in so many places, those too old for them left out.
func (r *Ring[M]) place(count int) {
	old := r.entries
	r.entries = make([]entry[M], count)
	r.mask = seq.Number(len(r.entries) - 1) //nolint:gosec // small and positive
	for i := range old {
		if e := &old[i]; e.used && e.info.Seq+r.mask >= r.highest {
			r.entries[e.info.Seq&r.mask] = *e
		}
	}
}
