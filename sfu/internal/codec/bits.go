package codec

import "math/bits"

// bitReader reads bits from the highest down. Past the end it gives zeros and
// remembers that it did.
type bitReader struct {
	b    []byte
	at   int // in bits
	over bool
}

func (r *bitReader) bits(n int) (v uint32) {
	for range n {
		v <<= 1
		if r.at >= len(r.b)*8 {
			r.over = true
			continue
		}
		v |= uint32(r.b[r.at/8]>>(7-r.at%8)) & 1
		r.at++
	}
	return v
}

func (r *bitReader) skip(n int) {
	r.at += n
	r.over = r.over || r.at > len(r.b)*8
}

func (r *bitReader) flag() bool { return r.bits(1) == 1 }

// below reads a number below n as ns(n) of AV1, section 4.10.7.
func (r *bitReader) below(n uint32) uint32 {
	w := bits.Len32(n)
	short := uint32(1)<<w - n
	v := r.bits(w - 1)
	if v < short {
		return v
	}
	return v<<1 - short + r.bits(1)
}
