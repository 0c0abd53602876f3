package sieve

import (
	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/seq"
)

// Frame is what a packet says of the frame it belongs to.
type Frame struct {
	Start, End bool // its first or last packet
	// Key: a receiver may begin with this picture; said by its lowest spatial
	// layer.
	Key               bool
	Spatial, Temporal uint8
	// Sync: of lower temporal layers it needs the lowest only.
	Sync bool
	// Up: what follows in higher temporal layers needs nothing before it in them.
	Up bool
	// Inter and InterLayer: it needs earlier pictures, and the layer below it.
	Inter, InterLayer bool
	Time              uint32 // the RTP timestamp: one picture

	// Targets is set where there is a dependency descriptor; what follows is
	// valid then, and tells more than what is above.
	Targets     *Targets
	Number      seq.Number
	Active      uint32 // decode targets that the encoder sends now
	indications uint64 // two bits for each decode target
	before      [codec.MaxDependencies]uint16
	needs       uint8
}

// Targets are the decode targets of a stream, with the highest layers that
// each of them needs. They are never changed once they are made.
type Targets struct {
	layers [codec.MaxTargets]codec.Layer
	count  int
}

// NewTargets of a structure.
func NewTargets(s *codec.Structure) *Targets {
	t := &Targets{count: s.Targets()}
	for i := range t.count {
		t.layers[i] = s.Target(i)
	}
	return t
}

// Same reports whether a structure has these targets.
func (t *Targets) Same(s *codec.Structure) bool {
	if t == nil || t.count != s.Targets() {
		return false
	}
	for i := range t.count {
		if t.layers[i] != s.Target(i) {
			return false
		}
	}
	return true
}

// Layer of a target.
func (t *Targets) Layer(i int) codec.Layer { return t.layers[i%codec.MaxTargets] }

// within is the target with the highest layers that a cut allows, the spatial
// one first, among the active; the lowest of all if it allows none.
func (t *Targets) within(c Cut, active uint32) int {
	best, lowest := -1, 0
	for i := range t.count {
		l := t.layers[i]
		if less(l, t.layers[lowest]) {
			lowest = i
		}
		if l.Spatial > c.Spatial || l.Temporal > c.Temporal || active>>i&1 == 0 {
			continue
		}
		if best < 0 || less(t.layers[best], l) {
			best = i
		}
	}
	if best < 0 {
		return lowest
	}
	return best
}

// upTo has a bit for each target that needs no more than target i does.
func (t *Targets) upTo(i int) (mask uint32) {
	most := t.layers[i]
	for k := range t.count {
		if t.layers[k].Spatial <= most.Spatial && t.layers[k].Temporal <= most.Temporal {
			mask |= 1 << k
		}
	}
	return mask
}

func less(a, b codec.Layer) bool {
	return a.Spatial < b.Spatial || a.Spatial == b.Spatial && a.Temporal < b.Temporal
}

// Describe takes a descriptor's account in place of the payload's own.
func (f *Frame) Describe(d *codec.Descriptor, t *Targets, number seq.Number, active uint32) {
	f.Start, f.End, f.Key = d.Start, d.End, d.KeyFrame && d.Layer.Spatial == 0
	f.Spatial, f.Temporal = d.Layer.Spatial, d.Layer.Temporal
	f.Targets, f.Number, f.Active = t, number, active
	f.indications = 0
	for i := range t.count {
		f.indications |= uint64(d.Indications[i]&3) << (2 * i)
	}
	f.before, f.needs = d.Before, uint8(d.Dependencies) //nolint:gosec // at most MaxDependencies
}

func (f *Frame) indication(target int) codec.Indication {
	return codec.Indication(f.indications >> (2 * target) & 3) //nolint:gosec // two bits
}
