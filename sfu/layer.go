package sfu

import (
	"time"

	"github.com/pion/rtcp"

	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/history"
	"callrelay/sfu/internal/seq"
)

// layer is one encoding of a publication on one connection: one SSRC. All its
// fields are guarded by the publication's mu, but the timers, which belong to
// the publisher's worker.
type layer struct {
	publication *publication
	connection  *connection
	rid         string
	serial      uint64 // counts the publication's layers; larger is newer
	rank        int    // 0 is the smallest picture
	ssrc        uint32 // 0 until its first packet
	ended       bool

	numbers   seq.Unwrapper
	history   *history.Ring[description] // of video
	window    history.Window             // of sound
	losses    history.Losses
	lossArmed bool
	outages   uint64 // of the connection, seen here
	asker     keyFrameAsker
	reception reception
	// Of the running second, and by the last one's end; see measure.
	bytes            int
	measured         time.Time
	bitrate          int64
	rated            int64      // the last bitrate that was not 0
	size             codec.Size // 0 x 0 until a key frame has said it
	parts            parts
	described        *described // by dependency descriptors, if there are any
	expected, firsts uint64
	clock            publisherClock
	last             time.Time // arrival of the newest packet
	absence          absence
	// lastTimestamp is that of the newest packet.
	lastTimestamp uint32

	askTimer  timer
	freshAt   timer
	lossTimer timer
}

// What the history keeps of one layer: for so long as repairs on the longest
// path that it takes need, whatever its rate, and a key frame with what came
// after it for longer, to show a picture at once. It is most of a publisher's
// memory: for 1.2 Mbit/s 94 KiB where paths are short, and the descriptions.
func videoHistory() history.Config {
	return history.Config{
		Packets: 4096, FirstPackets: 64, Bytes: 2 << 20,
		Keep: keepUnknown, KeepKey: burstBytes, Age: 3 * time.Second,
	}
}

// Limits of the picture that is sent at once.
const (
	burstPackets = 400
	burstBytes   = 256 << 10
)

func newLayer(p *publication, c *connection, rid string, rank int, ssrc uint32) *layer {
	p.made++
	l := &layer{publication: p, connection: c, rid: rid, serial: p.made, rank: rank, ssrc: ssrc, outages: c.uplink.outages.Load()}
	l.askTimer.fire, l.freshAt.fire, l.lossTimer.fire = l.ask, l.freshen, l.askLost
	if p.waiting && !p.audio {
		p.worker.post(l.freshen)
	}
	return l
}

// seen makes room for the layer's packets, with the first one. Of sound only
// duplicates are told.
func (l *layer) seen() {
	if l.history == nil && !l.publication.audio {
		l.history = history.NewRing(videoHistory(), &l.publication.sfu.pieces)
	}
}

// clear forgets what was sent.
func (l *layer) clear() {
	if l.history != nil {
		l.history.Clear()
	}
}

// rate of the timestamps in ticks per second.
func (l *layer) rate() uint32 {
	if l.publication.audio {
		return encodingOpus.clockRate()
	}
	return encodingVP8.clockRate()
}

// put keeps a packet; false if it was here before or can't be told from one
// that was.
func (l *layer) put(d *description, b []byte, now time.Time) bool {
	c := &l.publication.sfu.counters
	info := history.Info{Seq: d.number, Timestamp: d.rtp.Timestamp, KeyStart: d.keyFrame && d.frameStart}
	var outcome history.Outcome
	if l.publication.audio {
		outcome = l.window.Put(d.number)
	} else {
		outcome = l.history.Put(now, info, b, *d)
	}
	switch outcome {
	case history.Stored:
	case history.Duplicate:
		c.drop(dropDuplicate)
		return false
	case history.TooOld:
		c.drop(dropTooLate)
		return false
	case history.TooLarge:
		c.drop(dropMalformed)
		return false
	}
	if !info.KeyStart && !l.coming(now) && l.asker.flowsAgain() {
		l.publication.worker.post(l.ask)
	}
	if highest, _ := l.numbers.Highest(); d.number == highest {
		l.absence.ends(now, l.last, d.frameStart)
		l.last, l.lastTimestamp = now, d.rtp.Timestamp
	}
	l.reception.receive(d.number, d.rtp.Timestamp, l.rate(), d.repaired, now)
	l.bytes += len(b)
	l.parts.add(&d.sift, len(b))
	l.note(d.number, now)
	switch {
	case info.KeyStart:
		l.asker.arrived(d.rtp.Timestamp, l.flow(now))
		c.count(countKeyFrames)
	case d.frameStart && !d.repaired && l.asker.wanted:
		if _, missing := l.losses.Next(); !missing && l.asker.passed(d.rtp.Timestamp, l.flow(now)) {
			l.publication.worker.post(l.ask)
		}
	}
	return true
}

