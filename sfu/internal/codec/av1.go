package codec

const (
	obuSequenceHeader = 1
	obuTemporal       = 2
)

// describeAV1 reads the aggregation header of the AV1 RTP specification,
// section 4.4 (Z Y W W N), and the headers of the OBUs that begin in the
// packet. A sequence header or N says that a coded sequence begins.
func describeAV1(b []byte, marker bool) (f Frame, ok bool) {
	aggregation := b[0]
	continues, count := aggregation&0x80 != 0, int(aggregation>>4&3)
	f.Start, f.End = !continues, marker
	f.KeyFrame = !continues && aggregation&0x08 != 0 // N
	if b = b[1:]; len(b) == 0 {
		return Frame{}, false
	}
	for i := 0; len(b) > 0; i++ {
		element := b
		if count == 0 || i < count-1 {
			size, n := leb128(b)
			if n == 0 || size > uint64(len(b)-n) {
				return Frame{}, false
			}
			element, b = b[n:n+int(size)], b[n+int(size):] //nolint:gosec // checked above
		} else {
			b = nil
		}
		if i > 0 || !continues {
			obu(element, &f)
		}
	}
	return f, true
}

// obu notes an OBU header: forbidden bit, type (4), extension, has size; then
// temporal id (3) and spatial id (2) if extended. AV1, section 5.3.
func obu(b []byte, f *Frame) {
	if len(b) == 0 {
		return
	}
	kind := b[0] >> 3 & 15
	if kind == obuSequenceHeader {
		f.KeyFrame = true
		f.Size = sizeOBU(b)
	}
	if b[0]&0x04 != 0 && len(b) > 1 && kind != obuSequenceHeader && kind != obuTemporal {
		f.Temporal, f.Spatial = b[1]>>5, b[1]>>3&3
	}
}

// leb128 reads a size of at most 8 bytes (AV1, section 4.10.5). n is 0 if it
// cannot be read.
func leb128(b []byte) (value uint64, n int) {
	for n < len(b) && n < 8 {
		value |= uint64(b[n]&0x7f) << (7 * n)
		n++
		if b[n-1]&0x80 == 0 {
			return value, n
		}
	}
	return 0, 0
}

// sizeOBU passes over a sequence header's own header: one byte, one more if
// extended, and its length if it has one.
func sizeOBU(b []byte) Size {
	at := 1
	if b[0]&0x04 != 0 {
		at++
	}
	if b[0]&0x02 != 0 && at <= len(b) {
		_, n := leb128(b[at:])
		at += n
	}
	if at >= len(b) {
		return Size{}
	}
	return sizeAV1(b[at:])
}
