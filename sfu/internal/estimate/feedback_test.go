package estimate

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
)

// runs makes a report of runs of one symbol; each received packet comes 1 ms
// after the one before.
func runs(base uint16, reference uint32, pairs ...uint16) *rtcp.TransportLayerCC {
	r := &rtcp.TransportLayerCC{BaseSequenceNumber: base, ReferenceTime: reference}
	for i := 0; i < len(pairs); i += 2 {
		symbol, n := pairs[i], pairs[i+1]
		r.PacketStatusCount += n
		r.PacketChunks = append(r.PacketChunks, &rtcp.RunLengthChunk{PacketStatusSymbol: symbol, RunLength: n})
		for range n {
			if symbol == yes {
				r.RecvDeltas = append(r.RecvDeltas, &rtcp.RecvDelta{Type: symbol, Delta: 1000})
			}
		}
	}
	return r
}

// encode a report as it travels, well-formed or not.
func encode(t testing.TB, r *rtcp.TransportLayerCC) []byte {
	t.Helper()
	b := make([]byte, reportHeader)
	binary.BigEndian.PutUint16(b[12:], r.BaseSequenceNumber)
	binary.BigEndian.PutUint16(b[14:], r.PacketStatusCount)
	binary.BigEndian.PutUint32(b[16:], r.ReferenceTime<<8)
	for _, chunk := range r.PacketChunks {
		raw, err := chunk.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, raw...)
	}
	for _, delta := range r.RecvDeltas {
		raw, err := delta.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, raw...)
	}
	b = append(b, make([]byte, -len(b)&3)...)
	b[0], b[1] = reportKind, reportType
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)/4-1))
	return b
}

const (
	no  = rtcp.TypeTCCPacketNotReceived
	yes = rtcp.TypeTCCPacketReceivedSmallDelta
)

func book(packets int) *Sent {
	s := NewSent(start)
	for i := range packets {
		s.Add(at(i), 100+i%900, ClassVideo, 0)
	}
	return s
}

func TestResultsTellEachOutcomeOnce(t *testing.T) {
	s := book(10)
	steps := []struct {
		report         *rtcp.TransportLayerCC
		received, lost int
	}{
		{runs(0, 0, yes, 2, no, 2, yes, 1), 3, 2},
		{runs(0, 0, yes, 2, no, 2, yes, 1), 0, 0}, // repeated
		{runs(2, 0, yes, 1, no, 1), 1, 0},         // a late packet, corrected
		{runs(0, 0, no, 5), 0, 0},                 // takes nothing back
		{runs(7, 0, yes, 1), 1, 0},                // the report before was lost
		{runs(5, 0, no, 1, yes, 1), 1, 1},         // and comes late
	}
	for i, step := range steps {
		results, ok := s.Results(encode(t, step.report), nil)
		if !ok {
			t.Fatalf("report %d refused", i)
		}
		received := 0
		for _, r := range results {
			if r.Received {
				received++
			}
			if !r.Sent.Equal(at(int(r.Number))) || r.Size != 100+int(r.Number) || r.Class != ClassVideo {
				t.Fatalf("report %d: %+v", i, r)
			}
		}
		if received != step.received || len(results)-received != step.lost {
			t.Fatalf("report %d: %d received, %d lost", i, received, len(results)-received)
		}
	}
}

func TestResultsRefuseWhatContradictsTheBook(t *testing.T) {
	short := runs(0, 0, yes, 7)
	short.RecvDeltas = short.RecvDeltas[:6] // fill the last word
	few := runs(0, 0, no, 3)
	few.PacketStatusCount = 9
	for name, report := range map[string]*rtcp.TransportLayerCC{
		"not sent yet":       runs(8, 0, yes, 3),
		"before the first":   runs(65530, 0, yes, 2),
		"nothing":            {},
		"more than the book": runs(0, 0, no, bookSize+1),
		"fewer times":        short,
		"fewer symbols":      few,
	} {
		if results, ok := book(10).Results(encode(t, report), nil); ok || len(results) > 0 {
			t.Errorf("%s: %d results", name, len(results))
		}
	}
	if _, ok := NewSent(start).Results(encode(t, runs(0, 0, yes, 1)), nil); ok {
		t.Error("results of nothing sent")
	}
}

