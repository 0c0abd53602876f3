package sfu

import (
	"time"

	"callrelay/sfu/internal/seq"
)

// reception is what a receiver report says about one stream (RFC 3550,
// appendix A). It reads no clock.
type reception struct {
	first, highest seq.Number
	received       uint64
	started        bool
	jitter         float64 // in ticks
	transit        int64
	lastArrival    time.Time

	// At the last report.
	expectedBefore, receivedBefore uint64

	// The last sender report: the middle bits of its NTP time, and its arrival.
	senderReport   uint32
	senderReportAt time.Time
}

// receive notes a packet that is no duplicate. rate is the clock in ticks per second.
func (r *reception) receive(n seq.Number, timestamp uint32, rate uint32, now time.Time) {
	r.received++
	if !r.started {
		r.started, r.first, r.highest = true, n, n
		r.lastArrival, r.transit = now, int64(timestamp)
		return
	}
	if n <= r.highest {
		return
	}
	r.highest = n
	elapsed := now.Sub(r.lastArrival).Seconds() * float64(rate)
	step := float64(int32(timestamp - uint32(r.transit)))
	d := elapsed - step
	if d < 0 {
		d = -d
	}
	r.jitter += (d - r.jitter) / 16
	r.lastArrival, r.transit = now, int64(timestamp)
}

// report returns the block of a receiver report and starts the next interval.
// lost is cumulative, fraction in 1/256 of the interval.
func (r *reception) report(now time.Time) (fraction uint8, lost uint32, highest uint32, jitter uint32, lsr, dlsr uint32) {
	expected := uint64(r.highest-r.first) + 1
	total := int64(expected) - int64(r.received)
	inExpected, inReceived := expected-r.expectedBefore, r.received-r.receivedBefore
	r.expectedBefore, r.receivedBefore = expected, r.received
	if inExpected > 0 && inExpected > inReceived {
		fraction = uint8(min(255, (inExpected-inReceived)*256/inExpected))
	}
	lost = uint32(max(0, min(total, 1<<23-1)))
	if !r.senderReportAt.IsZero() {
		lsr, dlsr = r.senderReport, uint32(now.Sub(r.senderReportAt).Seconds()*65536)
	}
	return fraction, lost, uint32(r.highest), uint32(r.jitter), lsr, dlsr
}
