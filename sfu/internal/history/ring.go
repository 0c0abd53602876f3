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
	// Bytes of storage at most, and at first (0: at once).
	Bytes, FirstBytes int
	// Keep is for how long packets must be there: the ring grows, up to its
	// limits, while it holds less. 0: it never grows. Ring.Keep changes it.
	Keep time.Duration
	// KeepKey is up to how many bytes it also grows so as not to lose the
	// newest key frame before its Age.
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

// entry is a packet's place in the storage.
type entry[M any] struct {
	info    Info
	arrived time.Duration // since the ring's first packet
	meta    M
	at      uint64 // position in the endless sequence of bytes written
	size    int32
	used    bool
}

// Ring keeps recent packets by extended sequence number in one block of
// bytes, the oldest overwritten first. The block follows the rate: see grow.go. M is what the caller wants to keep with
// each packet, such as its description, so that it is parsed once.
//
// Safe for concurrent use: one goroutine puts, any may get. A mutex is held
// for the copy of one packet and never across I/O. Nothing is allocated while
// the rate stays as it is.
type Ring[M any] struct {
	config Config
	age    time.Duration
	mask   seq.Number

	mu      sync.Mutex
	entries []entry[M]
	store   []byte
	written uint64     // end of the newest packet in the endless sequence
	highest seq.Number // valid if begun
	begun   bool
	key     Info // first packet of the newest key frame, valid if hasKey
	hasKey  bool
	lap     time.Time // when the store was last begun anew
	wasted  bool      // the last lap held much more than it must
	start   time.Time // of the first packet
}

const minStore = 4096

// powerOfTwo that is at least n, and 16.
func powerOfTwo(n int) int {
	p := 16
	for p < n {
		p *= 2
	}
	return p
}

// NewRing allocates a ring. Sizes below 16 packets and 4 KiB are raised.
func NewRing[M any](c Config) *Ring[M] {
	c.Packets, c.Bytes = powerOfTwo(c.Packets), max(c.Bytes, minStore)
	packets, bytes := c.Packets, c.Bytes
	if c.FirstPackets > 0 {
		packets = min(packets, powerOfTwo(c.FirstPackets))
	}
	if c.FirstBytes > 0 {
		bytes = min(bytes, max(c.FirstBytes, minStore))
	}
	return &Ring[M]{
		config:  c,
		age:     c.Age,
		mask:    seq.Number(packets - 1), //nolint:gosec // small and positive
		entries: make([]entry[M], packets),
		store:   make([]byte, bytes),
	}
}

// Put copies a packet that arrived at now, whether on the media stream or
// recovered from a repair stream.
func (r *Ring[M]) Put(now time.Time, info Info, packet []byte, meta M) Outcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(packet) > len(r.store)/2 {
		return TooLarge
	}
	if r.begun && info.Seq+r.mask < r.highest {
		return TooOld
	}
	e := &r.entries[info.Seq&r.mask]
	if e.used && e.info.Seq == info.Seq {
		return Duplicate
	}
	if r.crowded(e, now) {
		r.place(2 * len(r.entries))
	}
	if r.start.IsZero() {
		r.start = now
	}
	position := r.reserve(len(packet), now)
	e = &r.entries[info.Seq&r.mask] // both may have moved it
	*e = entry[M]{
		info: info, arrived: now.Sub(r.start), meta: meta, at: position,
		size: int32(len(packet)), used: true, //nolint:gosec // below the store's size
	}
	copy(r.bytes(e), packet)
	if !r.begun || info.Seq > r.highest {
		r.begun, r.highest = true, info.Seq
	}
	r.noteKey(info)
	return Stored
}

// Keep changes for how long packets must be there, of a ring that grows.
func (r *Ring[M]) Keep(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.config.Keep = d
}

// Get appends the packet's bytes to dst and returns them with its arrival and
// meta. ok is false if it was never here, is overwritten, or is too old.
func (r *Ring[M]) Get(now time.Time, n seq.Number, dst []byte) (packet []byte, p Packet[M], ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.find(n)
	if e == nil || r.expired(e, now) {
		return dst, p, false
	}
	return append(dst, r.bytes(e)...), Packet[M]{Info: e.info, Arrived: r.start.Add(e.arrived), Meta: e.meta}, true
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
	r.written += uint64(len(r.store)) + 1 // overtakes every packet
	r.hasKey = false
	clear(r.store)
}

// Highest returns the largest number put so far; ok is false before the first.
func (r *Ring[M]) Highest() (n seq.Number, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.highest, r.begun
}

func (r *Ring[M]) find(n seq.Number) *entry[M] {
	if e := &r.entries[n&r.mask]; e.used && e.info.Seq == n && r.held(e) {
		return e
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

// held reports whether a packet's bytes have not been overwritten.
func (r *Ring[M]) held(e *entry[M]) bool {
	return r.had(e, len(r.store))
}

// reserve makes room for size bytes that do not wrap around the store's end.
func (r *Ring[M]) reserve(size int, now time.Time) (at uint64) {
	capacity := uint64(len(r.store))
	if left := capacity - r.written%capacity; left < uint64(size) {
		r.written += left
	}
	if r.written%capacity == 0 {
		r.newLap(now)
	}
	at = r.written
	r.written += uint64(size)
	return at
}

func (r *Ring[M]) bytes(e *entry[M]) []byte {
	start := int(e.at % uint64(len(r.store))) //nolint:gosec // below len
	end := start + int(e.size)
	return r.store[start:end:end]
}