func TestResultsGoOnWhereTheNumbersWrap(t *testing.T) {
	s := book(65540)
	results, ok := s.Results(encode(t, runs(65534, 0, yes, 6)), nil)
	if !ok || len(results) != 6 || results[0].Number != 65534 || results[5].Number != 65539 {
		t.Fatalf("%v, %+v", ok, results)
	}
	if results, ok := s.Results(encode(t, runs(100, 0, yes, 5)), nil); len(results) != 0 {
		t.Fatalf("forgotten packets: %v, %+v", ok, results)
	}
}

func TestArrivalsAreContinuousWhereTheReferenceTimeWraps(t *testing.T) {
	s := book(10)
	var arrivals []time.Duration
	for n, reference := range []uint32{1<<24 - 2, 1<<24 - 1, 0, 1, 1<<24 - 1, 2} {
		results, _ := s.Results(encode(t, runs(uint16(n), reference, yes, 1)), nil)
		arrivals = append(arrivals, results[0].Arrival)
	}
	for i, want := range []int{0, 1, 2, 3, 1, 4} {
		if got := arrivals[i] - arrivals[0]; got != time.Duration(want)*referenceUnit {
			t.Errorf("report %d: %v after the first", i, got)
		}
	}
}

func TestResultsAllocateNothing(t *testing.T) {
	s, report := NewSent(start), encode(t, runs(0, 0, yes, 50))
	results := make([]Result, 0, 64)
	if got := testing.AllocsPerRun(1000, func() {
		for range 50 {
			binary.BigEndian.PutUint16(report[12:], s.Add(start, 1000, ClassVideo, 0)-49)
		}
		results, _ = s.Results(report, results[:0])
		if len(results) != 50 {
			t.Fatalf("%d results", len(results))
		}
	}); got != 0 {
		t.Fatalf("%v allocations", got)
	}
}

