package rewrite

// FrameNumber is the frame number of a dependency descriptor (AV1 RTP
// specification, appendix A.4). Chromium sends the descriptor with VP8 too,
// and then leaves the picture ids out of the payload.
type FrameNumber struct {
	Present bool
	Number  uint16
}

// frameShift is a binding's place in a stream's frame numbers.
type frameShift struct {
	started bool
	by      uint16 // added to the source's numbers, modulo 2^16
}

// frames numbers the frames of a stream. Receivers find the frames that a
// picture was made from by their numbers: were those of two sources alike, a
// picture would be decoded from the other source's. The numbers of a source
// keep their distances, as dependencies are told by distance.
type frames struct {
	highest uint16 // sent, if any
	any     bool
}

func (f *frames) bind(first FrameNumber) (s frameShift) {
	f.begin(&s, first)
	return s
}

// begin places a source at its first frame that has a number.
func (f *frames) begin(s *frameShift, first FrameNumber) {
	if !first.Present || s.started {
		return
	}
	s.started = true
	if f.any {
		s.by = f.highest + 1 - first.Number
	}
}

func (f *frames) forward(s *frameShift, in FrameNumber) FrameNumber {
	f.begin(s, in)
	out := s.of(in)
	if out.Present && (!f.any || int16(out.Number-f.highest) > 0) { //nolint:gosec // wraps
		f.any, f.highest = true, out.Number
	}
	return out
}

// of gives the number that a frame of the source has in the stream.
func (s *frameShift) of(in FrameNumber) FrameNumber {
	if in.Present {
		in.Number += s.by
	}
	return in
}
