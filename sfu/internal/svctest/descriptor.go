package svctest

import "slices"

// Descriptors writes the dependency descriptors of a stream.
type Descriptors struct {
	mode      Mode
	templates []template
	offset    int // of the template ids
	first     int // frame number of the first frame
}

// NewDescriptors of a mode; first is the first frame's number on the wire.
func NewDescriptors(mode Mode, first int) *Descriptors {
	return &Descriptors{mode: mode, templates: mode.templates(), offset: first % 64, first: first}
}

// Value for a packet of a frame.
func (d *Descriptors) Value(f *Frame, start, end bool) []byte {
	w := &writer{}
	at := slices.IndexFunc(d.templates, func(t template) bool { return t.same(f) })
	custom := at < 0
	if custom { // any template of its layer
		at = slices.IndexFunc(d.templates, func(t template) bool { return t.spatial == f.Spatial && t.temporal == f.Temporal })
	}
	w.bits(flag(start), 1)
	w.bits(flag(end), 1)
	w.bits((d.offset+at)%64, 6)
	w.bits((d.first+f.Number)&0xffff, 16)
	structure := f.Key && f.Spatial == 0 && start
	if !structure && !custom {
		return w.b
	}
	w.bits(flag(structure), 1)
	w.bits(0, 1)
	w.bits(flag(custom), 1)
	w.bits(flag(custom), 1)
	w.bits(0, 1)
	if structure {
		d.structure(w)
	}
	if custom {
		for _, t := range f.Targets {
			w.bits(t, 2)
		}
		for _, n := range f.before() {
			w.bits(2, 2)
			w.bits(n-1, 8)
		}
		w.bits(0, 2)
	}
	return w.b
}

func (d *Descriptors) structure(w *writer) {
	w.bits(d.offset, 6)
	w.bits(d.mode.Spatial*d.mode.Temporal-1, 5)
	for i, t := range d.templates {
		switch {
		case i == 0:
		case t.spatial > d.templates[i-1].spatial:
			w.bits(2, 2)
		case t.temporal > d.templates[i-1].temporal:
			w.bits(1, 2)
		default:
			w.bits(0, 2)
		}
	}
	w.bits(3, 2)
	for _, t := range d.templates {
		for _, indication := range t.targets {
			w.bits(indication, 2)
		}
	}
	for _, t := range d.templates {
		for _, n := range t.before {
			w.bits(1, 1)
			w.bits(n-1, 4)
		}
		w.bits(0, 1)
	}
	// No chains: 0 of targets + 1 values is written as ns() does.
	width := 0
	for 1<<(width+1) <= d.mode.Spatial*d.mode.Temporal+1 {
		width++
	}
	w.bits(0, width)
	w.bits(1, 1)
	for s := range d.mode.Spatial {
		w.bits(1280>>(d.mode.Spatial-1-s)-1, 16)
		w.bits(720>>(d.mode.Spatial-1-s)-1, 16)
	}
}

type writer struct {
	b []byte
	n int
}

func (w *writer) bits(v, n int) {
	for i := n - 1; i >= 0; i-- {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[len(w.b)-1] |= byte(v>>i&1) << (7 - w.n%8) //nolint:gosec // one bit
		w.n++
	}
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
