package speaker

import (
	"slices"
	"testing"
	"time"
)

const (
	packet  = 20 * time.Millisecond
	silence = 127
)

var start = time.Unix(1000, 0)

// play packets of one level and return the time after them.
func play(v *Voice, now time.Time, level uint8, packets int) time.Time {
	for range packets {
		v.Hear(now, level)
		now = now.Add(packet)
	}
	return now
}

func TestHeatHearsAVoiceInItsSecondPacketAndNoNoise(t *testing.T) {
	for _, row := range []struct {
		level   uint8
		packets int
		warm    bool
	}{
		{25, 1, true},
		{35, 2, true},
		{45, 3, true},
		{silence, 100, false},
		{62, 100, false},
		{55, 100, false},
		{35, 1, false},
	} {
		var v Voice
		end := play(&v, start, row.level, row.packets)
		if got := v.Heat(end.Add(-packet)) >= Warm; got != row.warm {
			t.Errorf("%d packets at -%d dB: heat %.1f", row.packets, row.level, v.Heat(end))
		}
	}
}

func TestHeatCoolsWithinSeconds(t *testing.T) {
	var v Voice
	now := play(&v, start, 20, 100)
	if hot := v.Heat(now.Add(300 * time.Millisecond)); hot < Warm {
		t.Errorf("between two words heat is %.1f", hot)
	}
	if cold := v.Heat(now.Add(3 * time.Second)); cold >= Warm/2 {
		t.Errorf("after 3 s heat is %.1f", cold)
	}
}

func TestNoiseThatNeverPausesIsNotSpeechAfterSeconds(t *testing.T) {
	var fan Voice
	now := play(&fan, start, 46, 10*50)
	if fan.Heat(now) >= Warm || fan.Speaks(now) {
		t.Errorf("a fan has heat %.1f and speaks: %v", fan.Heat(now), fan.Speaks(now))
	}
	now = play(&fan, now, 28, 15)
	if !fan.Speaks(now) {
		t.Error("who speaks above the fan is not heard")
	}
}

func TestLongSpeechStaysSpeech(t *testing.T) {
	var v Voice
	now := start
	for range 60 { // a minute of words of 700 ms and pauses of 300 ms
		now = play(&v, now, 30, 35)
		if !v.Speaks(now) || v.Heat(now) < Warm {
			t.Fatalf("after %v heat is %.1f, speaks %v", now.Sub(start), v.Heat(now), v.Speaks(now))
		}
		now = play(&v, now, 70, 15)
	}
}

func TestSpeaksBeginsWithinASyllableOrTwoAndBridgesBreaths(t *testing.T) {
	for name, row := range map[string]struct {
		loud, silent int // packets
		want         bool
	}{
		"two packets":          {2, 0, false},
		"a click":              {1, 4, false},
		"a syllable":           {10, 0, true},
		"a breath":             {50, 20, true},
		"a second of silence":  {50, 50, false},
		"silence from the mic": {0, 50, false},
	} {
		t.Run(name, func(t *testing.T) {
			var v Voice
			now := play(&v, start, silence, 100)
			for range row.loud {
				now = play(&v, now, 30, 1)
				v.Speaks(now)
			}
			now = play(&v, now, silence, row.silent)
			if got := v.Speaks(now); got != row.want {
				t.Errorf("speaks: %v", got)
			}
		})
	}
}

func TestActivityCountsPacketsOfAnyLength(t *testing.T) {
	for _, length := range []time.Duration{10, 20, 40, 60} {
		var v Voice
		now := start
		for range int64(time.Second / (length * time.Millisecond)) {
			v.Hear(now, 30)
			now = now.Add(length * time.Millisecond)
		}
		if got := v.activity.activeIn(now.Add(-time.Millisecond), units*blocks); got < 45 {
			t.Errorf("packets of %d ms: %d of 50 units active", length, got)
		}
	}
	var late Voice // a network that delivers in bursts
	now := start
	for range 20 {
		now = now.Add(50 * time.Millisecond)
		for range 3 {
			late.Hear(now, 30)
		}
	}
	if got := late.activity.activeIn(now, units*blocks); got < 45 {
		t.Errorf("in bursts %d of 50 units are active", got)
	}
}

func TestActivityForgetsAfterALongSilence(t *testing.T) {
	var v Voice
	now := play(&v, start, 20, 500)
	v.Hear(now.Add(24*time.Hour), silence)
	if got := v.activity.activeIn(now.Add(24*time.Hour), units*blocks); got > 2 {
		t.Errorf("%d units of yesterday are active", got)
	}
	v.Hear(start, 20) // a clock that jumps back harms nothing
	v.Scores(start)
}

func TestRankKeepsWhoIsHeardUnlessAnotherIsClearlyLouder(t *testing.T) {
	for name, row := range map[string]struct {
		voices []Standing
		want   []int
	}{
		"nobody speaks":        {[]Standing{{Heat: 0, Heard: true}, {Heat: 0, Heard: true}, {Heat: 0, Heard: false}}, []int{0, 1, 2}},
		"one begins":           {[]Standing{{Heat: 0, Heard: true}, {Heat: 0, Heard: true}, {Heat: 12, Heard: false}}, []int{2, 0, 1}},
		"a noise":              {[]Standing{{Heat: 0, Heard: true}, {Heat: 0, Heard: true}, {Heat: 4, Heard: false}}, []int{0, 1, 2}},
		"all speak":            {[]Standing{{Heat: 30, Heard: true}, {Heat: 28, Heard: true}, {Heat: 33, Heard: false}}, []int{0, 1, 2}},
		"one is far louder":    {[]Standing{{Heat: 30, Heard: true}, {Heat: 20, Heard: true}, {Heat: 40, Heard: false}}, []int{0, 2, 1}},
		"the one who is quiet": {[]Standing{{Heat: 1, Heard: true}, {Heat: 30, Heard: true}, {Heat: 20, Heard: false}}, []int{1, 2, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Rank(row.voices); !slices.Equal(got, row.want) {
				t.Errorf("%v, want %v", got, row.want)
			}
		})
	}
}

// Ten speak at one level, each in packets of its own time, and eight are heard
// by all: which eight stays. A voice that is not among them has all ranked with
// its packets, when it is hottest.
func TestEqualVoicesDoNotTakeEachOthersPlaces(t *testing.T) {
	const slots = 8
	voices, order := make([]Voice, 10), []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	standing := make([]Standing, len(voices))
	changes := 0
	for ms := range 10_000 {
		now, i := start.Add(time.Duration(ms)*time.Millisecond), ms%20/2
		if ms%2 == 1 {
			continue
		}
		voices[i].Hear(now, 30)
		if standing[i].Front {
			continue
		}
		ranked := make([]Standing, len(voices))
		for at, who := range order {
			standing[who].Heat = voices[who].Heat(now)
			ranked[at] = standing[who]
		}
		var next []int
		for _, at := range Rank(ranked) {
			next = append(next, order[at])
		}
		order = next
		for at, who := range order {
			if front := at < slots; front != standing[who].Front && ms > 1000 {
				changes++
			}
			standing[who].Heard, standing[who].Front = at <= slots, at < slots
		}
	}
	if changes > 0 {
		t.Errorf("%d times one came or went", changes)
	}
}
