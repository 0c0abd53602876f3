package sfu

import (
	"testing"
	"time"

	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/estimate"
)

func TestDemandTurnsOnAtOnceAndOffAfterAWhile(t *testing.T) {
	now := time.Unix(1000, 0)
	var d demand
	d.begin(now)
	if tell, next := d.step(now, false); tell || next != now.Add(pauseAfter) {
		t.Fatalf("at the begin: tell %v, next %v", tell, next)
	}
	q, f := rankBit(0), rankBit(2)
	if !d.change(0, f, now) || d.change(0, f, now) {
		t.Error("the first subscription changes what is wanted, the second does not")
	}
	if tell, _ := d.step(now, false); !tell || d.told != f {
		t.Fatalf("told %b", d.told)
	}
	d.change(f, q, now)
	d.change(f, q, now)
	if tell, next := d.step(now, false); !tell || d.told != q|f || next != now.Add(pauseAfter) {
		t.Fatalf("while both are needed: told %b, next %v", d.told, next)
	}
	now = now.Add(pauseAfter)
	if tell, next := d.step(now, false); !tell || d.told != q || !next.IsZero() {
		t.Fatalf("afterwards: told %b, next %v", d.told, next)
	}
	d.change(q, 0, now)
	d.change(q, 0, now)
	now = now.Add(pauseAfter)
	if tell, _ := d.step(now, true); tell {
		t.Error("what is muted is paused besides")
	}
	if tell, _ := d.step(now, false); !tell || d.told != 0 {
		t.Errorf("nobody watches: told %b", d.told)
	}
	if tell, _ := d.step(now, false); tell {
		t.Error("told twice")
	}
}

func TestDemandTellsThatNobodyWatchesFromTheStart(t *testing.T) {
	now := time.Unix(1000, 0)
	var d demand
	d.begin(now)
	if tell, _ := d.step(now.Add(pauseAfter), false); !tell || d.told != 0 {
		t.Errorf("told %b", d.told)
	}
}

func TestDemandHasNothingDueBeforeThePublicationOpens(t *testing.T) {
	now := time.Unix(1000, 0)
	var d demand
	d.begin(now)
	if tell, next := d.step(now.Add(time.Hour), true); tell || !next.IsZero() {
		t.Errorf("tell %v, next %v", tell, next)
	}
}

func TestClimbTakesTheSmallestLayerThatFillsTheTile(t *testing.T) {
	layers := []*layer{{rank: 0}, {rank: 1}, {rank: 2}}
	all := func(late int, sizes ...codec.Size) (out []choice) {
		for i, s := range sizes {
			out = append(out, choice{layer: layers[i], size: s, late: i == late})
		}
		guess(out)
		return out
	}
	for name, row := range map[string]struct {
		list          []choice
		width, height int
		alone         bool
		enough        int // of rank
		usable        int
		hoped         ranks
	}{
		"small":               {all(-1, codec.Size{}, codec.Size{}, codec.Size{}), 320, 180, false, 0, 3, 0},
		"medium":              {all(-1, codec.Size{}, codec.Size{}, codec.Size{}), 640, 360, false, 1, 3, 0},
		"large":               {all(-1, codec.Size{}, codec.Size{}, codec.Size{}), 1920, 1080, false, 2, 3, 0},
		"really small layers": {all(-1, codec.Size{Width: 80, Height: 45}, codec.Size{Width: 160, Height: 90}, codec.Size{Width: 320, Height: 180}), 320, 180, false, 2, 3, 0},
		"alone":               {all(-1, codec.Size{}, codec.Size{}, codec.Size{}), 640, 360, true, 1, 1, 0},
		"late":                {all(2, codec.Size{}, codec.Size{}, codec.Size{}), 1280, 720, true, 1, 2, rankBit(2)},
		"none":                {nil, 1280, 720, false, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			v := estimate.Video{Width: row.width, Height: row.height}
			usable, hoped := climb(row.list, &v, row.alone)
			if len(usable) != row.usable || len(v.Layers) != row.usable || hoped != row.hoped {
				t.Fatalf("%d usable, hoped %b", len(usable), hoped)
			}
			if len(usable) > 0 && usable[v.Enough()].layer.rank != row.enough {
				t.Errorf("rank %d", usable[v.Enough()].layer.rank)
			}
		})
	}
}
