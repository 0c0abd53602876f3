// Package link emulates one direction of a network path in virtual time: a
// queue in front of a link of some capacity, then delay, jitter and random
// loss. It has no clock and no goroutine; the caller says when.
package link

import (
	"math/rand/v2"
	"time"
)

// Config of a Link. The zero value passes everything at once.
type Config struct {
	Capacity int64         // bits per second; 0: without limit
	Queue    time.Duration // longest wait for the link; more is dropped. 0: without limit
	Delay    time.Duration // one way, without waiting
	Jitter   time.Duration // at most this much is added to Delay
	Loss     float64       // share of packets lost at random, 0 to 1
	Seed     uint64
}

// Link is one direction of a path. Not safe for concurrent use.
type Link struct {
	config  Config
	rng     *rand.Rand
	waiting float64 // bits in the queue at last
	last    time.Time
	latest  time.Time // latest arrival: packets keep their order
}

// New returns an idle link.
func New(c Config) *Link {
	return &Link{config: c, rng: rand.New(rand.NewPCG(c.Seed, 1))} //nolint:gosec // emulation
}

// SetCapacity changes the capacity from now on, in bits per second. Packets
// in the queue wait for the new one; arrivals already told do not change.
func (l *Link) SetCapacity(now time.Time, capacity int64) {
	l.drain(now)
	l.config.Capacity = capacity
}

// SetLoss changes the share of packets lost at random.
func (l *Link) SetLoss(loss float64) { l.config.Loss = loss }

// Send puts a packet of size bytes on the link at now, which never goes back,
// and returns when it arrives; ok is false if it is lost.
func (l *Link) Send(now time.Time, size int) (arrival time.Time, ok bool) {
	l.drain(now)
	wait := time.Duration(0)
	if c := l.config.Capacity; c > 0 {
		bits := float64(size) * 8
		wait = time.Duration((l.waiting + bits) / float64(c) * float64(time.Second))
		if l.config.Queue > 0 && wait > l.config.Queue {
			return arrival, false
		}
		l.waiting += bits
	}
	if l.rng.Float64() < l.config.Loss {
		return arrival, false
	}
	jitter := time.Duration(l.rng.Float64() * float64(l.config.Jitter))
	arrival = now.Add(wait + l.config.Delay + jitter)
	if arrival.Before(l.latest) {
		arrival = l.latest
	}
	l.latest = arrival
	return arrival, true
}

// Waiting returns how long a packet of no size would wait at now.
func (l *Link) Waiting(now time.Time) time.Duration {
	l.drain(now)
	if l.config.Capacity == 0 {
		return 0
	}
	return time.Duration(l.waiting / float64(l.config.Capacity) * float64(time.Second))
}

func (l *Link) drain(now time.Time) {
	if !l.last.IsZero() {
		l.waiting = max(0, l.waiting-now.Sub(l.last).Seconds()*float64(l.config.Capacity))
	}
	l.last = now
}
