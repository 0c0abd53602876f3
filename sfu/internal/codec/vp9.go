package codec

// describeVP9 reads the payload descriptor of RFC 9628, section 4.2:
//
//	I P L F B E V Z | M PictureID | TID U SID D | TL0PICIDX | ...
//
// A key frame has P 0 in the lowest spatial layer. The upper layers of the
// same picture have P 0 as well, but depend on it (D): nobody can start there.
func describeVP9(b []byte) (f Frame, ok bool) {
	flags := b[0]
	hasID, inter, layered := flags&0x80 != 0, flags&0x40 != 0, flags&0x20 != 0
	f.Start, f.End = flags&0x08 != 0, flags&0x04 != 0
	at := 1
	if hasID {
		if at >= len(b) {
			return Frame{}, false
		}
		if b[at]&0x80 != 0 { // 15 bits
			at++
		}
		at++
	}
	dependent := false
	if layered {
		if at >= len(b) {
			return Frame{}, false
		}
		f.Temporal, f.Spatial = b[at]>>5, b[at]>>1&7
		f.Sync = b[at]&0x10 != 0 // U, switching up point
		dependent = b[at]&1 != 0
		at++
		if flags&0x10 == 0 { // not flexible: TL0PICIDX
			at++
		}
	}
	if at >= len(b) { // a frame without a byte of it
		return Frame{}, false
	}
	f.KeyFrame = !inter && f.Spatial == 0 && !dependent
	return f, true
}
