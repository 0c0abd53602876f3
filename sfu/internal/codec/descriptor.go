package codec

const (
	maxTemplates = 64
	maxSpatial   = 4
	maxTemporal  = 8
	// MaxTargets is how many decode targets a stream may have.
	MaxTargets = 32
	// MaxDependencies of one frame; encoders use at most seven, and a
	// descriptor with more is refused.
	MaxDependencies = 8
)

// Indication says what a frame is to a decode target (DTI).
type Indication uint8

// Indications, as on the wire.
const (
	NotPresent  Indication = iota // not needed by the target
	Discardable                   // needed, and nothing of the target depends on it
	Switch                        // a receiver may switch to the target here
	Required                      // needed
)

// Layer is a spatial and temporal id.
type Layer struct{ Spatial, Temporal uint8 }

// Size is a picture's width and height in pixels.
type Size struct{ Width, Height int }

// template is what frames have in common (AV1 RTP specification, appendix A.4).
type template struct {
	layer        Layer
	indications  [MaxTargets]Indication
	dependencies dependencies
}

// dependencies are how many frames ago those came that a frame needs, 1 to 4096.
type dependencies struct {
	before [MaxDependencies]uint16
	count  uint8
}

func (d *dependencies) add(before uint32) bool {
	if d.count == MaxDependencies {
		return false
	}
	d.before[d.count] = uint16(before) //nolint:gosec // at most 4096
	d.count++
	return true
}

// Structure is what a stream's dependency descriptors refer to. It comes with
// a key frame and holds until the next. Keep one for each encoding; the zero
// value knows nothing yet. About 4 KiB.
type Structure struct {
	offset    uint32
	templates [maxTemplates]template
	count     int
	targets   int
	chains    int
	layers    [MaxTargets]Layer // of each target: the highest it needs
	sizes     [maxSpatial]Size
	hasSizes  bool
}

// Targets returns how many decode targets there are; 0: no structure yet.
func (s *Structure) Targets() int { return s.targets }

// Target returns the highest layers that decode target i needs.
func (s *Structure) Target(i int) Layer {
	if i < 0 || i >= s.targets {
		return Layer{}
	}
	return s.layers[i]
}

// Size returns the picture size of a spatial layer, if the stream says it.
func (s *Structure) Size(spatial uint8) (size Size, ok bool) {
	if !s.hasSizes || spatial >= maxSpatial {
		return size, false
	}
	size = s.sizes[spatial]
	return size, size.Width > 0
}

// Descriptor is a packet's dependency descriptor.
type Descriptor struct {
	Start, End bool
	Number     uint16 // frame number
	Layer      Layer
	// KeyFrame: the packet carries a structure, which only key frames do.
	KeyFrame bool
	// Independent: the frame depends on no other.
	Independent bool
	// Active has a bit for each decode target that is being sent; valid if
	// HasActive.
	Active      uint32
	HasActive   bool
	Indications [MaxTargets]Indication // for each decode target
	// Before are how many frames ago those came that this one needs; the first
	// Dependencies are in use.
	Before       [MaxDependencies]uint16
	Dependencies int

	mask Mask
}

// Mask returns where the active decode targets are told.
func (d *Descriptor) Mask() Mask { return d.mask }

// Frame returns the descriptor's account in place of the payload's own.
func (d *Descriptor) Frame() Frame {
	return Frame{
		KeyFrame: d.KeyFrame && d.Layer.Spatial == 0,
		Start:    d.Start, End: d.End,
		Temporal: d.Layer.Temporal, Spatial: d.Layer.Spatial,
		Sync: d.KeyFrame,
	}
}

// SwitchTo reports whether a receiver may begin with the decode target here.
func (d *Descriptor) SwitchTo(target int) bool {
	return target >= 0 && target < MaxTargets && d.Indications[target] == Switch
}

// Parse reads the extension's value and keeps a structure it brings. ok is
// false if it is malformed or refers to a structure that has not come; then s
// is unchanged.
func (s *Structure) Parse(value []byte, d *Descriptor) (ok bool) {
	*d = Descriptor{}
	if len(value) < 3 {
		return false
	}
	r := bitReader{b: value}
	d.Start, d.End = r.flag(), r.flag()
	id := r.bits(6)
	d.Number = uint16(r.bits(16)) //nolint:gosec // 16 bits
	if len(value) == 3 {
		return s.define(&r, id, custom{}, d)
	}
	d.KeyFrame, d.HasActive = r.flag(), r.flag()
	c := custom{r.flag(), r.flag(), r.flag()}
	if !d.KeyFrame {
		return s.define(&r, id, c, d)
	}
	var fresh Structure
	if ok = fresh.read(&r) && fresh.define(&r, id, c, d); ok {
		*s = fresh
	}
	return ok
}

// custom says which of a template's fields the frame replaces.
type custom struct{ indications, dependencies, chains bool }

// define reads what follows the structure and fills in the frame's template.
func (s *Structure) define(r *bitReader, id uint32, c custom, d *Descriptor) bool {
	d.mask = Mask{targets: uint8(s.targets), told: d.HasActive, at: uint16(r.at)} //nolint:gosec // at most 32, and 255 bytes
	if d.HasActive {
		d.Active = r.bits(s.targets)
	} else if d.KeyFrame {
		d.HasActive, d.Active = true, uint32(1<<s.targets-1) //nolint:gosec // up to 32 bits
	}
	index := (id + maxTemplates - s.offset) % maxTemplates
	if int(index) >= s.count {
		return false
	}
	t := &s.templates[index]
	d.Layer, d.Indications = t.layer, t.indications
	needs := t.dependencies
	if c.indications {
		for i := range s.targets {
			d.Indications[i] = Indication(r.bits(2)) //nolint:gosec // 2 bits
		}
	}
	if c.dependencies {
		var ok bool
		if needs, ok = frameDependencies(r); !ok {
			return false
		}
	}
	if c.chains {
		r.skip(8 * s.chains)
	}
	d.Before, d.Dependencies, d.Independent = needs.before, int(needs.count), needs.count == 0
	return !r.over
}

// frameDependencies reads frame_fdiffs; false if they are too many.
func frameDependencies(r *bitReader) (needs dependencies, ok bool) {
	for size := r.bits(2); size != 0 && !r.over; size = r.bits(2) {
		if !needs.add(r.bits(4*int(size)) + 1) {
			return needs, false
		}
	}
	return needs, true
}
