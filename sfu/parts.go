package sfu

import (
	"time"

	"callrelay/sfu/internal/sieve"
)

// maxParts spatial and temporal layers within one encoding are told apart.
const maxParts = 4

// parts counts what the spatial and temporal layers within one encoding take.
type parts struct {
	bytes [maxParts][maxParts]int64 // of the running second, by spatial and temporal layer
	rates [maxParts][maxParts]int64 // of the last one, bits per second
	// Highest layers in the last second.
	spatial, temporal uint8
}

func (p *parts) add(f *sieve.Frame, bytes int) {
	p.bytes[min(f.Spatial, maxParts-1)][min(f.Temporal, maxParts-1)] += int64(bytes)
}

// measure ends the running second, which has lasted so long.
func (p *parts) measure(lasted time.Duration) {
	p.rates, p.spatial, p.temporal = [maxParts][maxParts]int64{}, 0, 0
	for s := range p.bytes {
		for t, bytes := range p.bytes[s] {
			if bytes == 0 {
				continue
			}
			p.rates[s][t] = int64(float64(bytes) * 8 / lasted.Seconds())
			p.spatial, p.temporal = max(p.spatial, uint8(s)), max(p.temporal, uint8(t)) //nolint:gosec // below maxParts
		}
	}
	p.bytes = [maxParts][maxParts]int64{}
}

// rate of what a cut lets through.
func (p *parts) rate(c sieve.Cut) (sum int64) {
	for s := range p.rates {
		for t, rate := range p.rates[s] {
			if s <= int(c.Spatial) && t <= int(c.Temporal) {
				sum += rate
			}
		}
	}
	return sum
}