func FuzzResults(f *testing.F) {
	recorder := twcc.NewRecorder(1)
	for n := range uint16(40) {
		if n%7 != 3 {
			recorder.Record(2, n, int64(n)*9000)
		}
	}
	for _, p := range recorder.BuildFeedbackPacket() {
		raw, err := p.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add(encode(f, runs(3, 1<<24-1, yes, 9, no, 3, yes, 2)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := book(3000)
		results, ok := s.Results(raw, nil)
		if len(results) > bookSize {
			t.Fatalf("%d results", len(results))
		}
		var pion rtcp.TransportLayerCC
		if pion.Unmarshal(raw) == nil && pion.PacketStatusCount > 0 && pion.PacketStatusCount <= bookSize {
			sameAsPion(t, raw, &pion)
		}
		if again, _ := s.Results(raw, nil); len(again) > 0 {
			t.Fatalf("%d results of the same report again, %v", len(again), ok)
		}
		NewRule().OnFeedback(at(5000), results)
	})
}

// sameAsPion: what Pion's parser takes, ours reads as it does. Ours takes more:
// a report without a time, and one whose last vector goes on behind its end.
func sameAsPion(t *testing.T, raw []byte, pion *rtcp.TransportLayerCC) {
	t.Helper()
	r, ok := parseReport(raw)
	if !ok || r.base != pion.BaseSequenceNumber || r.count != int(pion.PacketStatusCount) || r.reference != pion.ReferenceTime {
		t.Fatalf("%v, %+v, Pion reads %+v", ok, r, pion)
	}
	var want []uint16
	for _, chunk := range pion.PacketChunks {
		switch c := chunk.(type) {
		case *rtcp.RunLengthChunk:
			for range c.RunLength {
				want = append(want, c.PacketStatusSymbol)
			}
		case *rtcp.StatusVectorChunk:
			want = append(want, c.SymbolList...)
		}
	}
	n, deltas, timed := 0, r.deltas, 0
	r.each(func(symbol uint16) {
		if symbol != want[n] {
			t.Fatalf("packet %d: symbol %d, Pion reads %d", n, symbol, want[n])
		}
		n++
		if size := deltaSize(symbol); size > 0 {
			if got, is := timeOf(deltas[:size]), pion.RecvDeltas[timed].Delta; got.Microseconds() != is {
				t.Fatalf("packet %d: %v later, Pion reads %d us", n, got, is)
			}
			deltas, timed = deltas[size:], timed+1
		}
	})
	if n != r.count {
		t.Fatalf("%d symbols for %d packets", n, r.count)
	}
}

func BenchmarkSentAdd(b *testing.B) {
	s := NewSent(start)
	for range b.N {
		s.Add(start, 1000, ClassVideo, 0)
	}
}

func TestBookGrowsWithTheRateAndForgetsNothingYoung(t *testing.T) {
	s := NewSent(start)
	add := func(from, count, every int) (ms int) {
		for i := range count {
			s.Add(at(from+i*every), 1200, ClassVideo, 0)
		}
		return from + count*every
	}
	now := add(0, 500, 40)
	if len(s.records) != bookStart {
		t.Errorf("%d records for 25 packets a second", len(s.records))
	}
	now = add(now, 1500, 2)
	if len(s.records) != bookSize/2 {
		t.Errorf("%d records for 500 packets a second", len(s.records))
	}
	add(now, 9000, 0)
	if len(s.records) != bookSize {
		t.Errorf("%d records for a flood", len(s.records))
	}
	for n := range s.size() {
		if r := s.find(s.next - 1 - n); r == nil || r.size != 1200 {
			t.Fatalf("the packet %d before the last is forgotten", n)
		}
	}
	if s.find(s.next-1-s.size()) != nil || s.find(s.next) != nil {
		t.Error("found what is forgotten, or not sent")
	}
}

// A receiver reports each tenth of a second, and what it says travels for delay
// milliseconds; of each hundred packets one is lost, and comes late.
func reported(t *testing.T, perSecond, delay int) *Sent {
	t.Helper()
	const seconds, tenth = 10, 100
	s := NewSent(start)
	arrived := map[uint16]int{}
	sentAt := func(n int) int { return n * 1000 / perSecond }
	told, corrected := 0, 0
	report := func(b []byte) {
		results, ok := s.Results(b, nil)
		if !ok {
			t.Fatal("report refused")
		}
		for _, r := range results {
			if r.Received {
				arrived[r.Number.Wire()]++
			}
		}
	}
	for n := range perSecond * seconds {
		now := sentAt(n)
		s.Add(at(now), 1200, ClassVideo, 0)
		if told+perSecond*tenth/1000 > n || now < sentAt(told)+tenth+delay {
			continue
		}
		var symbols []uint16
		for range perSecond * tenth / 1000 {
			if told%100 == 50 {
				symbols = append(symbols, no, 1)
			} else {
				symbols = append(symbols, yes, 1)
			}
			told++
		}
		report(encode(t, runs(uint16(told-len(symbols)/2), 0, symbols...)))
		if late := told/100*100 - 50; late > corrected {
			report(encode(t, runs(uint16(late), 0, yes, 1)))
			corrected = late
		}
	}
	for n := range corrected {
		if arrived[uint16(n)] != 1 {
			t.Fatalf("packet %d of %d was told %d times", n, corrected, arrived[uint16(n)])
		}
	}
	return s
}

func TestBookIsAsLargeAsReportsAreLate(t *testing.T) {
	for _, tt := range []struct{ perSecond, delay, records int }{
		{50, 50, bookStart},
		{150, 50, 128},
		{500, 50, 128},
		{500, 500, 512},
		{1000, 50, 256},
		{1000, 1500, bookSize},
	} {
		if s := reported(t, tt.perSecond, tt.delay); len(s.records) != tt.records {
			t.Errorf("%d packets a second, reported %d ms late: %d records, want %d",
				tt.perSecond, tt.delay, len(s.records), tt.records)
		}
	}
}
