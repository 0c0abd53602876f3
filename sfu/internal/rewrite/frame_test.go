package rewrite

import (
	"testing"

	"callrelay/sfu/internal/seq"
)

func framed(n seq.Number, frame uint16) Numbers {
	return Numbers{Seq: n, Frame: FrameNumber{Present: true, Number: frame}}
}

func TestStreamNeverGivesTwoFramesOfDifferentSourcesOneNumber(t *testing.T) {
	for name, first := range map[string]uint16{"behind": 1, "ahead": 40_000, "the same": 70, "at the wrap": 65_535} {
		t.Run(name, func(t *testing.T) {
			s := NewStream[string](10, NewTimeline(90000, 0, start))
			s.Bind(at(0), "a", framed(500, 65))
			var last Numbers
			for i := range uint16(6) {
				last, _ = s.Forward(framed(500+seq.Number(i), 65+i))
			}
			s.Bind(at(66), "b", framed(60, first))
			for i := range uint16(3) {
				out, ok := s.Forward(framed(60+seq.Number(i), first+i))
				if want := last.Frame.Number + 1 + i; !ok || out.Frame.Number != want {
					t.Errorf("frame %d of the next source is number %d, want %d", i, out.Frame.Number, want)
				}
			}
		})
	}
}

func TestStreamKeepsTheDistancesOfASourcesFrames(t *testing.T) {
	s := NewStream[string](10, NewTimeline(90000, 0, start))
	s.Bind(at(0), "a", framed(1, 9))
	s.Forward(framed(1, 9))
	s.Bind(at(33), "b", framed(100, 5000))
	first, _ := s.Forward(framed(100, 5000))
	s.Drop(framed(101, 5001)) // a frame left out
	third, _ := s.Forward(framed(102, 5002))
	if got := third.Frame.Number - first.Frame.Number; got != 2 {
		t.Fatalf("two frames later is %d further", got)
	}
}

func TestStreamNumbersTheFramesOfASourceThatBeginsWithoutNumbers(t *testing.T) {
	s := NewStream[string](10, NewTimeline(90000, 0, start))
	s.Bind(at(0), "a", framed(1, 900))
	a, _ := s.Forward(framed(1, 900))
	s.Bind(at(33), "b", Numbers{Seq: 7})
	if out, _ := s.Forward(Numbers{Seq: 7}); out.Frame.Present {
		t.Error("a number where the source has none")
	}
	if b, _ := s.Forward(framed(8, 3)); b.Frame.Number != a.Frame.Number+1 {
		t.Errorf("%d follows %d", b.Frame.Number, a.Frame.Number)
	}
}

func TestStreamResendsAFrameUnderTheNumberItHad(t *testing.T) {
	s := NewStream[string](10, NewTimeline(90000, 0, start))
	s.Bind(at(0), "a", framed(1, 900))
	s.Forward(framed(1, 900))
	s.Bind(at(33), "b", framed(7, 3))
	out, _ := s.Forward(framed(7, 3))
	s.Bind(at(66), "c", framed(70, 30))
	s.Forward(framed(70, 30))
	o, ok := s.Origin(out.Seq.Wire())
	if !ok {
		t.Fatal("no origin")
	}
	if again, ok := s.Resend(o, framed(7, 3)); !ok || again.Frame != out.Frame {
		t.Errorf("sent again as %+v, first as %+v", again.Frame, out.Frame)
	}
}
