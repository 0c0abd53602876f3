package sfu

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/rtpext"
	"callrelay/sfu/internal/sieve"
	"callrelay/sfu/internal/svctest"
)

// forgetful receives a stream with layers as Chromium does: it asks for a
// packet once, the moment it sees the gap, and reports by transport-wide number
// what came.
type forgetful struct {
	*layered
	lose     func() bool
	read     int // packets of the wire
	highest  uint16
	seen     map[uint16]time.Time     // when each was sent first
	got      map[uint16]time.Duration // how late each came
	came     map[uint16]bool          // by transport-wide number
	reported uint16
	lost     map[bool]int // true: repairs
	repairs  int
	unheard  int // requests that were lost
}

const (
	mendsSSRC    = 10
	mendsPayload = 100
)

func newForgetful(t *testing.T, mode svctest.Mode) *forgetful {
	t.Helper()
	l := newLayered(t, mode, encodingVP9, true)
	video := l.sub.slot
	video.rtxSSRC, video.rtxPayload[encodingVP9] = mendsSSRC, mendsPayload
	video.extensions.Set(rtpext.TransportSequence.URI(), 5)
	return &forgetful{
		layered: l, lose: func() bool { return false }, seen: map[uint16]time.Time{},
		got: map[uint16]time.Duration{}, came: map[uint16]bool{}, lost: map[bool]int{},
	}
}

// receive what was sent since the last time.
func (f *forgetful) receive() {
	for ; f.read < len(f.wire.headers); f.read++ {
		h, payload := f.wire.headers[f.read], f.wire.payloads[f.read]
		repair, number := h.SSRC == mendsSSRC, h.SequenceNumber
		if repair {
			number = binary.BigEndian.Uint16(payload)
			f.repairs++
		} else {
			f.seen[number] = f.now
		}
		if f.lose() {
			f.lost[repair]++
			continue
		}
		f.came[binary.BigEndian.Uint16(h.GetExtension(5))] = true
		if _, twice := f.got[number]; !twice {
			f.got[number] = f.now.Sub(f.seen[number])
		}
		if repair {
			continue
		}
		for missing := f.highest + 1; f.highest != 0 && missing != number; missing++ {
			f.ask(missing)
		}
		f.highest = number
	}
}

func (f *forgetful) ask(number uint16) {
	if f.lose() {
		f.unheard++
		return
	}
	f.sub.downlink.nack(&rtcp.TransportLayerNack{MediaSSRC: 9, Nacks: []rtcp.NackPair{{PacketID: number}}}, f.now)
}

// report what came of all up to the newest.
func (f *forgetful) report() {
	r := rtcp.TransportLayerCC{BaseSequenceNumber: f.reported, ReferenceTime: 1}
	count := uint16(f.sub.downlink.sender.book.Count())
	for n := count - 1; n != f.reported && !f.came[n]; n-- {
		count--
	}
	if count == f.reported || !f.came[count-1] {
		return
	}
	for n := f.reported; n != count; n++ {
		symbol := rtcp.TypeTCCPacketNotReceived
		if f.came[n] {
			symbol = rtcp.TypeTCCPacketReceivedSmallDelta
			r.RecvDeltas = append(r.RecvDeltas, &rtcp.RecvDelta{Type: symbol})
		}
		r.PacketChunks = append(r.PacketChunks, &rtcp.RunLengthChunk{PacketStatusSymbol: symbol, RunLength: 1})
	}
	r.PacketStatusCount = count - f.reported
	f.reported = count
	r.Header = rtcp.Header{Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: uint16(r.MarshalSize()/4 - 1)} //nolint:gosec // small
	raw, err := r.Marshal()
	if err != nil {
		f.t.Fatal(err)
	}
	f.sub.downlink.sender.feedback(raw, f.now)
	f.worker.send(f.now)
}

// spatial layer of each packet that was sent first, by number.
func (f *forgetful) spatial() map[uint16]uint8 {
	out := map[uint16]uint8{}
	var structure codec.Structure
	var d codec.Descriptor
	for _, h := range f.wire.headers {
		if h.SSRC == mendsSSRC {
			continue
		}
		if !structure.Parse(h.GetExtension(f.ids.ID(rtpext.DependencyDescriptor)), &d) {
			f.t.Fatal("a descriptor can't be read")
		}
		out[h.SequenceNumber] = d.Layer.Spatial
	}
	return out
}

// Chromium asks once for what it lacks of a picture's higher spatial layers:
// when the lowest of the next picture is there it thinks no more of it, and no
// picture is whole until the next key frame.
func TestHigherSpatialLayersArriveWithoutBeingAskedForTwice(t *testing.T) {
	f := newForgetful(t, svctest.Mode{Name: "L3T3", Spatial: 3, Temporal: 3})
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	loss := 25                            // one of so many
	f.lose = func() bool { return loss > 0 && random.IntN(loss) == 0 }
	for i := range 1530 {
		if i == 1500 { // what was lost last is seen by what comes after it
			loss = 0
		}
		f.send(f.packets(i%900 == 0)...)
		f.receive()
		if i%2 == 1 {
			f.report()
		}
	}
	if f.lost[false] < 100 || f.lost[true] < 2 || f.unheard < 2 {
		t.Fatalf("lost %d, repairs %d, requests %d", f.lost[false], f.lost[true], f.unheard)
	}
	for number, spatial := range f.spatial() {
		if late, there := f.got[number]; spatial > 0 && (!there || late > 400*time.Millisecond) {
			t.Errorf("packet %d of S%d arrived: %v, after %v", number, spatial, there, late)
		}
	}
	if f.repairs > f.lost[false]+f.lost[true] {
		t.Errorf("%d repairs for %d that were lost", f.repairs, f.lost[false]+f.lost[true])
	}
}

// A picture's last packet that is left has the marker also when it is sent
// again, whatever is left out by then: without it the picture is never whole.
func TestRepairHasTheMarkerOfWhatItRepairs(t *testing.T) {
	f := newForgetful(t, svctest.Mode{Name: "L3T3", Spatial: 3, Temporal: 3})
	f.sub.sieve.Begin(sieve.Cut{Spatial: 1, Temporal: 7})
	f.sub.targetCut = sieve.Cut{Spatial: 1, Temporal: 7}
	for i := range 5 {
		f.send(f.packets(i == 0)...)
	}
	last := f.wire.headers[len(f.wire.headers)-1]
	if !last.Marker {
		t.Fatal("the last packet has no marker")
	}
	f.sub.sieve.Want(sieve.Cut{Spatial: 0, Temporal: 7})
	for range 4 {
		f.send(f.packets(false)...)
	}
	f.ask(last.SequenceNumber)
	f.ask(last.SequenceNumber - 1)
	f.worker.send(f.now)
	repairs := f.wire.headers[len(f.wire.headers)-2:]
	if f.sub.sieve.Have().Spatial != 0 || repairs[0].SSRC != mendsSSRC || repairs[1].SSRC != mendsSSRC {
		t.Fatalf("%+v", repairs)
	}
	if !repairs[0].Marker || repairs[1].Marker {
		t.Errorf("the repair of the last packet has marker %v, that of the one before %v", repairs[0].Marker, repairs[1].Marker)
	}
}
