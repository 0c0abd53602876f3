package codec

import "encoding/binary"

// NAL unit types of RFC 6184, section 5.2, and ITU-T H.264, table 7-1.
const (
	nalSlice = 1
	nalIDR   = 5
	nalSPS   = 7
	nalAUD   = 9
	nalSTAPA = 24
	nalFUA   = 28
)

// describeH264 looks for parameter sets and IDR slices. Encoders for RTP send
// the sets in front of each IDR, mostly as STAP-A; a receiver starts there.
func describeH264(b []byte, marker bool) (f Frame, ok bool) {
	f.End = marker
	switch kind := b[0] & 0x1f; {
	case kind == 0 || kind > nalFUA:
		return Frame{}, false
	case kind == nalSTAPA:
		if !describeSTAPA(b[1:], &f) {
			return Frame{}, false
		}
	case kind == nalFUA:
		if len(b) < 3 {
			return Frame{}, false
		}
		inner := b[1] & 0x1f
		if first := b[1]&0x80 != 0; first {
			nal(inner, b[2:], &f)
		} else {
			f.KeyFrame = inner == nalIDR
		}
	case kind < nalSTAPA:
		nal(kind, b[1:], &f)
	}
	// nal_ref_idc 0: not used for reference. Only slices tell: it is 0 for
	// much that is none.
	f.Discardable = b[0]&0x60 == 0 && isSlice(b)
	return f, true
}

// isSlice reports whether a packet is, or is part of, a slice that is no IDR.
func isSlice(b []byte) bool {
	kind := b[0] & 0x1f
	return kind == nalSlice || kind == nalFUA && b[1]&0x1f == nalSlice
}

// describeSTAPA reads units with a 16-bit size in front of each.
func describeSTAPA(b []byte, f *Frame) bool {
	for len(b) > 0 {
		if len(b) < 2 {
			return false
		}
		size := int(binary.BigEndian.Uint16(b))
		if b = b[2:]; size == 0 || size > len(b) {
			return false
		}
		nal(b[0]&0x1f, b[1:size], f)
		b = b[size:]
	}
	return true
}

// nal notes a unit of the given type, whose bytes after the type are body.
func nal(kind byte, body []byte, f *Frame) {
	switch kind {
	case nalSPS:
		f.KeyFrame, f.Start, f.Size = true, true, sizeH264(body)
	case nalAUD:
		f.Start = true
	case nalIDR, nalSlice:
		f.KeyFrame = f.KeyFrame || kind == nalIDR
		// first_mb_in_slice 0 is coded as a single 1 bit.
		f.Start = f.Start || len(body) > 0 && body[0]&0x80 != 0
	}
}
