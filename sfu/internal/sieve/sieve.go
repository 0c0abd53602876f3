package sieve

import (
	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/seq"
)

// Cut is the highest layers that a receiver is to get.
type Cut struct{ Spatial, Temporal uint8 }

// Everything is a cut above all layers.
const everything = 7

// All is the cut that leaves nothing out.
func All() Cut { return Cut{everything, everything} }

// Sieve of one receiver for one stream. Begin it at a key frame. The zero
// value lets nothing through but the lowest layers.
type Sieve struct {
	want Cut
	time uint32 // of the newest picture
	// begun is set with the first frame.
	begun bool
	plain plain
	exact exact
}

// Begin anew with the key frame that comes next.
func (s *Sieve) Begin(want Cut) { *s = Sieve{want: want, plain: plain{have: want}} }

// Want changes what is to get through, as soon as the stream allows it.
func (s *Sieve) Want(c Cut) { s.want = c }

// Wanted is what was asked for last.
func (s *Sieve) Wanted() Cut { return s.want }

// Waiting reports whether only a key frame lets what is wanted through.
func (s *Sieve) Waiting() bool {
	switch {
	case !s.begun:
		return false
	case s.exact.targets != nil:
		return s.exact.target != s.exact.targets.within(s.want, s.exact.active)
	}
	return s.plain.waiting(s.want)
}

// Have is the highest layers that get through now.
func (s *Sieve) Have() Cut {
	if t := s.exact.targets; t != nil {
		l := t.layers[s.exact.target]
		return Cut{l.Spatial, l.Temporal}
	}
	return s.plain.have
}

// Sift decides about a packet: whether it passes, and whether its marker must
// be set because what followed it in its picture is left out. All packets of
// a frame have the same fate.
func (s *Sieve) Sift(f *Frame) (pass, marker bool) {
	newer := !s.begun || int32(f.Time-s.time) > 0 //nolint:gosec // wraps
	if newer {
		s.time = f.Time
	}
	var top uint8
	if f.Targets != nil {
		pass = s.exact.sift(f, s.want, newer, !s.begun)
		top = f.Targets.layers[s.exact.target].Spatial
	} else {
		pass = s.plain.sift(f, s.want, newer, f.Time != s.time, !s.begun)
		top = s.plain.have.Spatial
	}
	s.begun = true
	return pass, pass && f.End && f.Spatial == top
}

// Active tells which decode targets get through, for the frame's descriptor;
// 0 if all that the encoder sends do.
func (s *Sieve) Active(f *Frame) uint32 {
	if f.Targets == nil {
		return 0
	}
	if mask := f.Targets.upTo(s.exact.target) & f.Active; mask != f.Active {
		return mask
	}
	return 0
}

// exact sifts by dependency descriptors.
type exact struct {
	targets *Targets
	active  uint32
	target  int        // whose frames pass
	first   seq.Number // of the key frame that was begun with
	frames  memory
}

func (e *exact) sift(f *Frame, want Cut, newer, begin bool) bool {
	if begin || f.Key && f.Start && f.Number < e.first { // a key frame numbered anew
		*e = exact{targets: e.targets, target: e.target, first: f.Number}
	}
	if e.targets != f.Targets {
		if e.targets == nil || f.Key {
			e.target = f.Targets.within(want, f.Active)
		} else { // a structure whose key frame is not here yet
			l := e.targets.layers[e.target]
			e.target = f.Targets.within(Cut{l.Spatial, l.Temporal}, f.Active)
		}
		e.targets = f.Targets
	}
	e.active = f.Active
	if pass, known := e.frames.fate(f.Number); known {
		return pass
	}
	pass := e.decodable(f)
	if pass && f.Start {
		e.change(f, want, newer)
	}
	pass = pass && f.indication(e.target) != codec.NotPresent
	e.frames.note(f.Number, pass)
	return pass
}

// change to what is wanted if a receiver may do so with this frame. More
// layers are taken only with the first frame of a picture, whose marker has
// not been set yet.
func (e *exact) change(f *Frame, want Cut, newer bool) {
	wanted := e.targets.within(want, e.active)
	if wanted == e.target || f.indication(wanted) != codec.Switch {
		return
	}
	if newer || e.targets.layers[wanted].Spatial <= e.targets.layers[e.target].Spatial {
		e.target = wanted
	}
}

// decodable reports whether nothing that the frame needs was left out. What
// has not come yet counts as sent: it may be on its way.
func (e *exact) decodable(f *Frame) bool {
	for _, before := range f.before[:f.needs] {
		if seq.Number(before) > f.Number || f.Number-seq.Number(before) < e.first {
			return false
		}
		if pass, known := e.frames.fate(f.Number - seq.Number(before)); known && !pass {
			return false
		}
	}
	return true
}
