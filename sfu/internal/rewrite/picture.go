package rewrite

import "callrelay/sfu/internal/seq"

// maxPictureGap bounds the ids kept for missing frames, so that even the
// 7-bit form never moves by half its range at once.
const maxPictureGap = 60

// Picture holds the ids of a VP8 payload descriptor (RFC 7741, section 4.2).
type Picture struct {
	Bits   uint8  // width of ID: 7 or 15; 0 if there is none
	ID     uint16 // PictureID
	HasTL0 bool
	TL0    uint8 // TL0PICIDX
}

// unwrapPicture extends a picture id to the number nearest to ref.
func unwrapPicture(ref seq.Number, id uint16, bits uint8) (seq.Number, bool) {
	size := int64(1) << bits
	distance := (int64(id) - int64(ref)%size + size) % size
	if distance >= size/2 {
		distance -= size
	}
	if n := int64(ref) + distance; n >= 0 {
		return seq.Number(n), true
	}
	return 0, false
}

// pictureShift is a binding's place in a stream's picture ids.
type pictureShift struct {
	highest seq.Number // source's ids, extended
	started bool
	tl0     uint8 // added to the source's TL0PICIDX
}

func (s *pictureShift) unwrap(p Picture) (seq.Number, bool) {
	if !s.started {
		return seq.Number(p.ID), true
	}
	return unwrapPicture(s.highest, p.ID, p.Bits)
}

// pictures numbers the frames of a stream. VP8 receivers wait for a frame
// whose id is missing, so frames left out must not leave a gap in the ids.
type pictures struct {
	ids    *Map[uint64]
	tl0    uint8 // highest sent, valid if hasTL0
	hasTL0 bool
}

func (p *pictures) bind(serial uint64, first Picture) (s pictureShift) {
	if first.Bits > 0 {
		s.started, s.highest = true, seq.Number(first.ID)
		p.ids.Bind(serial, s.highest)
	}
	if first.HasTL0 && p.hasTL0 {
		s.tl0 = p.tl0 + 1 - first.TL0
	}
	return s
}

func (p *pictures) forward(serial uint64, s *pictureShift, in Picture) (Picture, bool) {
	out, ok := p.translate(serial, s, in, p.ids.Forward)
	if ok && in.HasTL0 && (!p.hasTL0 || int8(out.TL0-p.tl0) > 0) { //nolint:gosec // wraps
		p.hasTL0, p.tl0 = true, out.TL0
	}
	return out, ok
}

// again gives the ids a frame has already.
func (p *pictures) again(serial uint64, s *pictureShift, in Picture) (Picture, bool) {
	if in.Bits > 0 && !s.started {
		return in, false
	}
	return p.translate(serial, s, in, p.ids.Lookup)
}

func (p *pictures) translate(serial uint64, s *pictureShift, in Picture,
	number func(uint64, seq.Number) (seq.Number, bool),
) (out Picture, ok bool) {
	out = in
	out.TL0 += s.tl0
	if in.Bits == 0 {
		return out, true
	}
	id, ok := s.unwrap(in)
	if !ok {
		return out, false
	}
	if !s.started {
		s.started, s.highest = true, id
		p.ids.Bind(serial, id)
	}
	dst, ok := number(serial, id)
	if ok {
		s.highest = max(s.highest, id)
	}
	out.ID = uint16(dst) & (1<<in.Bits - 1) //nolint:gosec // masked
	return out, ok
}

func (p *pictures) drop(serial uint64, s *pictureShift, in Picture) {
	if in.Bits == 0 || !s.started {
		return
	}
	if id, ok := s.unwrap(in); ok && p.ids.Drop(serial, id) {
		s.highest = max(s.highest, id)
	}
}
