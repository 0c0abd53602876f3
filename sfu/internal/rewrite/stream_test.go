package rewrite

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"callrelay/sfu/internal/seq"
)

func numbers(n seq.Number, ts uint32, picture uint16) Numbers {
	return Numbers{
		Seq: n, Timestamp: ts,
		Picture: Picture{Bits: 15, ID: picture & 0x7fff, HasTL0: true, TL0: uint8(picture)},
	}
}

func TestStreamContinuesAllNumbersAtASwitch(t *testing.T) {
	s := NewStream[string](10, NewTimeline(90000, 0, start))
	s.Bind(at(0), "a", numbers(500, 9000, 0x7fff))
	s.Forward(numbers(500, 9000, 0x7fff))
	a, _ := s.Forward(numbers(501, 12000, 0))
	s.Bind(at(66), "b", numbers(60, 1, 300))
	b, ok := s.Forward(numbers(60, 1, 300))
	if !ok || b.Seq != a.Seq+1 || b.Picture.ID != a.Picture.ID+1 || b.Picture.TL0 != a.Picture.TL0+1 {
		t.Fatalf("%+v follows %+v", b, a)
	}
	if got := b.Timestamp - a.Timestamp; got < 2900 || got > 3100 {
		t.Fatalf("the switch takes %d ticks", got)
	}
}

func TestStreamClosesPictureGapsOfDroppedFrames(t *testing.T) {
	s := NewStream[int](1, NewTimeline(90000, 0, start))
	s.Bind(start, 1, numbers(100, 0, 7))
	first, _ := s.Forward(numbers(100, 0, 7))
	for i := range seq.Number(3) { // a frame of three packets
		s.Drop(numbers(101+i, 3000, 8))
	}
	next, ok := s.Forward(numbers(104, 6000, 9))
	if !ok || next.Seq != first.Seq+1 || next.Picture.ID != first.Picture.ID+1 {
		t.Fatalf("%+v follows %+v", next, first)
	}
}

func TestStreamResendsAsSentFirstEvenAfterASwitch(t *testing.T) {
	s := NewStream[string](10, NewTimeline(90000, 0, start))
	in := numbers(500, 9000, 100)
	s.Bind(at(0), "a", in)
	first, _ := s.Forward(in)
	s.Forward(numbers(501, 12000, 101))
	s.Bind(at(66), "b", numbers(3, 5, 5))
	s.Forward(numbers(3, 5, 5))
	o, ok := s.Origin(first.Seq.Wire())
	if !ok || o.Source != "a" || o.Seq != 500 {
		t.Fatalf("origin %+v, %v", o, ok)
	}
	if again, ok := s.Resend(o, in); !ok || again != first {
		t.Fatalf("sent again as %+v, first as %+v", again, first)
	}
}

func TestStreamSendsNothingOfAForgottenSource(t *testing.T) {
	s := NewStream[string](10, NewTimeline(90000, 0, start))
	s.Bind(start, "a", numbers(1, 1, 1))
	out, _ := s.Forward(numbers(1, 1, 1))
	s.Forget("a")
	if _, ok := s.Forward(numbers(2, 1, 1)); ok {
		t.Error("forwarded")
	}
	if _, ok := s.Origin(out.Seq.Wire()); ok {
		t.Error("found for a resend")
	}
	if _, ok := s.Source(); ok {
		t.Error("still bound")
	}
}

func TestStreamRefusesABindingTooLongAgo(t *testing.T) {
	s := NewStream[int](10, NewTimeline(90000, 0, start))
	var first Numbers
	for i := range maxBindings + 1 {
		in := numbers(1, 1, 1)
		s.Bind(at(100*i), i, in)
		if out, _ := s.Forward(in); i == 0 {
			first = out
		}
	}
	if o, ok := s.Origin(first.Seq.Wire()); ok {
		t.Fatalf("found %+v", o)
	}
}

// Two people's frames, lost, late, dropped and switched at random: what was
// sent is always found again and is the same when sent again.
func TestStreamMapThenReverseGivesTheSource(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewStream[int](1, NewTimeline(90000, 0, start))
		bits := rapid.SampledFrom([]uint8{7, 15}).Draw(t, "bits")
		pos := seq.Number(rapid.IntRange(30, 65535).Draw(t, "src"))
		source := 0
		packet := func(n seq.Number) Numbers { // two packets a frame
			frame := uint32(n / 2)
			return Numbers{Seq: n, Timestamp: frame * 3000, Picture: Picture{
				Bits: bits, ID: uint16(frame) & (1<<bits - 1), HasTL0: true, TL0: uint8(frame),
			}}
		}
		now := start
		s.Bind(now, source, packet(pos))
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			now = now.Add(16 * time.Millisecond)
			n := pos
			switch rapid.IntRange(0, 9).Draw(t, "op") {
			case 0:
				source++
				pos = (pos + 2) &^ 1
				s.Bind(now, source, packet(pos))
				continue
			case 1, 2:
				s.Drop(packet(n))
				pos++
				continue
			case 3:
				n -= seq.Number(rapid.IntRange(0, 20).Draw(t, "late"))
			case 4:
				pos += seq.Number(rapid.IntRange(1, 20).Draw(t, "lost"))
				n = pos
			}
			pos = max(pos, n+1)
			out, ok := s.Forward(packet(n))
			if !ok {
				continue
			}
			o, ok := s.Origin(out.Seq.Wire())
			if !ok || o.Seq != n || o.Source != source {
				t.Fatalf("%d leads to %+v, %v", n, o, ok)
			}
			if again, ok := s.Resend(o, packet(n)); !ok || again != out {
				t.Fatalf("again %+v, first %+v", again, out)
			}
		}
	})
}

func TestStreamAllocatesNothing(t *testing.T) {
	s := NewStream[int](1, NewTimeline(90000, 0, start))
	n := seq.Number(10)
	s.Bind(start, 1, numbers(n, 0, 0))
	if got := testing.AllocsPerRun(1000, func() {
		n++
		out, _ := s.Forward(numbers(n, uint32(n)*300, uint16(n)))
		o, _ := s.Origin(out.Seq.Wire())
		s.Resend(o, numbers(n, uint32(n)*300, uint16(n)))
		n++
		s.Drop(numbers(n, uint32(n)*300, uint16(n)))
	}); got != 0 {
		t.Fatalf("%v allocations", got)
	}
}

func BenchmarkStreamForward(b *testing.B) {
	s := NewStream[int](1, NewTimeline(90000, 0, start))
	s.Bind(start, 1, numbers(1, 0, 0))
	for n := range seq.Number(b.N) {
		s.Forward(numbers(n+1, uint32(n)*300, uint16(n/10)))
	}
}
