package estimate

import "time"

// None is the layer of a video that is not sent.
const None = -1

// Reason says why a video gets the layer it gets. The words are for the wire,
// the metrics and the page, and do not change.
type Reason string

// Reasons.
const (
	Fits      Reason = "fits"      // the layer that its size on the page asks for
	Bandwidth Reason = "bandwidth" // less than that, or nothing: the path is too thin
	NotShown  Reason = "not_shown" // the page does not show it
	Muted     Reason = "muted"     // its publisher turned it off
	NoMedia   Reason = "no_media"  // its publisher sends no layer of it yet
)

// Layer is an encoding that a publisher sends; sizes 0 are not known.
type Layer struct {
	Bitrate       int64 // bits per second
	Width, Height int
}

// Video is one video that a participant may be sent, and how it is wanted.
type Video struct {
	ID     uint64  // the same from call to call
	Layers []Layer // ascending in bitrate
	// Width and Height in device pixels on the page; 0 x 0: not shown.
	Width, Height int
	Muted         bool
	Current       int // layer that is sent now, or None
}

// Choice for one video.
type Choice struct {
	Layer  int // to send, or None
	Wanted int // what its size asks for, or None
	Reason Reason
}

// Wish is what a participant wants at one moment.
type Wish struct {
	Audio  int64 // bits per second of sound, which comes first
	Videos []Video
}

// Spacing of steps up.
const (
	stepWait    = 3 * time.Second
	maxStepWait = 48 * time.Second
	// maxReach bounds a trial beyond the estimate, as a multiple of it.
	maxReach = 2.5
	// slack is how much more than its share a layer may take that is being
	// sent already: measured bitrates swing.
	slack = 1.1
)

// Memory is what Allocate remembers of one participant between calls: the
// last step up and when the next is allowed. The zero value is ready.
type Memory struct {
	wait    time.Duration // between steps; doubled by each that failed
	next    time.Time     // no step up before
	pending bool          // the last step is not proved yet
	video   uint64        // of the step
	layer   int
	until   time.Time // when the step counts as proved
}

// Allocate divides an estimate among videos, the most important first, and
// appends a Choice for each, in their order, to dst. Sound comes first, then
// the lowest layer of each video, then higher ones, level by level. Down goes
// at once; up goes one layer at a time, at most each 3 s, twice as long after
// a step that failed. Where the path is clean but not tried (an estimate
// cannot grow while little is sent), a step may reach beyond the estimate: it
// is a trial, and taken back if the path fills.
//
// It is a pure function of its arguments: it reads no clock and keeps nothing
// but m.
func Allocate(now time.Time, e Estimate, w Wish, m *Memory, dst []Choice) []Choice {
	start := len(dst)
	for i := range w.Videos {
		dst = append(dst, wanted(&w.Videos[i]))
	}
	d := division{now: now, estimate: e, videos: w.Videos, choices: dst[start:], memory: m, left: e.Target - w.Audio}
	d.divide()
	d.grantTrial()
	d.settle()
	d.stepUp()
	d.explain()
	return dst
}

// wanted is the choice if there were no limit.
func wanted(v *Video) Choice {
	switch {
	case v.Muted:
		return Choice{Layer: None, Wanted: None, Reason: Muted}
	case v.Width <= 0 || v.Height <= 0:
		return Choice{Layer: None, Wanted: None, Reason: NotShown}
	case len(v.Layers) == 0:
		return Choice{Layer: None, Wanted: None, Reason: NoMedia}
	}
	return Choice{Layer: None, Wanted: v.Enough(), Reason: Bandwidth}
}

// Enough is the lowest layer with at least three quarters of the height or
// width shown, or the highest; a little scaling up is not seen. Of several of
// that size, which differ in frame rate, it is the last. There must be one.
func (v *Video) Enough() int {
	for i, l := range v.Layers {
		if l.Width*4 >= v.Width*3 || l.Height*4 >= v.Height*3 {
			for i+1 < len(v.Layers) && v.Layers[i+1].Width == l.Width && v.Layers[i+1].Height == l.Height {
				i++
			}
			return i
		}
	}
	return len(v.Layers) - 1
}
