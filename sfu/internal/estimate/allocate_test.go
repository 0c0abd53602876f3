package estimate

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func simulcast() []Layer {
	return []Layer{{150e3, 320, 180}, {500e3, 640, 360}, {1500e3, 1280, 720}}
}

// large is a video shown at full size.
func large(id uint64, current int) Video {
	return Video{ID: id, Layers: simulcast(), Width: 1280, Height: 720, Current: current}
}

func limited(target int64) Estimate {
	return Estimate{Target: target, Acknowledged: target / 2, ApplicationLimited: true}
}

func used(target int64) Estimate { return Estimate{Target: target, Acknowledged: target} }

func TestAllocateRows(t *testing.T) {
	small := large(1, None)
	small.Width, small.Height = 300, 170
	muted, hidden, silent, single := large(1, 0), large(1, 0), large(1, None), large(1, None)
	muted.Muted = true
	hidden.Width = 0
	silent.Layers = nil
	single.Layers = single.Layers[2:]
	for name, c := range map[string]struct {
		estimate Estimate
		audio    int64
		videos   []Video
		want     []Choice
	}{
		"begins with what fits":      {used(800e3), 0, []Video{large(1, None)}, []Choice{{1, 2, Bandwidth}}},
		"all fits":                   {used(5e6), 0, []Video{large(1, None)}, []Choice{{2, 2, Fits}}},
		"no more than is shown":      {used(5e6), 0, []Video{small}, []Choice{{0, 0, Fits}}},
		"sound comes first":          {used(520e3), 40e3, []Video{large(1, None)}, []Choice{{0, 2, Bandwidth}}},
		"muted":                      {used(5e6), 0, []Video{muted}, []Choice{{None, None, Muted}}},
		"not shown":                  {used(5e6), 0, []Video{hidden}, []Choice{{None, None, NotShown}}},
		"no media":                   {used(5e6), 0, []Video{silent}, []Choice{{None, None, NoMedia}}},
		"lowest layers first":        {used(700e3), 0, []Video{large(1, None), large(2, None)}, []Choice{{1, 2, Bandwidth}, {0, 2, Bandwidth}}},
		"the first when one fits":    {used(200e3), 0, []Video{large(1, None), large(2, None)}, []Choice{{0, 2, Bandwidth}, {None, 2, Bandwidth}}},
		"down at once":               {used(200e3), 0, []Video{large(1, 2)}, []Choice{{0, 2, Bandwidth}}},
		"what is sent has slack":     {used(1364e3), 0, []Video{large(1, 2)}, []Choice{{2, 2, Fits}}},
		"but no more than a tenth":   {used(1363e3), 0, []Video{large(1, 2)}, []Choice{{1, 2, Bandwidth}}},
		"one layer up":               {used(5e6), 0, []Video{large(1, 0)}, []Choice{{1, 2, Bandwidth}}},
		"one video up":               {used(9e6), 0, []Video{large(1, 0), large(2, 0)}, []Choice{{1, 2, Bandwidth}, {0, 2, Bandwidth}}},
		"a single layer is tried":    {limited(800e3), 0, []Video{single}, []Choice{{0, 0, Fits}}},
		"and not if the path fills":  {Estimate{Target: 800e3, Loss: 0.2, ApplicationLimited: true}, 0, []Video{single}, []Choice{{None, 0, Bandwidth}}},
		"tried beyond the estimate":  {limited(800e3), 0, []Video{large(1, 1)}, []Choice{{2, 2, Fits}}},
		"not far beyond it":          {limited(560e3), 0, []Video{large(1, 1)}, []Choice{{1, 2, Bandwidth}}},
		"not before it was reported": {Estimate{Target: 800e3, ApplicationLimited: true}, 0, []Video{large(1, 1)}, []Choice{{1, 2, Bandwidth}}},
		"nothing":                    {used(1e6), 0, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var m Memory
			got := Allocate(start, c.estimate, Wish{c.audio, c.videos}, &m, nil)
			if !slices.Equal(got, c.want) {
				t.Fatalf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// follow calls Allocate each 100 ms and obeys it at once; it returns the
// seconds at which the layer of the only video changed, and to what.
func follow(m *Memory, v *Video, from, to int, estimate func(current int) Estimate) (when []float64, layers []int) {
	for ms := from; ms < to; ms += 100 {
		c := Allocate(at(ms), estimate(v.Current), Wish{Videos: []Video{*v}}, m, nil)[0]
		if c.Layer != v.Current {
			when, layers = append(when, float64(ms)/1000), append(layers, c.Layer)
			v.Current = c.Layer
		}
	}
	return when, layers
}

func TestAllocateGoesUpOneLayerEachThreeSeconds(t *testing.T) {
	v := large(1, 0)
	when, layers := follow(&Memory{}, &v, 0, 10000, func(int) Estimate { return used(5e6) })
	if !slices.Equal(layers, []int{1, 2}) || !slices.Equal(when, []float64{0, 3}) {
		t.Fatalf("%v at %v", layers, when)
	}
}

func TestAllocateWaitsTwiceAsLongAfterEachStepThatFailed(t *testing.T) {
	v := large(1, 1)
	when, layers := follow(&Memory{}, &v, 0, 200000, func(current int) Estimate {
		if current == 2 {
			return Estimate{Target: 700e3, Queue: 200 * time.Millisecond}
		}
		return limited(700e3)
	})
	// Taken back at the next look; then 6, 12, 24, 48 and 48 s of waiting.
	var steps []float64
	for i := range layers {
		if layers[i] == 2 {
			steps = append(steps, when[i])
		}
	}
	want := []float64{0, 6.1, 18.2, 42.3, 90.4, 138.5, 186.6}
	if !slices.Equal(steps, want) {
		t.Fatalf("steps at %v, want %v", steps, want)
	}
}

func TestAllocateStepThatHeldShortensTheWaitAgain(t *testing.T) {
	m, v := Memory{wait: maxStepWait}, large(1, 0)
	when, layers := follow(&m, &v, 0, 20000, func(int) Estimate { return used(5e6) })
	if !slices.Equal(layers, []int{1, 2}) || !slices.Equal(when, []float64{0, 3}) {
		t.Fatalf("%v at %v", layers, when)
	}
}

func TestAllocateTrialEndsUnproved(t *testing.T) {
	v := large(1, 1)
	when, layers := follow(&Memory{}, &v, 0, 5000, func(int) Estimate { return limited(700e3) })
	if !slices.Equal(layers, []int{2, 1}) || !slices.Equal(when, []float64{0, 3}) {
		t.Fatalf("%v at %v", layers, when)
	}
}

func TestAllocateTrialTakesNothingFromOthers(t *testing.T) {
	first, second := large(1, 0), large(2, None)
	first.Layers, second.Layers = []Layer{{500e3, 640, 360}}, []Layer{{500e3, 640, 360}}
	var m Memory
	for ms := range 3 {
		got := Allocate(at(100*ms), limited(800e3), Wish{Videos: []Video{first, second}}, &m, nil)
		if got[0].Layer != 0 || got[1].Layer != 0 {
			t.Fatalf("look %d: %+v", ms, got)
		}
		second.Current = 0
	}
}

func TestAllocateStepWaitsForItsKeyFrame(t *testing.T) {
	var m Memory
	for ms := range 20 { // Current stays: no key frame has come
		got := Allocate(at(100*ms), used(5e6), Wish{Videos: []Video{large(1, 0)}}, &m, nil)
		if got[0].Layer != 1 {
			t.Fatalf("look %d: %+v", ms, got)
		}
	}
}

func TestAllocateKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m Memory
		now := start
		videos := make([]Video, rapid.IntRange(1, 5).Draw(t, "videos"))
		for i := range videos {
			videos[i] = large(uint64(i), None)
		}
		lastUp := start.Add(-time.Hour)
		for range rapid.IntRange(1, 30).Draw(t, "looks") {
			now = now.Add(time.Duration(rapid.IntRange(1, 2000).Draw(t, "ms")) * time.Millisecond)
			e := Estimate{
				Target:             rapid.Int64Range(MinBitrate, 10e6).Draw(t, "target"),
				Acknowledged:       1,
				Loss:               rapid.SampledFrom([]float64{0, 0.05, 0.2}).Draw(t, "loss"),
				ApplicationLimited: rapid.Bool().Draw(t, "limited"),
			}
			i := rapid.IntRange(0, len(videos)-1).Draw(t, "changed")
			videos[i].Muted = rapid.Bool().Draw(t, "muted")
			trial := m.pending || e.Clean() && e.ApplicationLimited
			choices := Allocate(now, e, Wish{Videos: videos}, &m, nil)
			spent, ups := 0.0, 0
			for i, c := range choices {
				v := &videos[i]
				if c.Layer > c.Wanted || v.Muted && c.Layer != None || (c.Reason == Fits) != (c.Wanted != None && c.Layer == c.Wanted) {
					t.Fatalf("%+v for %+v", c, v)
				}
				if v.Current != None && c.Layer > v.Current {
					ups += c.Layer - v.Current
				}
				if c.Layer != None {
					cost := float64(v.Layers[c.Layer].Bitrate)
					if v.Current >= c.Layer {
						cost /= slack
					}
					spent += cost
				}
				v.Current = c.Layer
			}
			if ups > 1 || ups == 1 && now.Sub(lastUp) < stepWait {
				t.Fatalf("%d steps up %v after the last", ups, now.Sub(lastUp))
			}
			if ups == 1 {
				lastUp = now
			}
			if !trial && spent > float64(e.Target) {
				t.Fatalf("%.0f of %d", spent, e.Target)
			}
		}
	})
}

func TestAllocateAllocatesNothing(t *testing.T) {
	var m Memory
	wish := Wish{Audio: 40e3, Videos: []Video{large(1, 1), large(2, 0), large(3, None)}}
	choices := make([]Choice, 0, 8)
	if got := testing.AllocsPerRun(100, func() {
		choices = Allocate(start, limited(2e6), wish, &m, choices[:0])
	}); got != 0 {
		t.Fatalf("%v allocations", got)
	}
}

func BenchmarkAllocateTwentyFiveVideos(b *testing.B) {
	var m Memory
	var wish Wish
	for i := range uint64(25) {
		wish.Videos = append(wish.Videos, large(i, 0))
	}
	choices := make([]Choice, 0, 25)
	for b.Loop() {
		choices = Allocate(start, used(8e6), wish, &m, choices[:0])
	}
}
