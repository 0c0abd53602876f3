package client

import (
	"slices"
	"testing"
	"time"
)

func TestWireStreamKeepsEachArrivalOnceAcrossTheWrap(t *testing.T) {
	var s WireStream
	for i, seq := range []uint16{65534, 65535, 1, 0, 1, 3} {
		s.note(seq, time.Duration(i)*time.Microsecond)
	}
	if want := []uint32{1, 2, 4, 3, 0, 6}; s.First != 1<<16|65534 || !slices.Equal(s.Arrivals, want) {
		t.Errorf("from %d: %v, want %v", s.First, s.Arrivals, want)
	}
	s.anchor(0, Mark{Sender: 7, Source: Video, Seq: 99})
	if want := (Anchor{Out: 1 << 17, Stream: Stream{7, Video}, Seq: 99}); !slices.Equal(s.Anchors, []Anchor{want}) {
		t.Errorf("got %+v, want %+v", s.Anchors, want)
	}
}

func TestWireStreamDoesNotGrowByALie(t *testing.T) {
	var s WireStream
	s.note(10, 0)
	for range 100 {
		s.note(uint16(10+20000), 0)
	}
	if len(s.Arrivals) != 1 {
		t.Errorf("%d numbers kept", len(s.Arrivals))
	}
}

func TestWireStreamOpensTheFirstPacketsAndThenOneInAFew(t *testing.T) {
	var s WireStream
	opened := 0
	for seq := range uint16(800) {
		if s.note(seq, 0) {
			opened++
		} else if seq < openFirst {
			t.Errorf("packet %d is not opened", seq)
		}
	}
	if opened < 50 || opened > 60 {
		t.Errorf("opened %d of 800", opened)
	}
}

func TestTransportIDIsReadFromAnyExtmapLine(t *testing.T) {
	for sdp, want := range map[string]uint8{
		"v=0\r\na=extmap:4 " + twccURI + "\r\n":          4,
		"a=extmap:12/sendrecv " + twccURI + "\na=mid:0":  12,
		"a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid": 0,
		"a=extmap:x " + twccURI:                          0,
	} {
		if got := transportID(sdp); got != want {
			t.Errorf("%q: got %d, want %d", sdp, got, want)
		}
	}
}
