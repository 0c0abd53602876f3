package sfu

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/rtpext"
	"callrelay/sfu/internal/seq"
	"callrelay/sfu/internal/sieve"
	"callrelay/sfu/internal/svctest"
)

// wire keeps what was sent.
type wire struct {
	void
	headers  []rtp.Header
	payloads [][]byte
}

func (w *wire) Write(b []byte) (int, error) {
	var p rtp.Packet
	if err := p.Unmarshal(slices.Clone(b)); err != nil {
		return 0, err
	}
	w.headers = append(w.headers, p.Header)
	w.payloads = append(w.payloads, p.Payload)
	return w.void.Write(b)
}

// layered is a publisher of a stream with layers and one who watches it.
type layered struct {
	t           *testing.T
	encoder     *svctest.Encoder
	descriptors *svctest.Descriptors
	encoding    encoding
	stream      *stream
	sub         *subscription
	worker      *worker
	wire        *wire
	ids         rtpext.IDs
	number      uint16
	now         time.Time
}

// Frame numbers wrap within the tests.
const firstFrame = 65_500

func newLayered(t *testing.T, mode svctest.Mode, e encoding, described bool) *layered {
	t.Helper()
	s := newSFU(t)
	c := publisher(t, s)
	c.uplink.extensions.Set(rtpext.DependencyDescriptor.URI(), 12)
	c.uplink.extensions.Mixed = true
	st := &stream{uplink: c.uplink, ssrc: 5, section: c.uplink.sections["2"]}
	st.section.codecs[99] = e
	st.layer = st.section.publication.layerFor(c, &st.section.sendSection, "", 5, time.Now())
	l := &layered{
		t: t, encoder: svctest.New(mode), encoding: e, stream: st, worker: newWorker(s), wire: &wire{},
		ids: c.uplink.extensions, number: 100, now: time.Now(),
	}
	if described {
		l.descriptors = svctest.NewDescriptors(mode, firstFrame)
	}
	d := downlinkOf(t, s, l.worker)
	d.connection.pc, d.egress.sealer = c.pc, sealerPion
	video := newSlot(0, false, "x")
	video.writer, video.ssrc, video.payload[e], video.extensions = l.wire, 9, 99, l.ids
	video.begin(l.now)
	d.slots = []*slot{video}
	l.sub = newSubscription(d, video, binding{publication: st.section.publication})
	l.sub.start(l.now)
	return l
}

// packets of the next picture, two for each frame.
func (l *layered) packets(key bool) (out [][]byte) {
	for _, f := range l.encoder.Next(key) {
		for part := range 2 {
			start, end := part == 0, part == 1
			payload := l.encoder.Mode.VP9(&f, start, end)
			if l.encoding == encodingVP8 {
				payload = svctest.VP8(&f, start)
			}
			if l.encoding == encodingAV1 { // one OBU; of a key frame a sequence header
				payload = []byte{0x10, 0x30, 1}
				if f.Key && f.Spatial == 0 && start {
					payload = []byte{0x18, 0x08, 0, 0, 0, 0}
				}
			}
			var values rtpext.Values
			if l.descriptors != nil {
				values[rtpext.DependencyDescriptor] = l.descriptors.Value(&f, start, end)
			}
			l.number++
			b, _ := rtpext.Append(nil, rtpext.Header{
				PayloadType: 99, Seq: l.number, Timestamp: uint32(f.Picture) * 3000, SSRC: 5, Marker: end && f.Last, //nolint:gosec // small
			}, &l.ids, &values)
			out = append(out, append(b, payload...))
		}
	}
	return out
}

func (l *layered) send(packets ...[]byte) {
	l.now = l.now.Add(33 * time.Millisecond)
	for _, b := range packets {
		l.stream.write(b, l.now)
	}
	l.worker.mu.Lock()
	inbox := l.worker.inbox
	l.worker.inbox = nil
	l.worker.mu.Unlock()
	l.worker.handle(inbox, l.now)
	l.worker.send(l.now)
}

