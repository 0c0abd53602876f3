package sfu

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/estimate"
	"callrelay/sfu/internal/rtpext"
)

// simulcast makes the camera's section of a publisher one with three layers.
func simulcast(c *connection) *uplinkSection {
	c.uplink.extensions.Set(rtpext.RID.URI(), 11)
	section := c.uplink.sections["2"]
	section.rids = []string{"q", "h", "f"}
	return section
}

// withRID is a packet of video that names its layer.
func withRID(c *connection, ssrc uint32, n uint16, rid string) []byte {
	values := rtpext.Values{rtpext.MID: []byte("2"), rtpext.RID: []byte(rid)}
	b, _ := rtpext.Append(nil, rtpext.Header{PayloadType: 96, Seq: n, Timestamp: uint32(n) * 3000, SSRC: ssrc}, &c.uplink.extensions, &values)
	return append(b, 0x90, 0x80, 0x80, byte(n), 0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 1, 180, 0)
}

func TestTwoHundredRIDsAreCountedAndMakeNoLayers(t *testing.T) {
	s := newSFU(t)
	c := publisher(t, s)
	section := simulcast(c)
	for i := range uint32(200) {
		st := &stream{uplink: c.uplink, ssrc: 1000 + i}
		for n := range uint16(5) {
			_, _ = st.Write(withRID(c, st.ssrc, n, fmt.Sprint("r", i)))
		}
	}
	p := section.publication
	p.mu.Lock()
	layers := len(p.layers)
	p.mu.Unlock()
	if got := s.counters.dropped[dropUnknownStream].Load(); got != 1000 || layers != 0 {
		t.Errorf("%d of 1000 packets counted, %d layers made", got, layers)
	}
	text, sections := realOffer(t)
	var rids strings.Builder
	for i := range 200 {
		fmt.Fprintf(&rids, "a=rid:r%d send\r\n", i)
	}
	text = strings.Replace(text, "a=mid:2\r\n", "a=mid:2\r\n"+rids.String(), 1)
	if _, err := parseOffer(text, sections); err == nil || !strings.Contains(err.Error(), "200 layers") {
		t.Errorf("an offer of 200 layers: %v", err)
	}
}

// A publisher that begins its layers anew all the time, each time with another
// SSRC, keeps three layers and the memory of three.
func TestRIDChurnKeepsThreeLayers(t *testing.T) {
	s := newSFU(t)
	c := publisher(t, s)
	p := simulcast(c).publication
	for i := range uint32(maxStreams - 1) {
		st := &stream{uplink: c.uplink, ssrc: 1000 + i}
		for n := range uint16(20) {
			_, _ = st.Write(withRID(c, st.ssrc, n, []string{"q", "h", "f"}[i%3]))
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.layers) != 3 {
		t.Fatalf("%d layers", len(p.layers))
	}
	for i, l := range p.layers {
		if l.rank != i || l.ended || l.ssrc < 1000+maxStreams-4 {
			t.Errorf("layer %d: rank %d, ended %v, SSRC %d", i, l.rank, l.ended, l.ssrc)
		}
	}
}

// Layers that claim any size and come at any rate, whatever their names say:
// what is chosen is always one of them, and a thin path is not overfilled for
// more than the lowest of each.
func TestLayersThatLieAreChosenWithinTheEstimate(t *testing.T) {
	s := newSFU(t)
	c := publisher(t, s)
	section := simulcast(c)
	p := section.publication
	now := time.Now()
	random := rand.New(rand.NewSource(1)) //nolint:gosec // the same lies each run
	for i, rid := range section.rids {
		p.layerFor(c, &section.sendSection, rid, uint32(100+i), now) //nolint:gosec // small
	}
	for range 2000 {
		p.mu.Lock()
		for _, l := range p.layers {
			l.last = now.Add(-time.Duration(random.Intn(1400)) * time.Millisecond)
			l.bitrate, l.rated = int64(random.Intn(8e6)), int64(random.Intn(8e6))
			l.size = codec.Size{Width: random.Intn(16384), Height: random.Intn(16384)}
			l.parts = parts{spatial: uint8(random.Intn(maxParts)), temporal: uint8(random.Intn(maxParts))} //nolint:gosec // small
			for k := range maxParts {
				l.parts.rates[k][random.Intn(maxParts)] = int64(random.Intn(4e6))
			}
		}
		p.mu.Unlock()
		list := p.ladder(now, nil)
		if len(list) > maxRIDs*maxParts*2 {
			t.Fatalf("%d rungs", len(list))
		}
		video := estimate.Video{ID: 1, Width: 640, Height: 360, Current: estimate.None}
		list, _ = climb(list, &video, random.Intn(4) == 0)
		var memory estimate.Memory
		e := estimate.Estimate{Target: 1e6}
		choice := estimate.Allocate(now, e, estimate.Wish{Videos: []estimate.Video{video}}, &memory, nil)[0]
		if choice.Layer >= len(list) {
			t.Fatalf("rung %d of %d was chosen", choice.Layer, len(list))
		}
		if choice.Layer > 0 && list[choice.Layer].bitrate > e.Target {
			t.Fatalf("%d bit/s were chosen for %d", list[choice.Layer].bitrate, e.Target)
		}
	}
}
