package sieve

import "callrelay/sfu/internal/seq"

const (
	remembered = 256 // frames
	wordBits   = 64
)

// memory of what became of the newest frames.
type memory struct {
	begun        bool
	top          seq.Number
	met, passing [remembered / wordBits]uint64
}

func (m *memory) note(n seq.Number, pass bool) {
	switch {
	case !m.begun:
		m.begun, m.top = true, n
	case n > m.top:
		for i := seq.Number(1); i <= min(n-m.top, remembered); i++ {
			word, bit := place(m.top + i)
			m.met[word] &^= bit
			m.passing[word] &^= bit
		}
		m.top = n
	case m.top-n >= remembered:
		return
	}
	word, bit := place(n)
	m.met[word] |= bit
	if pass {
		m.passing[word] |= bit
	}
}

// fate of a frame; known is false if it has not come, or too long ago.
func (m *memory) fate(n seq.Number) (pass, known bool) {
	if !m.begun || n > m.top || m.top-n >= remembered {
		return false, false
	}
	word, bit := place(n)
	return m.passing[word]&bit != 0, m.met[word]&bit != 0
}

func place(n seq.Number) (word int, bit uint64) {
	return int(n % remembered / wordBits), 1 << (n % wordBits) //nolint:gosec // below remembered
}
