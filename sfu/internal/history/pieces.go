package history

import (
	"sync"
	"time"

	"callrelay/sfu/internal/seq"
)

// A ring follows the rate of what it keeps by itself: packets lie in pieces, in
// the order of their arrival, and a piece goes when the youngest packet in it
// has been there for Keep. So a ring holds what it must and a piece more, a
// young key frame makes it longer for as long as it is young, and nothing is
// ever copied. Rings share the pieces that are empty.

const (
	// pieceBytes of packets: some of the longest that browsers send fill it.
	pieceBytes = 8 << 10
	// pieceEntries is how many packets have room at first: so many of the
	// longest. mostEntries bounds a piece of short ones.
	pieceEntries, mostEntries = 8, 64
)

// piece holds packets that came one after the other.
type piece[M any] struct {
	store   []byte // capacity pieceBytes, filled up to its length
	entries []entry[M]
	highest seq.Number
}

// Pieces are those that are empty, of all rings of a kind: few, as about as
// many come as go. The zero value is ready.
type Pieces[M any] struct {
	mu  sync.Mutex
	all []*piece[M]
}

// mostEmpty pieces wait to be used again.
const mostEmpty = 32

func (e *Pieces[M]) get() *piece[M] {
	e.mu.Lock()
	defer e.mu.Unlock()
	if n := len(e.all); n > 0 {
		p := e.all[n-1]
		e.all = e.all[:n-1]
		return p
	}
	return &piece[M]{store: make([]byte, 0, pieceBytes), entries: make([]entry[M], 0, pieceEntries)}
}

func (e *Pieces[M]) put(p *piece[M]) {
	clear(p.entries) // what they point to
	p.store, p.entries, p.highest = p.store[:0], p.entries[:0], 0
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.all) < mostEmpty {
		e.all = append(e.all, p)
	}
}

// fits tells whether a packet of so many bytes has room.
func (p *piece[M]) fits(size int) bool {
	return len(p.store)+size <= cap(p.store) && len(p.entries) < mostEntries
}

func (p *piece[M]) add(e entry[M], packet []byte) {
	e.at, e.size = uint16(len(p.store)), uint16(len(packet)) //nolint:gosec // pieceBytes at most
	p.store = append(p.store, packet...)
	p.entries = append(p.entries, e)
	p.highest = max(p.highest, e.info.Seq)
}

// room is the piece that the next packet goes into.
func (r *Ring[M]) room(size int, now time.Time) *piece[M] {
	if n := len(r.pieces); n > 0 && r.pieces[n-1].fits(size) {
		return r.pieces[n-1]
	}
	r.shed(now)
	p := r.empty.get()
	r.pieces = append(r.pieces, p)
	return p
}

// shed the pieces that need not be there, the oldest first.
func (r *Ring[M]) shed(now time.Time) {
	n := 0
	for n < len(r.pieces) && !r.needed(n, now) {
		n++
	}
	if n == 0 {
		return
	}
	for _, p := range r.pieces[:n] {
		r.empty.put(p)
	}
	left := copy(r.pieces, r.pieces[n:])
	clear(r.pieces[left:])
	r.pieces = r.pieces[:left]
	r.first += uint32(n) //nolint:gosec // few
	r.gather()
}

// needed tells whether the piece i is still to be there when another comes and
// those before it are gone.
func (r *Ring[M]) needed(i int, now time.Time) bool {
	p, bytes := r.pieces[i], (len(r.pieces)-i)*pieceBytes
	switch {
	case bytes >= r.config.Bytes:
		return false
	case r.config.Keep == 0:
		return true
	}
	return r.since(&p.entries[len(p.entries)-1], now) < r.config.Keep ||
		bytes < r.config.KeepKey && p.highest >= r.key.Seq && r.keyYoung(now)
}

// keyYoung tells whether the newest key frame is there and can be handed out.
func (r *Ring[M]) keyYoung(now time.Time) bool {
	if !r.hasKey {
		return false
	}
	e := r.find(r.key.Seq)
	return e != nil && !r.expired(e, now)
}

// place says where a packet is, or was.
type place struct {
	seq   seq.Number
	piece uint32 // counted from the ring's first one
	index uint8  // in it
	used  bool
}

// crowded tells whether a place is taken by a packet that is there, and there
// can be more places.
func (r *Ring[M]) crowded(at *place) bool {
	return len(r.places) < r.config.Packets && r.held(at) != nil
}

// gather the packets in as few places as are twice enough.
func (r *Ring[M]) gather() {
	held := 0
	for _, p := range r.pieces {
		held += len(p.entries)
	}
	if count := powerOfTwo(max(2*held, r.config.FirstPackets)); count < len(r.places)/2 {
		r.spread(count)
	}
}

// spread the packets over so many places, those too old for them left out.
func (r *Ring[M]) spread(count int) {
	old := r.places
	r.places = make([]place, count)
	r.mask = seq.Number(count - 1) //nolint:gosec // small and positive
	for _, p := range old {
		if p.used && p.seq+r.mask >= r.highest {
			r.places[p.seq&r.mask] = p
		}
	}
}
