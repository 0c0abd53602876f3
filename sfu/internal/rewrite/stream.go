package rewrite

import (
	"time"

	"callrelay/sfu/internal/seq"
)

// maxBindings is how many bindings can still be asked for resends: the
// present one and those a receiver may be missing packets of.
const maxBindings = 4

// Numbers are what a packet carries and Stream rewrites.
type Numbers struct {
	Seq       seq.Number
	Timestamp uint32
	Picture   Picture // VP8 only
	Frame     FrameNumber
}

// Last returns the highest number given to a packet so far.
func (s *Stream[S]) Last() seq.Number { return s.numbers.Last() }

// Origin says which source packet a number of the stream stands for.
type Origin[S comparable] struct {
	Source S
	Seq    seq.Number // the source's number
	Out    seq.Number // the stream's number
	serial uint64
}

// binding is the stretch of the stream that comes from one source.
type binding[S comparable] struct {
	serial   uint64 // 0: none
	source   S
	shift    Shift
	pictures pictureShift
	frames   frameShift
}

// Stream is what one slot sends: one SSRC, numbered without a break while
// sources come and go. S names a source, which is one layer of a publication
// with numbers of its own. Make one with NewStream.
type Stream[S comparable] struct {
	numbers  *Map[uint64] // by a binding's serial
	pictures pictures
	frames   frames
	timeline Timeline
	bindings [maxBindings]binding[S]
	serial   uint64 // of the present binding; 0: none
	given    uint64 // serials given so far
}

// NewStream returns a stream whose first packet will have the number first
// (lower 15 bits, 0 becomes 1) on the given timeline.
func NewStream[S comparable](first uint16, timeline Timeline) *Stream[S] {
	return &Stream[S]{
		numbers:  NewMap[uint64](first),
		pictures: pictures{ids: newMap[uint64](first, maxPictureGap)},
		timeline: timeline,
	}
}

// Bind switches to source, beginning with the packet first: the first packet
// of a key frame for video. Packets before it are not forwarded.
func (s *Stream[S]) Bind(now time.Time, source S, first Numbers) {
	s.bind(source, first, s.timeline.Begin(now, first.Timestamp))
}

// BindBurst is Bind for a source whose frames from first up to the timestamp
// last are kept and sent at once; see Timeline.BeginBurst.
func (s *Stream[S]) BindBurst(now time.Time, source S, first Numbers, last uint32) {
	s.bind(source, first, s.timeline.BeginBurst(now, first.Timestamp, last))
}

func (s *Stream[S]) bind(source S, first Numbers, shift Shift) {
	s.given++
	s.serial = s.given
	s.numbers.Bind(s.serial, first.Seq)
	*s.slot(s.serial) = binding[S]{
		serial:   s.serial,
		source:   source,
		shift:    shift,
		pictures: s.pictures.bind(s.serial, first.Picture),
		frames:   s.frames.bind(first.Frame),
	}
}

// Forward rewrites a packet of the present source. ok is false for a packet
// that has no place in the stream: count it and let it go.
func (s *Stream[S]) Forward(in Numbers) (out Numbers, ok bool) {
	b := s.find(s.serial)
	if b == nil {
		return in, false
	}
	// The picture first: a packet without one must not take a number.
	if out.Picture, ok = s.pictures.forward(b.serial, &b.pictures, in.Picture); !ok {
		return in, false
	}
	if out.Seq, ok = s.numbers.Forward(b.serial, in.Seq); !ok {
		return in, false
	}
	out.Timestamp = s.timeline.Forward(&b.shift, in.Timestamp)
	out.Frame = s.frames.forward(&b.frames, in.Frame)
	return out, true
}

// Drop leaves a packet of the present source out; see Map.Drop.
func (s *Stream[S]) Drop(in Numbers) bool {
	b := s.find(s.serial)
	if b == nil {
		return true
	}
	dropped := s.numbers.Drop(b.serial, in.Seq)
	if dropped {
		s.pictures.drop(b.serial, &b.pictures, in.Picture)
	}
	return dropped
}

// Place returns the number that is kept for a packet of the present source
// that is left out, if there is one, to fill it with nothing.
func (s *Stream[S]) Place(in Numbers) (out Numbers, ok bool) {
	b := s.find(s.serial)
	if b == nil {
		return in, false
	}
	if out.Seq, ok = s.numbers.Lookup(b.serial, in.Seq); !ok {
		return in, false
	}
	out.Timestamp = b.shift.Of(in.Timestamp)
	return out, true
}

// Origin finds the packet behind a number that the receiver asks for.
func (s *Stream[S]) Origin(wire uint16) (o Origin[S], ok bool) {
	out, ok := seq.Near(s.numbers.Last(), wire)
	if !ok {
		return o, false
	}
	serial, src, ok := s.numbers.Source(out)
	b := s.find(serial)
	if !ok || b == nil {
		return o, false
	}
	return Origin[S]{Source: b.source, Seq: src, Out: out, serial: serial}, true
}

// Resend rewrites a packet found by Origin as it was sent the first time. in
// holds the source's numbers. It changes nothing.
func (s *Stream[S]) Resend(o Origin[S], in Numbers) (out Numbers, ok bool) {
	b := s.find(o.serial)
	if b == nil {
		return in, false
	}
	shift := b.pictures // a copy: looking back moves nothing
	if out.Picture, ok = s.pictures.again(b.serial, &shift, in.Picture); !ok {
		return in, false
	}
	out.Seq, out.Timestamp, out.Frame = o.Out, b.shift.Of(in.Timestamp), b.frames.of(in.Frame)
	return out, true
}

// Forget removes all trace of a source, so that nothing of it can be sent or
// sent again: called when its participant leaves or hangs up.
func (s *Stream[S]) Forget(source S) {
	for i := range s.bindings {
		b := &s.bindings[i]
		if b.serial == 0 || b.source != source {
			continue
		}
		if b.serial == s.serial {
			s.serial = 0
		}
		*b = binding[S]{} // its numbers lead nowhere now
	}
}

// Rewind takes back all numbers above last; see Map.Rewind. The present
// source ends with it: bind another, or the same anew.
func (s *Stream[S]) Rewind(last seq.Number) {
	s.serial = 0
	s.numbers.Rewind(last)
}

// Ready reports whether an audio source may be bound at now; see
// Timeline.Ready. packet is the length of a packet in ticks.
func (s *Stream[S]) Ready(now time.Time, packet uint32) bool {
	return s.timeline.Ready(now, packet)
}

// Source returns the present source; ok is false if there is none.
func (s *Stream[S]) Source() (source S, ok bool) {
	if b := s.find(s.serial); b != nil {
		return b.source, true
	}
	return source, false
}

// Timestamp maps a timestamp of the present source, for sender reports made
// from the publisher's own; ok is false without a source.
func (s *Stream[S]) Timestamp(ts uint32) (out uint32, ok bool) {
	if b := s.find(s.serial); b != nil {
		return b.shift.Of(ts), true
	}
	return 0, false
}

// At returns the slot's timestamp at now, for reports without a source.
func (s *Stream[S]) At(now time.Time) uint32 { return s.timeline.At(now) }

func (s *Stream[S]) slot(serial uint64) *binding[S] {
	return &s.bindings[serial%maxBindings]
}

func (s *Stream[S]) find(serial uint64) *binding[S] {
	if b := s.slot(serial); serial != 0 && b.serial == serial {
		return b
	}
	return nil
}
