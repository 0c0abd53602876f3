package rewrite

import "callrelay/sfu/internal/seq"

const (
	// maxRuns bounds the memory of a Map. A run ends with each stretch of
	// dropped packets, up to 30 a second when the larger layers of each frame
	// are left out: 128 runs are four seconds, longer than any receiver asks
	// for a packet.
	maxRuns = 128
	// firstRuns is where it begins: a stream of which nothing is left out needs
	// no more, and most are.
	firstRuns = 4
	// maxGap is how many numbers may be kept for missing packets after the
	// last one sent. It stays far below 2^15, where SRTP receivers would guess
	// the rollover counter wrongly, and just above the 1000 packets at which
	// Chromium gives up asking and wants a key frame.
	maxGap = 1024
)

// run maps n consecutive numbers of source, from src on, to those from dst on.
type run[S comparable] struct {
	source S
	src    seq.Number
	dst    seq.Number
	n      uint64
}

func (r *run[S]) covers(source S, src seq.Number) bool {
	return r.source == source && src >= r.src && uint64(src-r.src) < r.n
}

func (r *run[S]) end() seq.Number { return r.dst + seq.Number(r.n) }

// Map numbers the packets of changing sources as one stream, and finds the
// packet behind a number again. Make one with NewMap.
type Map[S comparable] struct {
	runs   []run[S] // a ring
	newest int
	count  int
	gap    uint64
	sent   seq.Number // highest number given to a packet
}

// NewMap returns a Map whose first packet gets the number first. Only its
// lower 15 bits are used, and 0 becomes 1: see package seq.
func NewMap[S comparable](first uint16) *Map[S] {
	return newMap[S](first, maxGap)
}

func newMap[S comparable](first uint16, gap uint64) *Map[S] {
	first = max(first&0x7fff, 1)
	return &Map[S]{runs: make([]run[S], firstRuns), gap: gap, sent: seq.Number(first) - 1}
}

// Bind makes source the current one, from its number src on, which will
// follow the last number of the stream.
func (m *Map[S]) Bind(source S, src seq.Number) {
	m.begin(source, src, m.next())
}

// Forward returns the stream's number for a packet of source. ok is false for
// a packet that has none: dropped, or from before its binding.
// Asking again for the same packet gives the same number.
func (m *Map[S]) Forward(source S, src seq.Number) (dst seq.Number, ok bool) {
	r := m.current(source)
	if r == nil || src < r.src {
		return m.Lookup(source, src)
	}
	offset := uint64(src - r.src)
	if offset >= r.n {
		if dst = r.dst + seq.Number(offset); uint64(dst-m.sent) > m.gap {
			return m.leap(source, src), true
		}
		r.n = offset + 1
	}
	dst = r.dst + seq.Number(offset)
	m.sent = max(m.sent, dst)
	return dst, true
}

// leap begins a new run after a gap too wide to keep numbers for. The gap
// stays visible, so the receiver knows that it lacks something.
func (m *Map[S]) leap(source S, src seq.Number) seq.Number {
	dst := max(m.next(), m.sent+seq.Number(m.gap))
	m.begin(source, src, dst).n = 1
	m.sent = dst
	return dst
}

// Drop takes a packet of source out of the stream without leaving a gap. It
// is false if the packet's number already stands, because a later one was
// forwarded: then the receiver will ask for it, so forward it or fill its
// place. Do not drop the rest of a frame that has begun; that gap must show.
func (m *Map[S]) Drop(source S, src seq.Number) bool {
	r := m.current(source)
	if r == nil || src < r.src || uint64(src-r.src) < r.n {
		_, stands := m.Lookup(source, src)
		return !stands
	}
	offset := uint64(src - r.src)
	if uint64(r.dst+seq.Number(offset)-m.sent) <= m.gap {
		r.n = offset // numbers are kept for what is missing before it
	}
	if r.n == 0 {
		r.src = src + 1
		return true
	}
	m.begin(source, src+1, r.end())
	return true
}

// Lookup returns the number that a packet has already, or that is kept for it.
func (m *Map[S]) Lookup(source S, src seq.Number) (dst seq.Number, ok bool) {
	for i := range m.count {
		if r := m.at(i); r.covers(source, src) {
			return r.dst + (src - r.src), true
		}
	}
	return 0, false
}

// Source returns the packet behind a number of the stream. ok is false for a
// number not in use or too long ago.
func (m *Map[S]) Source(dst seq.Number) (source S, src seq.Number, ok bool) {
	for i := range m.count {
		r := m.at(i)
		if dst >= r.dst && dst < r.end() {
			return r.source, r.src + (dst - r.dst), true
		}
	}
	return source, 0, false
}

// Rewind takes back all numbers above last, which must be the highest that has
// ever been written, or higher: what was numbered and then not sent leaves no
// gap.
func (m *Map[S]) Rewind(last seq.Number) {
	if last >= m.sent {
		return
	}
	for i := range m.count {
		if r := m.at(i); r.end() > last+1 {
			r.n = uint64(max(last+1, r.dst) - r.dst)
			r.dst = min(r.dst, last+1)
		}
	}
	m.sent = last
}

// Last returns the highest number given to a packet so far.
func (m *Map[S]) Last() seq.Number { return m.sent }

// at returns the i-th newest run.
func (m *Map[S]) at(i int) *run[S] {
	return &m.runs[(m.newest-i+len(m.runs))%len(m.runs)]
}

func (m *Map[S]) current(source S) *run[S] {
	if r := m.at(0); m.count > 0 && r.source == source {
		return r
	}
	return nil
}

// next is the first number that no run holds.
func (m *Map[S]) next() seq.Number {
	if m.count == 0 {
		return m.sent + 1
	}
	return m.at(0).end()
}

// grow to twice the runs.
func (m *Map[S]) grow() {
	more := make([]run[S], 2*m.count)
	for i := range m.count {
		more[m.count-1-i] = *m.at(i)
	}
	m.runs, m.newest = more, m.count-1
}

func (m *Map[S]) begin(source S, src, dst seq.Number) *run[S] {
	if m.count == 0 || m.at(0).n > 0 { // an empty run is replaced
		if m.count == len(m.runs) && m.count < maxRuns {
			m.grow()
		}
		m.newest = (m.newest + 1) % len(m.runs)
		m.count = min(m.count+1, maxRuns)
	}
	r := m.at(0)
	*r = run[S]{source: source, src: src, dst: dst}
	return r
}
