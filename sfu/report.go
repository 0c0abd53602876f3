package sfu

import (
	"time"

	"github.com/pion/rtcp"
)

// ntp is a time as sender reports carry it: seconds since 1900 in 32.32 bits.
func ntp(t time.Time) uint64 {
	const sinceNTP = 2208988800
	s := uint64(t.Unix() + sinceNTP)
	return s<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// middleNTP is the 32 bits that receiver reports send back.
func middleNTP(t time.Time) uint32 { return uint32(ntp(t) >> 16) }

// senderReport of a publisher: when which of its timestamps was.
func (u *uplink) senderReport(p *rtcp.SenderReport, now time.Time) {
	u.mu.Lock()
	var found []*publication
	for _, s := range u.sections {
		found = append(found, s.publication)
	}
	u.mu.Unlock()
	for _, pub := range found {
		pub.mu.Lock()
		for _, l := range pub.layers {
			if l.ssrc == p.SSRC && l.connection == u.connection {
				l.reception.senderReport, l.reception.senderReportAt = uint32(p.NTPTime>>16), now
				l.clock.note(p.NTPTime, p.RTPTime, now)
			}
		}
		pub.mu.Unlock()
	}
}

// publisherClock ties a layer's timestamps to the server's clock.
type publisherClock struct {
	ntp       uint64 // the publisher's, of the last report
	timestamp uint32
	arrival   time.Time
}

func (c *publisherClock) note(ntp uint64, timestamp uint32, now time.Time) {
	c.ntp, c.timestamp, c.arrival = ntp, timestamp, now
}
