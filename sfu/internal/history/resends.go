package history

import (
	"time"

	"callrelay/sfu/internal/seq"
)

const (
	// resendShare of the bytes sent may be sent again.
	resendShare = 5 // a fifth
	// resendStart and resendMax are the allowance in bytes at first and at
	// most: enough to mend a lost burst, too little to fill a queue.
	resendStart = 16 << 10
	resendMax   = 48 << 10
	// resendSlots is how many packets' tries are remembered (a power of two).
	resendSlots = 256
	// markedWords of 64 packets each tell which were sent with a marker.
	markedWords = 16
)

// Verdict on a request to send a packet again.
type Verdict uint8

// Verdicts; all but Resend mean: do not answer.
const (
	Resend    Verdict = iota
	TooOften          // the packet's tries are spent
	TooSoon           // the last try may still be under way
	OverShare         // repairs would take more than their share of the rate
)

// String returns the verdict as the reason that is counted.
func (v Verdict) String() string {
	switch v {
	case Resend:
		return "resend"
	case TooOften:
		return "too_often"
	case TooSoon:
		return "too_soon"
	case OverShare:
		return "over_share"
	}
	return "unknown"
}

// resent is what was done about one packet.
type resent struct {
	n     seq.Number
	last  time.Time
	tries int
	lost  int // of the tries
}

// Resends limits what one receiver can make the server send again: tries and
// spacing for each packet, and a share of the bytes for all. Use one for each
// outgoing stream. The zero value is ready; not safe for concurrent use.
type Resends struct {
	slots     []resent // resendSlots, with the first request
	allowance int      // bytes that may be sent again, times resendShare
	begun     bool
	marked    [markedWords]uint64 // by number
}

// Sent notes the packet n (not a repair) of so many bytes sent to the receiver,
// and whether it was given a marker.
func (r *Resends) Sent(n seq.Number, bytes int, marked bool) {
	r.begin()
	word, bit := markedPlace(n)
	r.marked[word] &^= bit
	if marked {
		r.marked[word] |= bit
	}
	r.allowance = min(r.allowance+bytes, resendMax*resendShare)
}

// Marked tells whether the packet n was given a marker when it was sent.
func (r *Resends) Marked(n seq.Number) bool {
	word, bit := markedPlace(n)
	return r.marked[word]&bit != 0
}

func markedPlace(n seq.Number) (word int, bit uint64) {
	return int(n / 64 % markedWords), 1 << (n % 64) //nolint:gosec // small
}

// Lost notes that the packet n did not arrive: a repair, or what was sent first.
// It reports whether nothing of it is under way any more.
func (r *Resends) Lost(n seq.Number, repair bool) bool {
	known := r.slots != nil && r.slots[n%resendSlots].n == n && r.slots[n%resendSlots].tries > 0
	if !repair || !known {
		return !repair && !known
	}
	s := &r.slots[n%resendSlots]
	if s.lost++; s.lost < s.tries {
		return false
	}
	s.last = time.Time{} // no need to wait for it
	return true
}

// Allow decides whether the packet n of the outgoing stream, of the given
// size, may be sent again at now, and notes that it will be. rtt 0: unknown.
func (r *Resends) Allow(now time.Time, n seq.Number, bytes int, rtt time.Duration) Verdict {
	r.begin()
	if r.slots == nil {
		r.slots = make([]resent, resendSlots)
	}
	s := &r.slots[n%resendSlots]
	if s.tries > 0 && s.n == n {
		if s.tries >= maxTries {
			return TooOften
		}
		if now.Sub(s.last) < spacing(rtt) {
			return TooSoon
		}
	}
	cost := bytes * resendShare
	if cost > r.allowance {
		return OverShare
	}
	r.allowance -= cost
	if s.n != n {
		*s = resent{n: n}
	}
	s.tries++
	s.last = now
	return Resend
}

func (r *Resends) begin() {
	if !r.begun {
		r.begun, r.allowance = true, resendStart*resendShare
	}
}
