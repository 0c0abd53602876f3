package sfu

import (
	"time"

	"github.com/pion/rtcp"

	"callrelay/sfu/internal/seq"
)

// reception is what a receiver report says about one stream (RFC 3550,
// appendix A). It reads no clock.
type reception struct {
	first, highest seq.Number
	received       uint64
	firsts         uint64 // received but not as a repair
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
func (r *reception) receive(n seq.Number, timestamp uint32, rate uint32, repaired bool, now time.Time) {
	r.received++
	if !repaired {
		r.firsts++
	}
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
func (r *reception) report(ssrc uint32, now time.Time) rtcp.ReceptionReport {
	expected := uint64(r.highest-r.first) + 1
	inExpected, inReceived := expected-r.expectedBefore, r.received-r.receivedBefore
	r.expectedBefore, r.receivedBefore = expected, r.received
	out := rtcp.ReceptionReport{
		SSRC:               ssrc,
		LastSequenceNumber: uint32(r.highest), //nolint:gosec // the lower half, by definition
		Jitter:             uint32(r.jitter),
	}
	if inExpected > inReceived {
		out.FractionLost = uint8(min(255, (inExpected-inReceived)*256/inExpected)) //nolint:gosec // bounded
	}
	if expected > r.received {
		out.TotalLost = uint32(min(expected-r.received, 1<<23-1)) //nolint:gosec // bounded
	}
	if !r.senderReportAt.IsZero() {
		out.LastSenderReport = r.senderReport
		out.Delay = ticks(now.Sub(r.senderReportAt), 65536)
	}
	return out
}
