// Package svctest makes streams as encoders with layers make them, for tests:
// frames with their true dependencies, and how dependency descriptors and
// payload descriptors tell of them.
package svctest

import (
	"cmp"
	"slices"
)

// Mode of scalability, named as in WebRTC's scalabilityMode.
type Mode struct {
	Name              string
	Spatial, Temporal int
	// KeyOnly: spatial layers need each other in key pictures only.
	KeyOnly bool
}

// Modes that are made.
func Modes() []Mode {
	return []Mode{
		{"L1T2", 1, 2, false},
		{"L1T3", 1, 3, false},
		{"L2T1", 2, 1, false},
		{"L3T3", 3, 3, false},
		{"L3T3_KEY", 3, 3, true},
	}
}

// Indications of a frame for a decode target, as on the wire.
const (
	NotPresent = iota
	Discardable
	Switch
	Required
)

// Frame is one spatial layer of one picture.
type Frame struct {
	Number            int // of all frames, from 0
	Picture           int // from 0
	Key               bool
	Spatial, Temporal int
	Needs             []int // numbers of the frames that it depends on
	Targets           []int // its indication for each decode target
	Last              bool  // of its picture
	Sync              bool  // of lower temporal layers it needs the lowest only
}

// before is how many frames ago those came that it needs.
func (f *Frame) before() (list []int) {
	for _, n := range f.Needs {
		list = append(list, f.Number-n)
	}
	return list
}

// Encoder makes the frames of a stream.
type Encoder struct {
	Mode Mode

	number, picture, phase int
	// newest frame of each spatial layer with a temporal layer of 0 and 1.
	newest [][2]int
}

// New encoder, whose first picture is a key picture.
func New(mode Mode) *Encoder { return &Encoder{Mode: mode, newest: make([][2]int, mode.Spatial)} }

// Next picture's frames, the lowest first.
func (e *Encoder) Next(key bool) (frames []Frame) {
	key = key || e.picture == 0
	if key {
		e.phase = 0
	}
	t := e.temporal()
	for s := range e.Mode.Spatial {
		f := Frame{Number: e.number, Picture: e.picture, Key: key, Spatial: s, Temporal: t, Last: s == e.Mode.Spatial-1}
		if !key {
			f.Needs = append(f.Needs, e.reference(s))
		}
		if s > 0 && (key || !e.Mode.KeyOnly) {
			f.Needs = append(f.Needs, e.number-1)
		}
		f.Sync = t > 0 && (e.Mode.Temporal < 3 || e.phase%4 != 3)
		f.Targets = e.indications(&f)
		frames = append(frames, f)
		e.number++
	}
	for s := range frames {
		switch t {
		case 0:
			e.newest[s] = [2]int{frames[s].Number, frames[s].Number}
		case 1:
			e.newest[s][1] = frames[s].Number
		}
	}
	e.picture++
	e.phase++
	return frames
}

// temporal layer of the next picture: 0 2 1 2, or 0 1.
func (e *Encoder) temporal() int {
	switch e.Mode.Temporal {
	case 2:
		return e.phase % 2
	case 3:
		return []int{0, 2, 1, 2}[e.phase%4]
	}
	return 0
}

// reference in the same spatial layer: the last of a lower temporal layer, or
// the last of the lowest.
func (e *Encoder) reference(s int) int {
	if e.Mode.Temporal == 3 && e.phase%4 == 3 {
		return e.newest[s][1]
	}
	return e.newest[s][0]
}

// indications for the targets in order: all temporal layers of the lowest
// spatial one first.
func (e *Encoder) indications(f *Frame) (list []int) {
	for s := range e.Mode.Spatial {
		for t := range e.Mode.Temporal {
			list = append(list, e.indication(f, s, t))
		}
	}
	return list
}

func (e *Encoder) indication(f *Frame, s, t int) int {
	switch {
	case f.Spatial > s || f.Temporal > t:
		return NotPresent
	case f.Spatial < s && f.Key:
		return Switch
	case f.Spatial < s && e.Mode.KeyOnly:
		return NotPresent
	case f.Spatial < s:
		return Required
	case t == f.Temporal && t > 0:
		return Discardable
	}
	return Switch
}

// template is what frames have in common.
type template struct {
	spatial, temporal int
	before, targets   []int
}

func (t template) same(f *Frame) bool {
	return t.spatial == f.Spatial && t.temporal == f.Temporal && slices.Equal(t.before, f.before()) && slices.Equal(t.targets, f.Targets)
}

// templates of all frames that the mode's encoder makes in two periods.
func (m Mode) templates() (list []template) {
	e := New(m)
	for range 9 {
		for _, f := range e.Next(false) {
			if !slices.ContainsFunc(list, func(t template) bool { return t.same(&f) }) {
				list = append(list, template{f.Spatial, f.Temporal, f.before(), f.Targets})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b template) int {
		return cmp.Or(cmp.Compare(a.spatial, b.spatial), cmp.Compare(a.temporal, b.temporal))
	})
	return list
}
