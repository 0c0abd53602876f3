package sfu

import "sync/atomic"

// traffic counts packets and their bytes. Each is counted by whatever core
// handles it, so there are many places, each in a cache line of its own: a
// worker counts in one that is its own, and participants share the places for
// what they send.
type traffic [trafficPlaces]struct {
	packets, bytes atomic.Uint64
	_              [cacheLine - 16]byte
}

const (
	trafficPlaces = 16
	cacheLine     = 64
)

func (t *traffic) add(place, bytes int) {
	p := &t[place%trafficPlaces]
	p.packets.Add(1)
	p.bytes.Add(uint64(bytes)) //nolint:gosec // positive
}

func (t *traffic) sum() (packets, bytes uint64) {
	for i := range t {
		packets += t[i].packets.Load()
		bytes += t[i].bytes.Load()
	}
	return packets, bytes
}
