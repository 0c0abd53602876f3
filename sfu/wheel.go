package sfu

import (
	"math/bits"
	"time"
)

const (
	wheelTick  = time.Millisecond
	wheelSlots = 1024 // a turn of about one second
	// gathered is the pace of what fires together. Longer wakes an idle server
	// less, but makes more wait behind what fires, when many talk.
	gathered = 50 * time.Millisecond
)

// wheel is the timers of one worker: setting, moving and stopping one costs
// the same whatever their number. It belongs to the worker's goroutine and
// reads no clock. A timer fires up to one tick late, never early.
type wheel struct {
	epoch time.Time
	tick  int64 // all timers of ticks up to this one have fired
	slots [wheelSlots]*timer
	used  [wheelSlots / 64]uint64 // a bit for each slot that is not empty
}

// timer calls fire once at its time, on the worker's goroutine, unless it is
// set anew or stopped. The zero value with fire set is ready.
type timer struct {
	fire       func(now time.Time)
	tick       int64
	set        bool
	prev, next *timer
}

func newWheel(now time.Time) *wheel { return &wheel{epoch: now} }

func (w *wheel) tickOf(t time.Time) int64 {
	return int64((t.Sub(w.epoch) + wheelTick - 1) / wheelTick)
}

// together is the time nearest to t at which timers fire that need not be
// exact: one waking of the process serves many.
func (w *wheel) together(t time.Time) time.Time {
	return w.epoch.Add((t.Sub(w.epoch) + gathered/2).Truncate(gathered))
}

// at sets a timer, moving it if it is set.
func (w *wheel) at(t *timer, when time.Time) {
	w.stop(t)
	t.tick, t.set = max(w.tickOf(when), w.tick+1), true
	slot := t.tick % wheelSlots
	t.next = w.slots[slot]
	if t.next != nil {
		t.next.prev = t
	}
	w.slots[slot] = t
	w.used[slot/64] |= 1 << (slot % 64)
}

// stop unsets a timer; it may not be set.
func (w *wheel) stop(t *timer) {
	if !t.set {
		return
	}
	slot := t.tick % wheelSlots
	if t.prev != nil {
		t.prev.next = t.next
	} else {
		w.slots[slot] = t.next
	}
	if t.next != nil {
		t.next.prev = t.prev
	}
	if w.slots[slot] == nil {
		w.used[slot/64] &^= 1 << (slot % 64)
	}
	t.set, t.prev, t.next = false, nil, nil
}

// next is when advance should be called; ok is false when no timer is set. A
// timer more than a turn away makes it return a turn's end too early, at most.
func (w *wheel) next() (time.Time, bool) {
	for i := int64(1); i <= wheelSlots; {
		slot := (w.tick + i) % wheelSlots
		word := w.used[slot/64] >> (slot % 64)
		if word == 0 {
			i += 64 - slot%64
			continue
		}
		i += int64(bits.TrailingZeros64(word))
		return w.epoch.Add(time.Duration(w.tick+min(i, wheelSlots)) * wheelTick), true
	}
	return time.Time{}, false
}

// advance fires what is due.
func (w *wheel) advance(now time.Time) {
	target := int64(now.Sub(w.epoch) / wheelTick)
	if target-w.tick > wheelSlots { // slept for more than a turn: each slot once
		w.tick = target - wheelSlots
	}
	for w.tick < target {
		w.tick++
		if slot := w.tick % wheelSlots; w.used[slot/64]&(1<<(slot%64)) != 0 {
			w.fireSlot(slot, now)
		}
	}
}

// fireSlot looks from the head again after each timer, because firing one may
// set or stop any other. What is set while firing is due a tick later at least.
func (w *wheel) fireSlot(slot int64, now time.Time) {
	for t := w.slots[slot]; t != nil; {
		if t.tick > w.tick { // of a later turn
			t = t.next
			continue
		}
		w.stop(t)
		t.fire(now)
		t = w.slots[slot]
	}
}