// check what was sent as a receiver would: numbers without a gap, one marker
// at the end of each picture, and nothing that needs what did not come.
func (l *layered) check() {
	l.t.Helper()
	var structure codec.Structure
	var d codec.Descriptor
	var numbers seq.Unwrapper
	got := map[seq.Number]bool{}
	picture := -1
	for i, h := range l.wire.headers {
		if f, _ := codec.Describe(codec.VP8, l.wire.payloads[i], false); l.encoding == encodingVP8 && f.Start {
			if picture >= 0 && int(f.Picture.ID) != (picture+1)&0x7fff {
				l.t.Fatalf("picture %d follows %d", f.Picture.ID, picture)
			}
			picture = int(f.Picture.ID)
		}
		if i > 0 && h.SequenceNumber != l.wire.headers[i-1].SequenceNumber+1 {
			l.t.Fatalf("number %d follows %d", h.SequenceNumber, l.wire.headers[i-1].SequenceNumber)
		}
		last := i+1 == len(l.wire.headers) || l.wire.headers[i+1].Timestamp != h.Timestamp
		if h.Marker != last {
			l.t.Fatalf("packet %d: marker %v, last of its picture %v", i, h.Marker, last)
		}
		if l.descriptors == nil {
			continue
		}
		if !structure.Parse(h.GetExtension(l.ids.ID(rtpext.DependencyDescriptor)), &d) {
			l.t.Fatalf("the descriptor of packet %d can't be read", i)
		}
		n, _ := numbers.Unwrap(d.Number)
		for _, before := range d.Before[:d.Dependencies] {
			if !got[n-seq.Number(before)] {
				l.t.Fatalf("frame %d needs frame %d, which did not come", n, n-seq.Number(before))
			}
		}
		got[n] = true
	}
}

// sent counts the packets since the last time.
func (l *layered) sent() int {
	n := len(l.wire.headers)
	l.wire.headers, l.wire.payloads = nil, nil
	return n
}

func TestLayersWithinAStreamAreLeftOutWithoutATrace(t *testing.T) {
	l1t3, l3t3 := svctest.Mode{Name: "L1T3", Spatial: 1, Temporal: 3}, svctest.Mode{Name: "L3T3", Spatial: 3, Temporal: 3}
	key := svctest.Mode{Name: "L3T3_KEY", Spatial: 3, Temporal: 3, KeyOnly: true}
	for name, row := range map[string]struct {
		mode      svctest.Mode
		encoding  encoding
		described bool
	}{
		"VP8 L1T3":               {l1t3, encodingVP8, false},
		"VP8 L1T3 described":     {l1t3, encodingVP8, true},
		"VP9 L1T3":               {l1t3, encodingVP9, false},
		"VP9 L3T3":               {l3t3, encodingVP9, false},
		"VP9 L3T3_KEY":           {key, encodingVP9, false},
		"VP9 L3T3 described":     {l3t3, encodingVP9, true},
		"VP9 L3T3_KEY described": {key, encodingVP9, true},
		"AV1 L1T3":               {l1t3, encodingAV1, true},
		"AV1 L3T3":               {l3t3, encodingAV1, true},
		"AV1 L3T3_KEY":           {key, encodingAV1, true},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLayered(t, row.mode, row.encoding, row.described)
			for i, cut := range []sieve.Cut{sieve.All(), {Spatial: 0, Temporal: 0}, {Spatial: 1, Temporal: 7}, {Spatial: 0, Temporal: 1}, {Spatial: 2, Temporal: 2}, {Spatial: 7, Temporal: 1}} {
				l.sub.sieve.Want(cut)
				for picture := range 21 {
					l.send(l.packets(i == 0 && picture == 0 || picture == 9)...)
				}
			}
			l.check()
			l.sub.sieve.Want(sieve.Cut{Spatial: 0, Temporal: 0})
			l.send(l.packets(true)...)
			l.sent()
			for range 12 {
				l.send(l.packets(false)...)
			}
			if got := l.sent(); got != 3*2 {
				t.Errorf("of 12 pictures %d packets of the lowest layers were sent, want those of 3", got)
			}
		})
	}
}

// A burst of a second is for the newest of its pictures: of those that are past
// it has the lowest frame rate, and all of them again before it ends.
func TestBurstHasTheLowestFrameRateUpToItsEnd(t *testing.T) {
	for name, row := range map[string]struct {
		described   bool
		least, most int
	}{
		"with descriptors":                {true, 5 + 4, 5 + 9},
		"without, which is all there was": {false, 28, 28},
	} {
		l := newLayered(t, svctest.Mode{Name: "L1T3", Spatial: 1, Temporal: 3}, encodingVP8, row.described)
		l.sub.end(l.now)
		for i := range 28 {
			l.send(l.packets(i == 0)...)
		}
		l.sub = newSubscription(l.sub.downlink, l.sub.slot, binding{publication: l.stream.section.publication})
		l.sub.start(l.now)
		l.worker.send(l.now)
		if got := len(l.wire.headers) / 2; got < row.least || got > row.most {
			t.Errorf("%s: the burst has %d of 28 pictures", name, got)
		}
		before := len(l.wire.headers)
		for range 16 {
			l.send(l.packets(false)...)
		}
		if got := (len(l.wire.headers) - before) / 2; got != 16 {
			t.Errorf("%s: %d of 16 pictures followed it", name, got)
		}
		l.check()
	}
}

