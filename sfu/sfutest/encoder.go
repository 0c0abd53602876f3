package sfutest

import "time"

const (
	frameEvery = 33 * time.Millisecond
	// deafTo requests for so long after a key frame, as Chromium is.
	deafTo = 300 * time.Millisecond
	// keyFrameCost in ordinary frames.
	keyFrameCost = 6
	encoderPart  = 1000 // bytes of a packet
)

// encoder is a camera that keeps to a rate, as a browser's does: a key frame
// costs several frames, and the frames after it are smaller until it is paid.
type encoder struct {
	rate    int64 // bits per second that it begins with
	debt    int   // bytes sent beyond the rate
	lastKey time.Time
}

// next returns the bytes of the frame at now; 0 leaves it out. limit 0 is none.
func (e *encoder) next(now time.Time, limit int64, asked bool) (size int, key bool) {
	rate := e.rate
	if limit > 0 {
		rate = min(rate, limit)
	}
	frame := int(rate / 8 * int64(frameEvery) / int64(time.Second))
	e.debt = max(0, e.debt-frame)
	if asked && now.Sub(e.lastKey) >= deafTo {
		e.lastKey = now
		e.debt += keyFrameCost * frame
		return keyFrameCost * frame, true
	}
	if e.debt > 4*keyFrameCost*frame/3 {
		return 0, false
	}
	size = frame
	if e.debt > 0 {
		size = frame * 2 / 3
	}
	e.debt += size
	return size, false
}
