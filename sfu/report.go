package sfu

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtcp"
)

// reportEvery is the pace of sender and receiver reports.
const reportEvery = time.Second

// ntp is a time as sender reports carry it: seconds since 1900 in 32.32 bits.
func ntp(t time.Time) uint64 {
	const sinceNTP = 2208988800
	s := uint64(t.Unix() + sinceNTP) //nolint:gosec // after 1900
	return s<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// ntpTime is the other way round.
func ntpTime(n uint64) time.Time {
	const sinceNTP = 2208988800
	return time.Unix(int64(n>>32)-sinceNTP, int64(n&0xffffffff*uint64(time.Second)>>32)) //nolint:gosec // fits
}

// middleNTP is the 32 bits that receiver reports send back.
func middleNTP(t time.Time) uint32 { return uint32(ntp(t) >> 16) } //nolint:gosec // the middle

// publisherClock ties a layer's timestamps to the clock of its publisher, by
// the publisher's last sender report.
type publisherClock struct {
	wall      time.Time // the publisher's
	timestamp uint32
}

// timestampAt is the source's timestamp at now: by the publisher's report if
// there is one, else by the arrival of the last packet. offset is added to the
// publisher's clock to get the server's; it is one for all its sources, so
// that they stay in time with each other. The publication's mu is held.
func (l *layer) timestampAt(now time.Time, offset time.Duration) (uint32, bool) {
	rate := int64(l.rate())
	switch {
	case !l.clock.wall.IsZero():
		return l.clock.timestamp + ticks(now.Sub(l.clock.wall.Add(offset)), rate), true
	case !l.last.IsZero():
		return l.lastTimestamp + ticks(now.Sub(l.last), rate), true
	}
	return 0, false
}

func ticks(d time.Duration, rate int64) uint32 {
	whole := int64(d/time.Second)*rate + int64(d%time.Second)*rate/int64(time.Second)
	return uint32(whole) //nolint:gosec // timestamps wrap
}

// senderReport of a publisher: when which of its timestamps was.
func (u *uplink) senderReport(p *rtcp.SenderReport, now time.Time) {
	u.mu.Lock()
	wall := ntpTime(p.NTPTime)
	// The report that travelled fastest is nearest to the truth.
	if offset := now.Sub(wall); !u.clockKnown || offset < u.clockOffset {
		u.clockKnown, u.clockOffset = true, offset
	}
	publications := u.publications()
	u.mu.Unlock()
	for _, pub := range publications {
		pub.mu.Lock()
		for _, l := range pub.layers {
			if l.ssrc == p.SSRC && l.connection == u.connection {
				l.reception.senderReport, l.reception.senderReportAt = uint32(p.NTPTime>>16), now //nolint:gosec // the middle
				l.clock = publisherClock{wall, p.RTPTime}
			}
		}
		pub.mu.Unlock()
	}
}

// publications of the sections; mu is held.
func (u *uplink) publications() []*publication {
	out := make([]*publication, 0, len(u.sections))
	for _, s := range u.sections {
		out = append(out, s.publication)
	}
	return out
}

// receiverReports about all that the connection sends.
func (u *uplink) receiverReports(now time.Time) []rtcp.Packet {
	u.mu.Lock()
	publications := u.publications()
	u.mu.Unlock()
	var blocks []rtcp.ReceptionReport
	for _, pub := range publications {
		pub.mu.Lock()
		for _, l := range pub.layers {
			if l.connection == u.connection && l.reception.started && len(blocks) < 31 && l.ssrc != 0 {
				blocks = append(blocks, l.reception.report(l.ssrc, now))
			}
		}
		pub.mu.Unlock()
	}
	if len(blocks) == 0 {
		return nil
	}
	return []rtcp.Packet{&rtcp.ReceiverReport{SSRC: reporterSSRC, Reports: blocks}}
}

// reporterSSRC signs reports that are about no slot.
const reporterSSRC = 1

// appendReport appends the slot's sender report to b: its own SSRC, its
// timeline, and the server's clock, with the description of its source (RFC
// 3550, sections 6.4.1 and 6.5). Nothing while it carries nothing. It is
// written by hand because there is one for each slot each second.
func (s *slot) appendReport(b []byte, now time.Time, cname string) []byte {
	sub := s.shown()
	if sub == nil || sub.current == nil || s.packets == 0 {
		return b
	}
	source, ok := sub.publication.timestampAt(sub.current, now)
	if !ok {
		return b
	}
	timestamp, ok := s.stream.Timestamp(source)
	if !ok {
		return b
	}
	const reportWords, head = 6, 2 << 6
	b = append(b, head, byte(rtcp.TypeSenderReport), 0, reportWords)
	b = binary.BigEndian.AppendUint32(b, s.ssrc)
	b = binary.BigEndian.AppendUint64(b, ntp(now))
	for _, word := range []uint32{timestamp, s.packets, s.octets} {
		b = binary.BigEndian.AppendUint32(b, word)
	}
	// SSRC, type, length, text, and at least one zero up to a whole word.
	words := (4 + 2 + len(cname) + 4) / 4
	b = append(b, head|1, byte(rtcp.TypeSourceDescription), 0, byte(words))
	end := len(b) + 4*words
	b = binary.BigEndian.AppendUint32(b, s.ssrc)
	b = append(b, byte(rtcp.SDESCNAME), byte(len(cname)))
	b = append(b, cname...)
	return append(b, make([]byte, end-len(b))...)
}

// timestampAt of a layer at now, for sender reports.
func (p *publication) timestampAt(l *layer, now time.Time) (uint32, bool) {
	u := l.connection.uplink
	u.mu.Lock()
	offset := u.clockOffset
	u.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	return l.timestampAt(now, offset)
}

// reportSlots sends the reports of the slots that are due: each second, and
// right after a switch.
func (d *downlink) reportSlots(now time.Time) {
	for _, s := range d.slots {
		if now.Sub(s.reported) < reportEvery-wheelTick*10 {
			continue
		}
		d.report = s.appendReport(d.report[:0], now, d.pair)
		if len(d.report) > 0 {
			s.reported = now
			d.egress.compound(d.report)
		}
	}
}

// reportSwitched sends the report of a slot that has just begun or switched.
func (d *downlink) reportSwitched(now time.Time) {
	for _, s := range d.slots {
		if s.switched {
			s.switched = false
			s.reported = time.Time{}
			d.reportSlots(now)
		}
	}
}
