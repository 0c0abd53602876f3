package speaker

import (
	"slices"
	"testing"
	"time"
)

const packet = 20 * time.Millisecond

// play packets of one level and return the time after them.
func play(m *Meter, now time.Time, level uint8, packets int) time.Time {
	for range packets {
		m.Update(now, level)
		now = now.Add(packet)
	}
	return now
}

func TestMeterHearsAVoiceInItsSecondPacketAndNoNoise(t *testing.T) {
	now := time.Unix(1000, 0)
	for _, row := range []struct {
		level    uint8
		packets  int
		speaking bool
	}{
		{25, 1, true},
		{35, 2, true},
		{45, 3, true},
		{127, 100, false},
		{62, 100, false},
		{55, 100, false},
		{35, 1, false},
	} {
		var m Meter
		end := play(&m, now, row.level, row.packets)
		if got := m.Heat(end.Add(-packet)) >= Speaking; got != row.speaking {
			t.Errorf("%d packets at -%d dB: heat %.1f", row.packets, row.level, m.Heat(end))
		}
	}
}

func TestMeterCoolsWithinSeconds(t *testing.T) {
	var m Meter
	now := play(&m, time.Unix(1000, 0), 20, 100)
	if hot := m.Heat(now.Add(300 * time.Millisecond)); hot < Speaking {
		t.Errorf("between two words heat is %.1f", hot)
	}
	if cold := m.Heat(now.Add(3 * time.Second)); cold >= Speaking/2 {
		t.Errorf("after 3 s heat is %.1f", cold)
	}
}

func TestRankKeepsWhoIsHeardUnlessAnotherIsClearlyLouder(t *testing.T) {
	for name, row := range map[string]struct {
		voices []Voice
		want   []int
	}{
		"nobody speaks":        {[]Voice{{0, true}, {0, true}, {0, false}}, []int{0, 1, 2}},
		"one begins":           {[]Voice{{0, true}, {0, true}, {12, false}}, []int{2, 0, 1}},
		"a noise":              {[]Voice{{0, true}, {0, true}, {4, false}}, []int{0, 1, 2}},
		"all speak":            {[]Voice{{30, true}, {28, true}, {33, false}}, []int{0, 1, 2}},
		"one is far louder":    {[]Voice{{30, true}, {20, true}, {40, false}}, []int{0, 2, 1}},
		"the one who is quiet": {[]Voice{{1, true}, {30, true}, {20, false}}, []int{1, 2, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Rank(row.voices); !slices.Equal(got, row.want) {
				t.Errorf("%v, want %v", got, row.want)
			}
		})
	}
}