// flow is how the layer comes in at this moment.
func (l *layer) flow(now time.Time) flow {
	ticks := now.Sub(l.last) * time.Duration(l.rate()) / time.Second
	f := flow{rtt: l.connection.roundTrip(), comes: l.coming(now), stamp: l.lastTimestamp + uint32(ticks)} //nolint:gosec // wraps
	for _, other := range l.publication.layers {
		if other != l && other.asker.asked.After(f.others) {
			f.others = other.asker.asked
		}
	}
	return f
}

// endOutage notes when the path to the publisher has been dead and is back.
func (l *layer) endOutage() {
	if l.publication.audio {
		return
	}
	outages := l.connection.uplink.outages.Load()
	if outages == l.outages {
		return
	}
	l.outages = outages
	l.losses.Abandon()
	if l.publication.audience > 0 {
		l.asker.renew(l.last)
		l.publication.worker.post(l.ask)
	}
}

// note that a number has arrived, whatever it carried.
func (l *layer) note(n seq.Number, now time.Time) {
	if l.publication.audio {
		return
	}
	l.losses.Received(now, n)
	if l.lossArmed {
		return
	}
	if _, missing := l.losses.Next(); missing {
		l.lossArmed = true
		l.publication.worker.post(l.askLost)
	}
}

// askLost asks the publisher for what is missing and sets itself again while
// something is. It runs on the publisher's worker.
func (l *layer) askLost(now time.Time) {
	p := l.publication
	p.mu.Lock()
	if l.ended {
		p.mu.Unlock()
		return
	}
	lost := l.losses.Due(now, l.connection.roundTrip(), nil)
	next, again := l.losses.Next()
	l.lossArmed = again
	if l.losses.KeyFrameAdvised() && l.asker.want() {
		p.worker.post(l.ask)
	}
	ssrc := l.ssrc
	p.mu.Unlock()
	if again {
		p.worker.wheel.at(&l.lossTimer, next)
	}
	if len(lost) > 0 {
		l.connection.writeRTCP(&rtcp.TransportLayerNack{MediaSSRC: ssrc, Nacks: nackPairs(lost)})
		p.sfu.counters.count(countNACKsOut)
		p.sfu.counters.add(countNACKedOut, uint64(len(lost)))
	}
}

// nackPairs packs ascending numbers as RFC 4585 has them: one and the 16 after it.
func nackPairs(numbers []seq.Number) (out []rtcp.NackPair) {
	var first seq.Number
	for _, n := range numbers {
		if len(out) > 0 && n-first <= 16 {
			out[len(out)-1].LostPackets |= 1 << (n - first - 1)
			continue
		}
		first = n
		out = append(out, rtcp.NackPair{PacketID: n.Wire()})
	}
	return out
}

// get a packet for a resend, with a reference; nil when it is gone.
func (l *layer) get(n seq.Number, now time.Time) *packet {
	if l.history == nil {
		return nil
	}
	p := l.publication.sfu.packets.get()
	bytes, found, ok := l.history.Get(now, n, p.buf[:0])
	if !ok {
		p.release()
		return nil
	}
	p.layer, p.description, p.arrival, p.size = l, found.Meta, found.Arrived, len(bytes)
	return p
}

// picture returns all packets from the newest key frame on, retained, or nil
// if one is missing or they are too many.
func (l *layer) picture(now time.Time) []*packet {
	if l.history == nil {
		return nil
	}
	burst, ok := l.history.Burst(now, burstPackets, burstBytes)
	if !ok || burst.Missing > 0 {
		return nil
	}
	out := make([]*packet, 0, burst.Packets)
	for n := burst.First; n <= burst.Last; n++ {
		p := l.get(n, now)
		if p == nil {
			release(out)
			return nil
		}
		out = append(out, p)
	}
	return out
}

// ask sends a key frame request if it is time, on the publisher's worker.
func (l *layer) ask(now time.Time) {
	p := l.publication
	p.mu.Lock()
	send, next := l.asker.step(now, l.flow(now))
	ssrc, ended := l.ssrc, l.ended
	p.mu.Unlock()
	if ended {
		return
	}
	if !next.IsZero() {
		p.worker.wheel.at(&l.askTimer, next)
	}
	if send {
		l.connection.writeRTCP(&rtcp.PictureLossIndication{MediaSSRC: ssrc})
		p.sfu.counters.count(countPLIsOut)
	}
}

// freshen asks for a key frame while the participant waits outside a room,
// and sets itself again. It runs on the publisher's worker.
func (l *layer) freshen(now time.Time) {
	p := l.publication
	p.mu.Lock()
	waiting := p.waiting && !l.ended
	wanted := waiting && now.Sub(l.last) < waitingKeyFrames && l.asker.want()
	p.mu.Unlock()
	if wanted {
		l.ask(now)
	}
	if waiting {
		p.worker.wheel.at(&l.freshAt, now.Add(waitingKeyFrames))
	}
}

// end gives the layer up; mu is held.
func (l *layer) end() {
	if l.ended {
		return
	}
	l.ended = true
	l.clear()
	l.publication.worker.post(func(time.Time) {
		w := l.publication.worker.wheel
		w.stop(&l.askTimer)
		w.stop(&l.freshAt)
		w.stop(&l.lossTimer)
	})
}
