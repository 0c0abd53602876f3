package sfu

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// askedPublisher is a publisher of a layer with a clock of its own, asked by
// an asker: 30 pictures a second, of which one that it is asked for is a key frame.
type askedPublisher struct {
	keyFrameAsker
	now     time.Time
	rtt     time.Duration
	encodes time.Duration // from the request heard to the picture that answers it
	stuck   time.Duration // until then nothing leaves it, and is late
	silent  bool
	lose    func() bool // the next request
	lossUp  func() bool // of the next key frame, which comes again after repairTime

	others  time.Time // see flow
	seen    []time.Duration
	due     []time.Duration // when requests that were heard are answered
	waiting []picture
	gaps    int
	began   time.Time
}

type picture struct {
	arrives time.Duration
	stamp   uint32
	key     bool
	late    bool // what came after it knows that it is missing
}

const (
	millisecond = time.Millisecond
	frameTime   = 33 * millisecond
	repairTime  = 100 * millisecond
)

func newAskedPublisher() *askedPublisher {
	began := time.Unix(1000, 0)
	no := func() bool { return false }
	return &askedPublisher{now: began, began: began, rtt: 20 * millisecond, lose: no, lossUp: no}
}

func (p *askedPublisher) flow() flow {
	return flow{rtt: p.rtt, comes: !p.silent, stamp: p.stamp(p.now.Sub(p.began) - p.rtt/2), others: p.others}
}

func (p *askedPublisher) stamp(at time.Duration) uint32 { return uint32(at/millisecond) * 90 }

// run for so long, a millisecond at a time; wanted tells who wants a key frame.
func (p *askedPublisher) run(long time.Duration, wanted func(at time.Duration) bool) {
	for end := p.now.Add(long); p.now.Before(end); p.now = p.now.Add(millisecond) {
		at := p.now.Sub(p.began)
		if wanted(at) {
			p.want()
		}
		if send, _ := p.step(p.now, p.flow()); send && !p.lose() {
			p.seen = append(p.seen, at)
			p.due = append(p.due, at+p.rtt/2+p.encodes)
		}
		if at%frameTime == 0 && !p.silent {
			p.shoot(at)
		}
		p.arrive(at)
	}
}

// shoot takes a picture, and sends it.
func (p *askedPublisher) shoot(at time.Duration) {
	pic := picture{stamp: p.stamp(at), arrives: max(at, p.stuck) + p.rtt/2}
	for len(p.due) > 0 && p.due[0] <= at {
		pic.key, p.due = true, p.due[1:]
	}
	if pic.key && p.lossUp() {
		pic.arrives += repairTime
		pic.late = true
		p.gaps++
	}
	p.waiting = append(p.waiting, pic)
}

func (p *askedPublisher) arrive(at time.Duration) {
	var later []picture
	for _, pic := range p.waiting {
		switch {
		case pic.arrives > at:
			later = append(later, pic)
			continue
		case pic.late:
			p.gaps--
		}
		if pic.key {
			p.arrived(pic.stamp, p.flow())
		} else if p.gaps == 0 {
			p.passed(pic.stamp, p.flow())
		}
	}
	p.waiting = later
}

// closest are the two requests with the least time between them.
func (p *askedPublisher) closest() time.Duration {
	least := time.Hour
	for i := 1; i < len(p.seen); i++ {
		least = min(least, p.seen[i]-p.seen[i-1])
	}
	return least
}

func always(time.Duration) bool { return true }
func never(time.Duration) bool  { return false }

func TestKeyFrameIsAskedForAtOnceAndThenOnceASecond(t *testing.T) {
	p := newAskedPublisher()
	p.run(10*time.Second, always)
	if len(p.seen) != 10 || p.seen[0] != 0 || p.closest() < keyFrameSpacing {
		t.Errorf("asked at %v", p.seen)
	}
	p.run(2*time.Second, never)
	p.run(millisecond, always)
	if at := p.now.Sub(p.began) - millisecond; p.seen[len(p.seen)-1] != at {
		t.Errorf("wanted at %v, asked last at %v", at, p.seen[len(p.seen)-1])
	}
}