// A packet of a layer that is left out comes late, when its number stands
// already: the receiver would ask for it, and gets a packet of nothing.
func TestPlaceOfALatePacketThatIsLeftOutIsFilled(t *testing.T) {
	l := newLayered(t, svctest.Mode{Name: "L1T3", Spatial: 1, Temporal: 3}, encodingVP9, false)
	l.send(l.packets(true)...)
	l.sub.sieve.Want(sieve.Cut{Spatial: 7, Temporal: 0})
	late := l.packets(false) // T2
	for range 3 {
		l.send(l.packets(false)...)
	}
	l.send(l.packets(false)...)
	before := len(l.wire.headers)
	l.send(late...)
	filled := l.wire.headers[before:]
	if len(filled) != 2 || !filled[0].Padding || len(l.wire.payloads[before]) != 0 {
		t.Fatalf("%d packets: %+v", len(filled), filled)
	}
	slices.SortFunc(l.wire.headers, func(a, b rtp.Header) int { return int(a.SequenceNumber) - int(b.SequenceNumber) })
	for i, h := range l.wire.headers[1:] {
		if h.SequenceNumber != l.wire.headers[i].SequenceNumber+1 {
			t.Errorf("number %d follows %d", h.SequenceNumber, l.wire.headers[i].SequenceNumber)
		}
	}
}

func TestBadDescriptorsAreCountedAndHarmNobody(t *testing.T) {
	l := newLayered(t, svctest.Mode{Name: "L1T3", Spatial: 1, Temporal: 3}, encodingVP8, true)
	l.descriptors = nil
	bad := rtpext.Values{rtpext.DependencyDescriptor: []byte{0xff, 1, 2, 0xff, 0xff, 0xff}}
	f := l.encoder.Next(true)
	for i := range uint16(50) {
		b, _ := rtpext.Append(nil, rtpext.Header{PayloadType: 99, Seq: 200 + i, Timestamp: uint32(i) * 3000, SSRC: 5, Marker: true}, &l.ids, &bad)
		l.send(append(b, svctest.VP8(&f[0], true)...))
	}
	c := &l.stream.uplink.connection.sfu.counters
	if got := c.named[countBadDescriptors].Load(); got != 50 {
		t.Errorf("%d of 50 were counted", got)
	}
	if got := l.sent(); got != 50 {
		t.Errorf("%d of 50 packets were forwarded", got)
	}
}

func TestLadderHasLayersWithinAStream(t *testing.T) {
	for name, row := range map[string]struct {
		mode svctest.Mode
		cuts []sieve.Cut
	}{
		"L1T3": {svctest.Mode{Name: "L1T3", Spatial: 1, Temporal: 3}, []sieve.Cut{{Spatial: 7, Temporal: 0}, {Spatial: 7, Temporal: 1}, sieve.All()}},
		"L3T3": {svctest.Mode{Name: "L3T3", Spatial: 3, Temporal: 3}, []sieve.Cut{
			{Spatial: 0, Temporal: 0}, {Spatial: 0, Temporal: 1}, {Spatial: 0, Temporal: 7}, {Spatial: 1, Temporal: 7}, sieve.All(),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLayered(t, row.mode, encodingAV1, true)
			start := time.Now()
			l.send(l.packets(true)...)
			p := l.stream.section.publication
			p.mu.Lock()
			l.stream.layer.measure(start)
			p.mu.Unlock()
			for range 40 {
				l.send(l.packets(false)...)
			}
			p.mu.Lock()
			l.stream.layer.measure(start.Add(time.Second))
			p.mu.Unlock()
			list := p.ladder(time.Now(), nil)
			var cuts []sieve.Cut
			for i, c := range list {
				cuts = append(cuts, c.cut)
				if i > 0 && c.bitrate <= list[i-1].bitrate {
					t.Errorf("rung %d has %d bit/s, the one below %d", i, c.bitrate, list[i-1].bitrate)
				}
			}
			if !slices.Equal(cuts, row.cuts) {
				t.Errorf("rungs %v, want %v", cuts, row.cuts)
			}
			if top, low := list[len(list)-1].size, list[0].size; row.mode.Spatial == 3 && (low.Width != 320 || top.Width < 1280) {
				t.Errorf("sizes from %v to %v", low, top)
			}
		})
	}
}
