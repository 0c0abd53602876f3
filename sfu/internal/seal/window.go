package seal

import "callrelay/sfu/internal/seq"

// windowSize is how many numbers below the highest can still be told from
// repeated ones: as many as a rewritten stream keeps open for late packets.
const windowSize = 1024

// Stream remembers which numbers of one SSRC have been used.
type Stream struct {
	ssrc uint32
	end  seq.Number // one above the highest used
	used [windowSize / 64]uint64
}

// claim marks n as used; false if it was, or may have been.
func (s *Stream) claim(n seq.Number) bool {
	if n >= s.end {
		s.advance(n)
	} else if s.end-n > windowSize {
		return false
	}
	word, bit := &s.used[n%windowSize/64], uint64(1)<<(n%64)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	return true
}

// advance makes n the highest number and forgets what falls out of the window.
func (s *Stream) advance(n seq.Number) {
	if n-s.end >= windowSize {
		s.used = [windowSize / 64]uint64{}
	} else {
		for m := s.end; m <= n; m++ {
			s.used[m%windowSize/64] &^= 1 << (m % 64)
		}
	}
	s.end = n + 1
}
