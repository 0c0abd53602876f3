package rewrite

import "time"

const (
	// squeeze divides the distances within a burst: 33 ms become 1 ms.
	squeeze = 32
	// maxAhead is how far a source's clock may have run ahead of the slot's
	// before the slot's is moved: below, the next source's frames catch up in
	// steps of a millisecond, which nobody sees.
	maxAhead = 200 * time.Millisecond
	// maxBumps is how many moved frames a Shift remembers, newest kept.
	maxBumps = 8
)

// Timeline is a slot's own clock in RTP ticks, tied to the wall clock: a
// source that is bound starts at the present time, whatever its timestamps
// are. Jumps of seconds harm receivers most, in either direction.
type Timeline struct {
	clock uint32 // ticks per second
	base  uint32 // timestamp at t0
	t0    time.Time
	last  uint32 // latest timestamp sent
	begun bool   // last is valid
}

// NewTimeline returns a clock of the given rate (90000 for video, 48000 for
// Opus) that shows base at start.
func NewTimeline(clock, base uint32, start time.Time) Timeline {
	return Timeline{clock: clock, base: base, t0: start}
}

// At returns the slot's timestamp at now.
func (t *Timeline) At(now time.Time) uint32 {
	d := now.Sub(t.t0)
	ticks := int64(d/time.Second)*int64(t.clock) + int64(d%time.Second)*int64(t.clock)/int64(time.Second)
	return t.base + uint32(ticks) //nolint:gosec // timestamps wrap
}

// Ready reports whether a new source may start at now: at least half a packet
// after the last one sent. Starting earlier plays one audio packet too many,
// which the receiver has to squeeze out. packet is its length in ticks.
func (t *Timeline) Ready(now time.Time, packet uint32) bool {
	return !t.begun || after(t.At(now), t.last+packet/2-1)
}

// Shift is a binding's place on the timeline. The zero value maps a timestamp
// to itself.
type Shift struct {
	offset   uint32
	newest   uint32 // latest source timestamp, valid if started
	started  bool
	burst    bool
	from, to uint32 // source timestamps of a burst's first and last frame
	bumps    [maxBumps]bump
	bumped   int
}

// bump is a frame that was moved behind the one before it.
type bump struct{ src, dst uint32 }

// Begin places a source whose first frame has the timestamp ts at now.
func (t *Timeline) Begin(now time.Time, ts uint32) Shift {
	t.catchUp(now)
	return Shift{offset: t.At(now) - ts}
}

// BeginBurst places a source whose frames from the timestamp first to last
// are sent at once: they come a millisecond apart and end at last, which is
// now. Later frames keep last's offset.
func (t *Timeline) BeginBurst(now time.Time, first, last uint32) Shift {
	t.catchUp(now)
	s := Shift{offset: t.At(now) - last, burst: true, from: first, to: last}
	if start := s.Of(first); t.begun && !after(start, t.last) {
		s.offset += t.last - start + t.millisecond()
	}
	return s
}

// Of maps a source's timestamp and changes nothing: for packets sent again
// and for reports.
func (s *Shift) Of(ts uint32) uint32 {
	for i := range min(s.bumped, maxBumps) {
		if s.bumps[i].src == ts {
			return s.bumps[i].dst
		}
	}
	if s.burst && !after(s.from, ts) && after(s.to, ts) {
		ts = s.to - (s.to-ts)/squeeze
	}
	return ts + s.offset
}

// Forward maps the timestamp of a packet about to be sent. A new frame that
// would not lie after the last one sent is moved to 1 ms after it; only that
// frame, since corrections carried over add up.
func (t *Timeline) Forward(s *Shift, ts uint32) uint32 {
	dst := s.Of(ts)
	if !s.started || after(ts, s.newest) {
		if t.begun && !after(dst, t.last) {
			dst = t.last + t.millisecond()
			s.bumps[s.bumped%maxBumps] = bump{ts, dst}
			s.bumped++
		}
		s.started, s.newest = true, ts
	}
	if !t.begun || after(dst, t.last) {
		t.begun, t.last = true, dst
	}
	return dst
}

// catchUp moves the clock behind a source that ran far ahead of it.
func (t *Timeline) catchUp(now time.Time) {
	limit := uint32(int64(t.clock) * int64(maxAhead) / int64(time.Second)) //nolint:gosec // small
	if want := t.At(now); t.begun && after(t.last, want+limit) {
		t.base += t.last - want
	}
}

func (t *Timeline) millisecond() uint32 { return t.clock / 1000 }

// after compares timestamps in serial arithmetic (RFC 1982).
func after(a, b uint32) bool { return int32(a-b) > 0 } //nolint:gosec // wraps on purpose
