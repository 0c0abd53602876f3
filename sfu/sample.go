package sfu

import "time"

// sampler remembers the counts of a second ago.
type sampler struct {
	up, down uint64 // bytes
	told     Sample
	toldAt   time.Time
}

// everySecond sends reports and the sample.
func (d *downlink) everySecond(now time.Time) {
	if d.ended {
		return
	}
	d.reportSlots(now)
	d.tellKeeping(now)
	expected, received, bytes := d.connection.uplink.measure(now)
	if packets := d.connection.uplink.receiverReports(now); packets != nil {
		d.connection.writeRTCP(packets...)
	}
	d.tellSample(d.sample(now, expected, received, bytes), now)
	w := d.worker()
	w.wheel.at(&d.second, w.wheel.together(now.Add(reportEvery)))
}

// silentEvery is how often a sample is told of a connection that carries
// nothing, while it says what the last one said.
const silentEvery = 5 * time.Second

// tellSample of the last second.
func (d *downlink) tellSample(s Sample, now time.Time) {
	last := &d.sampler
	silent := s.UplinkBitrate == 0 && s.DownlinkBitrate == 0
	if silent && s == last.told && now.Sub(last.toldAt) < silentEvery-gathered {
		return
	}
	last.told, last.toldAt = s, now
	d.connection.sfu.observe(s)
}

// sample of the last second: the same record for the page, the metrics and
// the timeline.
func (d *downlink) sample(now time.Time, expected, received, bytes uint64) Sample {
	s, last := &d.sender, &d.sampler
	out := Sample{
		Seat:            d.connection.seat,
		UplinkBitrate:   int64(bytes-last.up) * 8,    //nolint:gosec // a second's worth
		DownlinkBitrate: int64(s.sent-last.down) * 8, //nolint:gosec // a second's worth
		Estimate:        s.estimate(now).Target,
		Wanted:          d.wanted,
		Reason:          d.reason,
		RTT:             time.Duration(d.connection.rtt.Load()),
	}
	if expected > 0 && expected > received {
		out.UplinkLoss = float64(expected-received) / float64(expected)
	}
	if s.acked+s.lost > 0 {
		out.DownlinkLoss = float64(s.lost) / float64(s.acked+s.lost)
	}
	last.up, last.down = bytes, s.sent
	s.acked, s.lost = 0, 0
	return out
}

// measure the uplink since the last call: packets that should have come and
// that came by themselves or repaired; and all bytes so far. It also brings
// the layers' bitrates up to date.
func (u *uplink) measure(now time.Time) (expected, received, bytes uint64) {
	u.mu.Lock()
	bytes = u.bytes
	publications := u.publications()
	u.mu.Unlock()
	for _, p := range publications {
		p.mu.Lock()
		keep := max(p.keeping.keep(now), keepFor(time.Duration(u.connection.rtt.Load())))
		for _, l := range p.layers {
			if l.connection == u.connection {
				if l.history != nil {
					l.history.Keep(keep)
				}
				e, r := l.measure(now)
				expected += e
				received += r
			}
		}
		p.mu.Unlock()
	}
	return expected, received, bytes
}

// measure a layer since the last call; the publication's mu is held.
func (l *layer) measure(now time.Time) (expected, received uint64) {
	if !l.measured.IsZero() && now.After(l.measured) {
		l.bitrate = int64(float64(l.bytes) * 8 / now.Sub(l.measured).Seconds())
		l.parts.measure(now.Sub(l.measured))
	}
	if l.bitrate > 0 {
		l.rated = l.bitrate
	}
	l.measured, l.bytes = now, 0
	r := &l.reception
	if !r.started {
		return 0, 0
	}
	total := uint64(r.highest-r.first) + 1
	expected, received = total-l.expected, r.firsts-l.firsts
	l.expected, l.firsts = total, r.firsts
	return expected, received
}
