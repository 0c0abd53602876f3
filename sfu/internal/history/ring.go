package history

import (
	"sync"
	"time"

	"callrelay/sfu/internal/seq"
)

// Config sizes a Ring.
type Config struct {
	// Packets that are remembered at most, rounded up to a power of two, and at
	// first (0: at once). It is also how late a packet may be and still be told
	// from a duplicate.
	Packets, FirstPackets int
	// Bytes of storage at most, two pieces at least.
	Bytes int
	// Keep is for how long packets must be there, up to the limits; 0: for as
	// long as these allow. Ring.Keep changes it.
	Keep time.Duration
	// KeepKey is up to how many bytes the newest key frame and what follows it
	// are also there before its Age.
	KeepKey int
	// Age after which a packet is not handed out any more; 0: no limit.
	Age time.Duration
}

// Info is what the ring must know of a packet besides its bytes.
type Info struct {
	Seq       seq.Number
	Timestamp uint32 // RTP timestamp: one for all packets of a frame
	// KeyStart marks the first packet of a key frame. Several packets of one
	// frame may have it (H264 parameter sets and IDR): the earliest counts.
	KeyStart bool
}

// Outcome of Put.
type Outcome uint8

// Outcomes. Only a Stored packet may be forwarded: the others have been, or
// cannot be told from one that has been.
const (
	Stored Outcome = iota
	Duplicate
	TooOld
	TooLarge
)

// entry is a packet in a piece.
type entry[M any] struct {
	info     Info
	arrived  time.Duration // since the ring's first packet
	meta     M
	at, size uint16 // its bytes in the piece's store
}

// Ring keeps recent packets by extended sequence number, the oldest forgotten
// first: see pieces.go. M is what the caller wants to keep with each packet,
// such as its description, so that it is parsed once.
//
// Safe for concurrent use: one goroutine puts, any may get. A mutex is held
// for the copy of one packet and never across I/O. Nothing is allocated while
// the rate stays as it is.
type Ring[M any] struct {
	config Config
	age    time.Duration
	mask   seq.Number

	mu      sync.Mutex
	places  []place
	pieces  []*piece[M] // the oldest first
	first   uint32      // the number of pieces[0]
	empty   *Pieces[M]
	highest seq.Number // valid if begun
	begun   bool
	key     Info // first packet of the newest key frame, valid if hasKey
	hasKey  bool
	start   time.Time // of the first packet
}

// powerOfTwo that is at least n, and 16.
func powerOfTwo(n int) int {
	p := 16
	for p < n {
		p *= 2
	}
	return p
}

// NewRing makes a ring that takes its pieces from those that are empty, and
// returns them. Sizes below 16 packets and two pieces are raised.
func NewRing[M any](c Config, empty *Pieces[M]) *Ring[M] {
	c.Packets, c.Bytes = powerOfTwo(c.Packets), max(c.Bytes, 2*pieceBytes)
	places := c.Packets
	if c.FirstPackets > 0 {
		places = min(places, powerOfTwo(c.FirstPackets))
	}
	return &Ring[M]{
		config: c,
		empty:  empty,
		age:    c.Age,
		mask:   seq.Number(places - 1), //nolint:gosec // small and positive
		places: make([]place, places),
	}
}

// Put copies a packet that arrived at now, whether on the media stream or
// recovered from a repair stream.
func (r *Ring[M]) Put(now time.Time, info Info, packet []byte, meta M) Outcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(packet) > pieceBytes {
		return TooLarge
	}
	if r.begun && info.Seq+r.mask < r.highest {
		return TooOld
	}
	at := &r.places[info.Seq&r.mask]
	if at.used && at.seq == info.Seq {
		return Duplicate
	}
	if r.start.IsZero() {
		r.start = now
	}
	p := r.room(len(packet), now)
	for r.crowded(at) {
		r.spread(2 * len(r.places))
		at = &r.places[info.Seq&r.mask]
	}
	r.places[info.Seq&r.mask] = place{
		seq: info.Seq, piece: r.first + uint32(len(r.pieces)-1), index: uint8(len(p.entries)), used: true, //nolint:gosec // few
	}
	p.add(entry[M]{info: info, arrived: now.Sub(r.start), meta: meta}, packet)
	if !r.begun || info.Seq > r.highest {
		r.begun, r.highest = true, info.Seq
	}
	r.noteKey(info)
	return Stored
}

// Keep changes for how long packets must be there; see Config.
func (r *Ring[M]) Keep(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.config.Keep = d
}

// Get appends the packet's bytes to dst and returns them with its arrival and
// meta. ok is false if it was never here, is gone, or is too old.
func (r *Ring[M]) Get(now time.Time, n seq.Number, dst []byte) (packet []byte, p Packet[M], ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := &r.places[n&r.mask]
	e := r.find(n)
	if e == nil || r.expired(e, now) {
		return dst, p, false
	}
	store := r.pieces[at.piece-r.first].store
	return append(dst, store[e.at:e.at+e.size]...), Packet[M]{Info: e.info, Arrived: r.start.Add(e.arrived), Meta: e.meta}, true
}

// Packet describes what Get returned.
type Packet[M any] struct {
	Info
	Arrived time.Time
	Meta    M
}

// Clear forgets all packets, for a source that was muted or left: nothing of
// it may be sent again. Duplicates are still recognised.
func (r *Ring[M]) Clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.pieces {
		r.empty.put(p)
	}
	r.first += uint32(len(r.pieces)) //nolint:gosec // few
	r.pieces, r.hasKey = nil, false
}

// Highest returns the largest number put so far; ok is false before the first.
func (r *Ring[M]) Highest() (n seq.Number, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.highest, r.begun
}

func (r *Ring[M]) find(n seq.Number) *entry[M] {
	if at := &r.places[n&r.mask]; at.used && at.seq == n {
		return r.held(at)
	}
	return nil
}

// held is the packet of a place; nil if it is gone.
func (r *Ring[M]) held(at *place) *entry[M] {
	if i := at.piece - r.first; at.used && i < uint32(len(r.pieces)) { //nolint:gosec // few
		return &r.pieces[i].entries[at.index]
	}
	return nil
}

func (r *Ring[M]) expired(e *entry[M], now time.Time) bool {
	return r.age > 0 && r.since(e, now) > r.age
}

// since a packet's arrival.
func (r *Ring[M]) since(e *entry[M], now time.Time) time.Duration {
	return now.Sub(r.start) - e.arrived
}
