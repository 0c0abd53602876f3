package codec

import "encoding/binary"

// maxDescriptor bytes of a descriptor, as a header extension's value.
const maxDescriptor = 255

// Mask is where a descriptor tells which decode targets are active, for
// writing it anew. The zero value is that of no descriptor.
type Mask struct {
	targets uint8
	told    bool   // it is there, at the bit
	at      uint16 // where it is, or would be
}

// Descriptor values begin with start, end and template id (8 bits), the frame
// number (16), and, if they go on, five flags: structure, active decode
// targets, custom indications, custom dependencies, custom chains.
const (
	shortDescriptor = 3
	flagsAt         = 24
	activeFlagAt    = 25
	afterFlags      = 29
	onlyActive      = 0b01000
)

// Rewrite appends a descriptor's value to dst, which it must not overlap, with
// another frame number, and telling that only the decode targets with a bit in
// active are sent. What is left of the structure stays. If active is 0, or
// there is no room, the targets are as they were. A value that is none is left
// out.
func (m Mask) Rewrite(dst, value []byte, number uint16, active uint32) []byte {
	if len(value) < shortDescriptor {
		return dst
	}
	if active == 0 || m.targets == 0 || len(value) > maxDescriptor-MaxTargets/8-1 {
		from := len(dst)
		dst = append(dst, value...)
		binary.BigEndian.PutUint16(dst[from+1:], number)
		return dst
	}
	dst = binary.BigEndian.AppendUint16(append(dst, value[0]), number)
	targets := int(m.targets)
	w, r := bitAppender{b: dst}, bitReader{b: value, at: flagsAt}
	if len(value) == shortDescriptor {
		w.bits(onlyActive, afterFlags-flagsAt)
		w.bits(active, targets)
		return w.b
	}
	for r.at < int(m.at) {
		flag := r.at == activeFlagAt
		w.bits(r.bits(1)|bit(flag), 1)
	}
	w.bits(active, targets)
	if m.told {
		r.skip(targets)
	}
	for r.at < len(value)*8 {
		w.bits(r.bits(1), 1)
	}
	return w.b
}

func bit(set bool) uint32 {
	if set {
		return 1
	}
	return 0
}

// bitAppender appends bits to whole bytes, the highest first.
type bitAppender struct {
	b []byte
	n int // bits written
}

func (w *bitAppender) bits(v uint32, n int) {
	for i := n - 1; i >= 0; i-- {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[len(w.b)-1] |= byte(v>>i&1) << (7 - w.n%8) //nolint:gosec // one bit
		w.n++
	}
}
