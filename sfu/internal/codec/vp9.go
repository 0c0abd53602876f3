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
	f.Inter = inter
	if layered {
		if at >= len(b) {
			return Frame{}, false
		}
		f.Temporal, f.Spatial = b[at]>>5, b[at]>>1&7
		f.Sync = b[at]&0x10 != 0 // U, switching up point
		f.InterLayer = b[at]&1 != 0
		at++
		if flags&0x10 == 0 { // not flexible: TL0PICIDX
			at++
		}
	}
	if at >= len(b) { // a frame without a byte of it
		return Frame{}, false
	}
	f.KeyFrame = !inter && f.Spatial == 0 && !f.InterLayer
	if f.KeyFrame && f.Start {
		f.Size = sizeOfVP9(b[at:], flags&0x02 != 0)
	}
	return f, true
}

// sizeOfVP9 reads the size of the largest layer from the scalability structure
// that precedes the frame, if there is one that says it, else the frame's own.
//
//	N_S(3) Y G RRR | N_S + 1 times width(16) height(16) | N_G(8) | N_G times T U R(2) RR and R bytes
func sizeOfVP9(b []byte, structure bool) Size {
	if !structure {
		return sizeVP9(b)
	}
	r := bitReader{b: b}
	layers, sized, groups := r.bits(3)+1, r.flag(), r.flag()
	r.skip(3)
	if sized {
		var width, height uint32
		for range layers {
			width, height = r.bits(16), r.bits(16)
		}
		if r.over {
			return Size{}
		}
		return believable(width, height)
	}
	if groups {
		for range r.bits(8) {
			r.skip(4)
			references := r.bits(2)
			r.skip(2 + 8*int(references))
		}
	}
	if r.over {
		return Size{}
	}
	return sizeVP9(b[r.at/8:])
}
