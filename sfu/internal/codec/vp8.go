package codec

import "encoding/binary"

// VP8Picture are the numbers of a VP8 payload descriptor and where they lie
// in the payload, for rewriting in place.
type VP8Picture struct {
	Bits   uint8 // width of ID: 7 or 15; 0 if there is none
	ID     uint16
	HasTL0 bool
	TL0    uint8

	idAt, tl0At uint8 // offsets; the descriptor has at most 6 bytes
}

// Write puts new numbers in the payload that this picture was read from, or a
// copy of it. The widths stay as they are.
func (p VP8Picture) Write(payload []byte, id uint16, tl0 uint8) {
	switch {
	case p.Bits == 7 && int(p.idAt) < len(payload):
		payload[p.idAt] = byte(id & 0x7f)
	case p.Bits == 15 && int(p.idAt)+1 < len(payload):
		binary.BigEndian.PutUint16(payload[p.idAt:], 0x8000|id&0x7fff)
	}
	if p.HasTL0 && int(p.tl0At) < len(payload) {
		payload[p.tl0At] = tl0
	}
}

// describeVP8 reads the payload descriptor of RFC 7741, section 4.2:
//
//	X R N S R PID | I L T K RSV | M PictureID | TL0PICIDX | TID Y KEYIDX
func describeVP8(b []byte, marker bool) (f Frame, ok bool) {
	first := b[0]
	f.Discardable = first&0x20 != 0
	f.Start = first&0x10 != 0 && first&0x0f == 0 // S, partition 0
	f.End = marker
	at := 1
	if first&0x80 != 0 { // X
		if at, ok = vp8Extension(b, &f); !ok {
			return Frame{}, false
		}
	}
	if at >= len(b) {
		return Frame{}, false
	}
	// The frame header begins with the inverse key frame bit (section 4.3).
	if f.KeyFrame = f.Start && b[at]&1 == 0; f.KeyFrame {
		f.Size = sizeVP8(b[at:])
	}
	return f, true
}

// vp8Extension reads what follows the first byte and returns where it ends.
func vp8Extension(b []byte, f *Frame) (at int, ok bool) {
	if len(b) < 2 {
		return 0, false
	}
	flags := b[1]
	at = 2
	if flags&0x80 != 0 { // I
		if at >= len(b) {
			return 0, false
		}
		f.Picture.idAt = uint8(at) //nolint:gosec // at most 2
		f.Picture.Bits, f.Picture.ID = 7, uint16(b[at])
		if b[at]&0x80 != 0 { // M
			if at+1 >= len(b) {
				return 0, false
			}
			f.Picture.Bits, f.Picture.ID = 15, binary.BigEndian.Uint16(b[at:])&0x7fff
			at++
		}
		at++
	}
	if flags&0x40 != 0 { // L
		if at >= len(b) {
			return 0, false
		}
		f.Picture.HasTL0, f.Picture.TL0, f.Picture.tl0At = true, b[at], uint8(at) //nolint:gosec // at most 4
		at++
	}
	if flags&0x30 != 0 { // T or K
		if at >= len(b) {
			return 0, false
		}
		if flags&0x20 != 0 {
			f.Temporal, f.Sync = b[at]>>6, b[at]&0x20 != 0
		}
		at++
	}
	return at, true
}
