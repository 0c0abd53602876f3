package sfu

import (
	"testing"
	"time"
)

func TestKeyFrameAskerRepeatsUntilTheKeyFrameComesAndThenKeepsTheSpacing(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	var a keyFrameAsker
	if send, next := a.step(at(0), 0, true); send || !next.IsZero() {
		t.Error("asked though nobody wants one")
	}
	if !a.want() || a.want() {
		t.Error("the first want is new, the second is not")
	}
	send, next := a.step(at(0), 0, true)
	if !send || next != at(100) {
		t.Errorf("first: %v, next %v", send, next.Sub(start))
	}
	if send, _ = a.step(at(50), 0, true); send {
		t.Error("asked again after 50 ms")
	}
	if send, next = a.step(at(100), 200*time.Millisecond, true); send || next != at(300) {
		t.Errorf("before an answer can be here: %v, next %v", send, next.Sub(start))
	}
	if send, next = a.step(at(100), 0, true); !send || next != at(200) {
		t.Errorf("repeat: %v, next %v", send, next.Sub(start))
	}
	a.arrived(at(120))
	a.want()
	if send, next = a.step(at(500), 0, true); send || next != at(1000) {
		t.Errorf("within the spacing: %v, next %v", send, next.Sub(start))
	}
	if send, _ = a.step(at(1000), 0, true); !send {
		t.Error("not asked after the spacing")
	}
}

// asks runs the asker for so long from now on and returns when it asked.
func asks(a *keyFrameAsker, now time.Time, long time.Duration, flows bool) (at []time.Duration) {
	for d := time.Duration(0); d < long; d += time.Millisecond {
		if send, _ := a.step(now.Add(d), 0, flows); send {
			at = append(at, d)
		}
	}
	return at
}

func TestKeyFrameAskerSlowsDownWhenNoneComes(t *testing.T) {
	for name, row := range map[string]struct {
		flows bool
		first []int // ms
		most  int   // in a minute
	}{
		"of a layer that flows":         {true, []int{0, 100, 200, 300, 500, 900, 1700, 2700}, 65},
		"of a layer that does not come": {false, []int{0, 300, 900, 2100, 4500, 9300, 17_300, 25_300}, 12},
	} {
		t.Run(name, func(t *testing.T) {
			var a keyFrameAsker
			a.want()
			asked := asks(&a, time.Unix(1000, 0), time.Minute, row.flows)
			if len(asked) < len(row.first) || len(asked) > row.most {
				t.Fatalf("asked %d times in a minute", len(asked))
			}
			for i, ms := range row.first {
				if asked[i] != time.Duration(ms)*time.Millisecond {
					t.Fatalf("asked at %v", asked[:len(row.first)])
				}
			}
		})
	}
}

func TestKeyFrameIsAskedForAtOnceWhenTheLayerFlowsAgain(t *testing.T) {
	now := time.Unix(1000, 0)
	var a keyFrameAsker
	if a.flowsAgain() {
		t.Error("though nobody wants one")
	}
	a.want()
	asks(&a, now, 20*time.Second, false)
	now = now.Add(20 * time.Second)
	if !a.flowsAgain() {
		t.Fatal("nobody wants one")
	}
	if asked := asks(&a, now, 150*time.Millisecond, true); len(asked) != 2 || asked[0] != 0 {
		t.Errorf("asked at %v", asked)
	}
}

// On a busy machine an answer takes longer than the wait for it.
func TestKeyFrameAskerLearnsHowLongAnAnswerTakes(t *testing.T) {
	now := time.Unix(1000, 0)
	var a keyFrameAsker
	for series := range 5 {
		a.want()
		took := time.Duration(190-20*series) * time.Millisecond
		asked := asks(&a, now, took, true)
		if want := map[bool]int{true: 2, false: 1}[series == 0]; len(asked) != want {
			t.Errorf("series %d: asked at %v", series, asked)
		}
		a.arrived(now.Add(took))
		now = now.Add(keyFrameSpacing)
	}
	a.want()
	if asked := asks(&a, now, 301*time.Millisecond, true); len(asked) != 2 {
		t.Errorf("after a request that was lost, asked at %v", asked)
	}
}

func TestKeyFrameIsAskedForAtOnceWhenThePathIsBack(t *testing.T) {
	now := time.Unix(1000, 0)
	var a keyFrameAsker
	a.want()
	for range 5000 { // the path is dead: the pace is slow by now
		a.step(now, 0, true)
		now = now.Add(time.Millisecond)
	}
	if send, _ := a.step(now, 0, true); send {
		t.Fatal("the pace is not slow")
	}
	a.renew()
	if send, next := a.step(now, 0, true); !send || next.Sub(now) != keyFrameRepeat {
		t.Errorf("asked %v, again in %v", send, next.Sub(now))
	}
	a.arrived(now)
	a.want()
	if send, next := a.step(now.Add(time.Millisecond), 0, true); send || next.Sub(now) != keyFrameSpacing {
		t.Error("the spacing does not hold afterwards")
	}
}
