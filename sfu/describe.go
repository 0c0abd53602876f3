package sfu

import (
	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/rtpext"
	"callrelay/sfu/internal/seq"
	"callrelay/sfu/internal/sieve"
)

// describe says what frame a packet belongs to; false if its payload is not
// of the kind that its payload type says.
func (l *layer) describe(d *description, b []byte) bool {
	f, ok := codec.Describe(d.encoding.kind(), d.body(b), d.rtp.Marker)
	d.keyFrame, d.frameStart, d.picture = f.KeyFrame, f.Start, f.Picture
	if f.Size.Width > 0 {
		l.size = f.Size
	}
	if d.encoding == encodingH264 || d.encoding == encodingAV1 {
		// Their payloads do not say where a frame begins: only the first
		// start of a timestamp counts.
		d.frameStart = f.Start && (l.last.IsZero() || d.rtp.Timestamp != l.lastTimestamp)
	}
	if ok && !l.publication.audio {
		l.describeLayers(d, &f, b)
	}
	return ok
}

// describeLayers notes of which layers a packet is: as its payload says, or
// more exactly as its dependency descriptor does.
func (l *layer) describeLayers(d *description, f *codec.Frame, b []byte) {
	d.sift = sieve.Frame{
		Start: f.Start, End: f.End, Key: f.KeyFrame,
		Spatial: f.Spatial, Temporal: f.Temporal,
		Sync: f.Sync, Up: f.Sync && d.encoding == encodingVP9,
		Inter: f.Inter, InterLayer: f.InterLayer,
		Time: d.rtp.Timestamp,
	}
	if d.encoding == encodingH264 { // a frame that no other needs is all it tells
		d.sift.Start = d.frameStart
		if f.Discardable {
			d.sift.Temporal, d.sift.Sync = 1, true
		}
	}
	if d.encoding == encodingAV1 { // the rest of a layer's frame does not say its layer
		d.sift.Spatial, d.sift.Temporal = 0, 0
	}
	value, has := d.rtp.Value(b, rtpext.DependencyDescriptor)
	if !has {
		return
	}
	d.frame.Number, d.frame.Present = rtpext.ReadFrameNumber(value)
	if l.described == nil {
		l.described = &described{}
	}
	if !l.described.read(value, d) {
		l.publication.sfu.counters.count(countBadDescriptors)
	}
}

// described is what a layer's dependency descriptors refer to.
type described struct {
	structure codec.Structure
	targets   *sieve.Targets
	active    uint32 // decode targets that the encoder sends
	numbers   seq.Unwrapper
	scratch   codec.Descriptor
}

// read a descriptor; false if it is malformed, or refers to a structure that
// has not come.
func (r *described) read(value []byte, d *description) bool {
	dd := &r.scratch
	if !r.structure.Parse(value, dd) {
		return false
	}
	number, ok := r.numbers.Unwrap(dd.Number)
	if !ok {
		return false
	}
	if !r.targets.Same(&r.structure) {
		r.targets = sieve.NewTargets(&r.structure)
	}
	if dd.HasActive {
		r.active = dd.Active
	}
	d.sift.Describe(dd, r.targets, number, r.active)
	d.mask = dd.Mask()
	return true
}

// sizeOf a spatial layer, as far as it is known.
func (l *layer) sizeOf(spatial, highest uint8) codec.Size {
	if l.described != nil {
		if size, ok := l.described.structure.Size(spatial); ok {
			return size
		}
	}
	by := highest - spatial
	return codec.Size{Width: l.size.Width >> by, Height: l.size.Height >> by}
}
