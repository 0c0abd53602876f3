package speaker

import (
	"testing"
	"time"
)

// turn of a conversation: the level of each voice for a while.
type turn struct {
	levels []uint8
	lasts  time.Duration
}

// hold a conversation, deciding every 100 ms; it returns who had the floor at
// the end, how often it passed on, and when it last did.
func hold(turns ...turn) (has, passed int, at time.Duration) {
	voices := make([]Voice, len(turns[0].levels))
	has = Nobody
	now := start
	for _, t := range turns {
		for end := now.Add(t.lasts); now.Before(end); now = now.Add(packet) {
			for i := range voices {
				voices[i].Hear(now, t.levels[i])
			}
			if now.Sub(start)%(100*time.Millisecond) != 0 || has != Nobody && now.Sub(start)-at < FloorLasts {
				continue
			}
			scores := make([]Scores, len(voices))
			for i := range voices {
				scores[i] = voices[i].Scores(now)
			}
			if next := Floor(scores, has); next != has {
				has, at = next, now.Sub(start)
				passed++
			}
		}
	}
	return has, passed, at
}

func TestFloorPassesToWhoSpeaksAndStaysCalm(t *testing.T) {
	const off, loud, soft = silence, 25, 40
	for name, row := range map[string]struct {
		turns  []turn
		has    int
		passed int
		by     time.Duration
	}{
		"nobody speaks":           {[]turn{{[]uint8{off, off}, 5 * time.Second}}, Nobody, 0, 0},
		"the first one":           {[]turn{{[]uint8{loud, off}, time.Second}}, 0, 1, 200 * time.Millisecond},
		"a click in silence":      {[]turn{{[]uint8{off, off}, time.Second}, {[]uint8{loud, off}, packet}, {[]uint8{off, off}, time.Second}}, Nobody, 0, 0},
		"one after the other":     {[]turn{{[]uint8{loud, off}, 5 * time.Second}, {[]uint8{off, loud}, 2 * time.Second}}, 1, 2, 5800 * time.Millisecond},
		"a cough":                 {[]turn{{[]uint8{loud, off}, 5 * time.Second}, {[]uint8{loud, loud}, 300 * time.Millisecond}, {[]uint8{loud, off}, time.Second}}, 0, 1, time.Second},
		"a cough in a breath":     {[]turn{{[]uint8{loud, off}, 5 * time.Second}, {[]uint8{off, loud}, 300 * time.Millisecond}, {[]uint8{loud, off}, time.Second}}, 0, 1, time.Second},
		"a soft one after a loud": {[]turn{{[]uint8{loud, off}, 5 * time.Second}, {[]uint8{off, soft}, 2 * time.Second}}, 1, 2, 6 * time.Second},
		"both at once":            {[]turn{{[]uint8{loud, off}, 2 * time.Second}, {[]uint8{loud, loud}, 10 * time.Second}}, 0, 1, time.Second},
		"silence afterwards":      {[]turn{{[]uint8{loud, off}, 2 * time.Second}, {[]uint8{off, off}, time.Minute}}, 0, 1, time.Second},
		"back after a silence":    {[]turn{{[]uint8{loud, off}, 2 * time.Second}, {[]uint8{off, off}, time.Minute}, {[]uint8{off, loud}, time.Second}}, 1, 2, 62500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			has, passed, at := hold(row.turns...)
			if has != row.has || passed != row.passed || at > row.by {
				t.Errorf("voice %d has the floor after %d changes, since %v; want voice %d after %d, by %v",
					has, passed, at, row.has, row.passed, row.by)
			}
		})
	}
}

func TestFloorIsHeldByOneAmongManyTalkers(t *testing.T) {
	// Six voices speak words of 0.3 to 0.8 s in turn, with small pauses.
	var turns []turn
	for i := range 40 {
		levels := []uint8{silence, silence, silence, silence, silence, silence}
		levels[i%6] = 30
		turns = append(turns, turn{levels, time.Duration(300+100*(i%6)) * time.Millisecond})
		turns = append(turns, turn{[]uint8{silence, silence, silence, silence, silence, silence}, 100 * time.Millisecond})
	}
	if _, passed, _ := hold(turns...); passed > 17 {
		t.Errorf("the floor passed on %d times in 25 s", passed)
	}
}

func TestScoresRiseWithActivity(t *testing.T) {
	for _, row := range []struct {
		all  int
		rate float64
	}{{steps, momentRate}, {units, shortRate}, {blocks, longRate}} {
		if got := score(0, row.all, row.rate); got != least {
			t.Errorf("of %d: silence scores %v", row.all, got)
		}
		for a := 1; a <= row.all/2; a++ {
			if score(a, row.all, row.rate) < score(a-1, row.all, row.rate) {
				t.Errorf("of %d: %d score less than %d", row.all, a, a-1)
			}
		}
	}
}

func TestFloorAllocatesNothing(t *testing.T) {
	voices := make([]Voice, 3)
	scores := make([]Scores, 3)
	now := start
	if got := testing.AllocsPerRun(100, func() {
		for i := range voices {
			voices[i].Hear(now, 30)
			scores[i] = voices[i].Scores(now)
		}
		now = now.Add(packet)
		Floor(scores, 0)
	}); got != 0 {
		t.Errorf("%v allocations", got)
	}
}
