package ledger

import (
	"testing"
	"time"

	"callrelay/benchmarks/internal/client"
)

var camera = client.Stream{Sender: 7, Source: client.Video}

// wire with arrivals a millisecond after they were sent; 0 is one that did not come.
func wire(arrived string, anchors ...client.Anchor) map[uint32]*client.WireStream {
	s := &client.WireStream{First: 100, Anchors: anchors}
	for i, c := range arrived {
		at := uint32(0)
		if c == 'x' {
			at = uint32(1000*i + 1000 + 1)
		}
		s.Arrivals = append(s.Arrivals, at)
	}
	return map[uint32]*client.WireStream{1: s}
}

func at(out, seq uint64) client.Anchor { return client.Anchor{Out: out, Stream: camera, Seq: seq} }

func TestWhatALightPeerGotIsSettledByItsAnchors(t *testing.T) {
	other := client.Stream{Sender: 8, Source: client.Video}
	for name, row := range map[string]struct {
		wire map[uint32]*client.WireStream
		want Account
	}{
		"all arrive":               {wire("xxxxx", at(100, 10)), Account{Sent: 5, Delivered: 5}},
		"one is missing":           {wire("xx.xx", at(100, 10)), Account{Sent: 5, Delivered: 4, Unexplained: 1}},
		"before the first anchor":  {wire("xxxxx", at(103, 13)), Account{Sent: 5, Delivered: 5}},
		"the end never came":       {wire("xxx", at(100, 10)), Account{Sent: 5, Delivered: 3, Unexplained: 2}},
		"the server closes a gap":  {wire("xxx", at(100, 10), at(102, 14)), Account{Sent: 5, Delivered: 3, DroppedByServer: 2}},
		"a closed gap and a loss":  {wire("x.x", at(100, 10), at(102, 14)), Account{Sent: 5, Delivered: 2, DroppedByServer: 2, Unexplained: 1}},
		"after the last, unjudged": {wire("xxxxxxxxx", at(100, 10)), Account{Sent: 5, Delivered: 5}},
		"another takes the slot":   {wire("xxxxx", at(100, 10), client.Anchor{Out: 104, Stream: other, Seq: 50}), Account{Sent: 5, Delivered: 5}},
	} {
		w := Wires{
			Sent:   func(client.Stream) Times { return Times{First: 10, Micros: []uint32{0, 1000, 2000, 3000, 4000}} },
			After:  map[client.Stream]uint64{},
			Last:   map[client.Stream]uint64{camera: 14},
			Steady: map[client.Stream]bool{camera: true},
		}
		heard := w.Settle(row.wire)[camera]
		if heard.Account != row.want {
			t.Errorf("%s:\n got %+v\nwant %+v", name, heard.Account, row.want)
		}
		for _, d := range heard.Delays {
			if d != time.Millisecond {
				t.Errorf("%s: delay %v", name, d)
			}
		}
	}
}

func TestWhatWasSentBeforeTheWindowIsNotJudged(t *testing.T) {
	w := Wires{
		Sent:  func(client.Stream) Times { return Times{} },
		After: map[client.Stream]uint64{camera: 12}, Last: map[client.Stream]uint64{camera: 14},
	}
	if got := w.Settle(wire(".xxxx", at(101, 11)))[camera].Account; got != (Account{Sent: 2, Delivered: 2}) {
		t.Errorf("got %+v", got)
	}
}

func TestAStreamThatMovesToAnotherSlotEndsInTheOldOne(t *testing.T) {
	streams := wire("xx", at(100, 10))
	streams[2] = &client.WireStream{First: 500, Arrivals: []uint32{5001, 6001, 7001}, Anchors: []client.Anchor{at(500, 12)}}
	w := Wires{
		Sent:  func(client.Stream) Times { return Times{} },
		After: map[client.Stream]uint64{}, Last: map[client.Stream]uint64{camera: 14},
		Steady: map[client.Stream]bool{camera: true},
	}
	if got := w.Settle(streams)[camera].Account; got != (Account{Sent: 5, Delivered: 5}) {
		t.Errorf("got %+v", got)
	}
}
