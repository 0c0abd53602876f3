package history

import (
	"time"

	"callrelay/sfu/internal/seq"
)

// Burst is the newest key frame and all that came after it: what a new
// subscription gets to show a picture at once.
type Burst struct {
	First, Last    seq.Number
	FirstTimestamp uint32
	LastTimestamp  uint32
	Packets, Bytes int // present of First to Last
	Missing        int // absent of First to Last
}

// Burst describes what can be sent at once at now; fetch the packets with Get
// from First to Last, leaving out the missing. ok is false if there is no key
// frame, its beginning is gone or too old, or a limit is passed: then ask for
// a new one.
func (r *Ring[M]) Burst(now time.Time, maxPackets, maxBytes int) (b Burst, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.hasKey || uint64(r.highest-r.key.Seq) >= uint64(max(maxPackets, 0)) {
		return b, false
	}
	if first := r.find(r.key.Seq); first == nil || r.expired(first, now) {
		return b, false
	}
	b = Burst{First: r.key.Seq, Last: r.highest, FirstTimestamp: r.key.Timestamp}
	for n := b.First; n <= b.Last; n++ {
		e := r.find(n)
		if e == nil {
			b.Missing++
			continue
		}
		b.Packets++
		b.Bytes += int(e.size)
		b.LastTimestamp = e.info.Timestamp
	}
	return b, b.Bytes <= maxBytes
}

// noteKey keeps the first packet of the newest key frame. Its packets may
// come out of order, and more than one may be marked.
func (r *Ring[M]) noteKey(info Info) {
	if !info.KeyStart {
		return
	}
	if !r.hasKey {
		r.key, r.hasKey = info, true
		return
	}
	sameFrame := info.Timestamp == r.key.Timestamp
	if sameFrame == (info.Seq < r.key.Seq) {
		r.key = info
	}
}
