package sfu

import (
	"testing"
	"time"
)

func TestKeyFrameAskerRepeatsUntilTheKeyFrameComesAndThenKeepsTheSpacing(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	var a keyFrameAsker
	if send, next := a.step(at(0), 0); send || !next.IsZero() {
		t.Error("asked though nobody wants one")
	}
	if !a.want() || a.want() {
		t.Error("the first want is new, the second is not")
	}
	send, next := a.step(at(0), 0)
	if !send || next != at(100) {
		t.Errorf("first: %v, next %v", send, next.Sub(start))
	}
	if send, _ = a.step(at(50), 0); send {
		t.Error("asked again after 50 ms")
	}
	if send, next = a.step(at(100), 200*time.Millisecond); send || next != at(300) {
		t.Errorf("before an answer can be here: %v, next %v", send, next.Sub(start))
	}
	if send, next = a.step(at(100), 0); !send || next != at(200) {
		t.Errorf("repeat: %v, next %v", send, next.Sub(start))
	}
	a.arrived()
	a.want()
	if send, next = a.step(at(500), 0); send || next != at(1000) {
		t.Errorf("within the spacing: %v, next %v", send, next.Sub(start))
	}
	if send, _ = a.step(at(1000), 0); !send {
		t.Error("not asked after the spacing")
	}
}

func TestKeyFrameAskerSlowsDownWhenNoneComes(t *testing.T) {
	now := time.Unix(1000, 0)
	var a keyFrameAsker
	a.want()
	asked := 0
	for range 30_000 {
		if send, _ := a.step(now, 0); send {
			asked++
		}
		now = now.Add(time.Millisecond)
	}
	if asked < 35 || asked > 45 {
		t.Errorf("asked %d times in 30 s", asked)
	}
}

func TestKeyFrameIsAskedForAtOnceWhenThePathIsBack(t *testing.T) {
	now := time.Unix(1000, 0)
	var a keyFrameAsker
	a.want()
	for range 5000 { // the path is dead: the pace is slow by now
		a.step(now, 0)
		now = now.Add(time.Millisecond)
	}
	if send, _ := a.step(now, 0); send {
		t.Fatal("the pace is not slow")
	}
	a.renew()
	if send, next := a.step(now, 0); !send || next.Sub(now) != keyFrameRepeat {
		t.Errorf("asked %v, again in %v", send, next.Sub(now))
	}
	a.arrived()
	a.want()
	if send, next := a.step(now.Add(time.Millisecond), 0); send || next.Sub(now) != keyFrameSpacing {
		t.Error("the spacing does not hold afterwards")
	}
}