// Whatever the path does, and whatever leaves the publisher late, it never hears
// more than one request in a second, and who wants a key frame has it soon.
func TestPublisherHearsOneRequestASecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string, most int) int { return rapid.IntRange(0, most).Draw(t, label) }
		p := newAskedPublisher()
		p.rtt = time.Duration(2*draw("half a round trip", 150)) * millisecond
		p.encodes = time.Duration(draw("encodes", 200)) * millisecond
		lost := false
		p.lose = func() bool {
			lost = !lost && draw("lost", 2) == 0
			return lost
		}
		p.lossUp = func() bool { return draw("late", 3) == 0 }
		for range 6 {
			began := p.now.Sub(p.began)
			var stuck time.Duration
			if draw("is stuck", 2) == 0 {
				stuck = time.Duration(draw("stuck", 400)) * millisecond
			}
			p.stuck = began + stuck
			answer := p.rtt + p.encodes + frameTime
			most := keyFrameSpacing + max(2*answer, p.rtt+keyFrameDeaf) + answer + 2*frameTime + 2*stuck + repairTime
			p.want()
			p.run(time.Duration(1+draw("for", 2500))*millisecond, func(at time.Duration) bool {
				if p.wanted && at-began > most {
					t.Fatalf("no key frame for %v of %v, asked at %v", at-began, most, p.seen)
				}
				return false
			})
			p.run(most, never)
			if p.wanted {
				t.Fatalf("no key frame within %v, asked at %v", most, p.seen)
			}
		}
		if p.closest() < keyFrameSpacing {
			t.Fatalf("asked at %v", p.seen)
		}
	})
}

func TestRequestThatWasLostIsRepeatedAsSoonAsThatIsProved(t *testing.T) {
	for name, row := range map[string]struct {
		answers int // before
		within  time.Duration
	}{
		"while it is not known how long answers take": {0, 400 * millisecond},
		"once that is known":                          {5, 200 * millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			p := newAskedPublisher()
			p.run(time.Duration(row.answers)*keyFrameSpacing, always)
			times := 0
			p.lose = func() bool { times++; return times == 1 }
			heard := len(p.seen)
			p.want()
			began := p.now.Sub(p.began)
			p.run(2*time.Second, never)
			if len(p.seen) != heard+1 || p.seen[heard]-began > row.within {
				t.Errorf("wanted at %v, heard at %v", began, p.seen[heard:])
			}
		})
	}
}

// A publisher that makes no key frames when asked is not asked twice as often.
func TestKeyFrameThatNeverComesIsAskedForOnceASecond(t *testing.T) {
	p := newAskedPublisher()
	p.encodes = time.Hour
	p.want()
	p.run(time.Minute, never)
	if len(p.seen) > 61 {
		t.Errorf("asked %d times in a minute", len(p.seen))
	}
}

func TestLayerThatDoesNotFlowIsAskedForLessAndLess(t *testing.T) {
	p := newAskedPublisher()
	p.silent, p.encodes = true, time.Hour
	p.want()
	p.run(time.Minute, never)
	want := []time.Duration{0, 1, 3, 7, 15, 23}
	if len(p.seen) > 11 {
		t.Fatalf("asked %d times in a minute", len(p.seen))
	}
	for i, at := range want {
		if p.seen[i] != at*time.Second {
			t.Fatalf("asked at %v", p.seen)
		}
	}
	p.silent = false
	heard, now := len(p.seen), p.now.Sub(p.began)
	if !p.flowsAgain() {
		t.Fatal("nobody wants one")
	}
	p.run(keyFrameSpacing, never)
	if len(p.seen) == heard || p.seen[heard] != max(now, p.seen[heard-1]+keyFrameSpacing) {
		t.Errorf("flows again at %v, asked at %v", now, p.seen[heard-1:])
	}
}

func TestKeyFrameIsAskedForAtOnceWhenThePathIsBack(t *testing.T) {
	p := newAskedPublisher()
	p.run(2*time.Second, always)
	heard := p.now
	p.silent, p.lose = true, func() bool { return true }
	p.run(1500*millisecond, always)
	p.silent, p.lose = false, func() bool { return false }
	before := len(p.seen)
	p.renew(heard)
	now := p.now.Sub(p.began)
	p.run(2*time.Second, always)
	if p.seen[before] != now || p.closest() < keyFrameSpacing {
		t.Errorf("back at %v, asked at %v", now, p.seen)
	}
}

// Browsers answer a request for one layer with key frames of all, and ignore
// another that follows it closely.
func TestRequestForAnotherLayerIsWaitedFor(t *testing.T) {
	p := newAskedPublisher()
	p.now = p.now.Add(time.Second)
	p.others = p.now.Add(-10 * millisecond)
	p.want()
	p.run(20*millisecond, never)
	p.arrived(p.stamp(p.now.Sub(p.began)), p.flow())
	p.run(3*time.Second, always)
	if first := p.began.Add(p.seen[0]); first != p.others.Add(keyFrameSpacing) {
		t.Errorf("asked for %v after a request for another layer, which had been answered", first.Sub(p.others))
	}
	p = newAskedPublisher()
	p.others = p.now.Add(-10 * millisecond)
	p.want()
	p.run(time.Second, never)
	if first := p.began.Add(p.seen[0]); first != p.others.Add(keyFrameDeaf) {
		t.Errorf("asked for %v after a request for another layer, which had not been answered", first.Sub(p.others))
	}
}
