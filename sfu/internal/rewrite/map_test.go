package rewrite

import (
	"testing"

	"pgregory.net/rapid"

	"callrelay/sfu/internal/seq"
)

func TestMapRows(t *testing.T) {
	type step struct {
		op     string // bind, fwd, drop
		source string
		src    seq.Number
		want   seq.Number // of fwd; 0: refused
		stands bool       // drop is refused
	}
	for name, steps := range map[string][]step{
		"goes on by offset": {
			{"bind", "a", 500, 0, false},
			{"fwd", "a", 500, 10, false},
			{"fwd", "a", 503, 13, false},
			{"fwd", "a", 501, 11, false},
			{"fwd", "a", 501, 11, false},
			{"fwd", "a", 504, 14, false},
		},
		"follows the last at a switch": {
			{"bind", "a", 500, 0, false},
			{"fwd", "a", 502, 12, false},
			{"bind", "b", 7, 0, false},
			{"fwd", "b", 7, 13, false},
			{"fwd", "b", 6, 0, false},
			{"fwd", "b", 8, 14, false},
			{"fwd", "a", 501, 11, false}, // kept for it
			{"fwd", "a", 503, 0, false},
		},
		"dropped packets leave no gap": {
			{"bind", "a", 65535, 0, false},
			{"fwd", "a", 65535, 10, false},
			{"drop", "a", 65536, 0, false},
			{"drop", "a", 65537, 0, false},
			{"fwd", "a", 65538, 11, false},
			{"fwd", "a", 65536, 0, false},
		},
		"a packet missing before a drop keeps its number": {
			{"bind", "a", 1, 0, false},
			{"fwd", "a", 1, 10, false},
			{"drop", "a", 3, 0, false},
			{"fwd", "a", 4, 12, false},
			{"fwd", "a", 2, 11, false},
			{"drop", "a", 3, 0, false},
		},
		"a late packet cannot be dropped": {
			{"bind", "a", 1, 0, false},
			{"fwd", "a", 1, 10, false},
			{"fwd", "a", 3, 12, false},
			{"drop", "a", 2, 0, true},
			{"fwd", "a", 2, 11, false},
		},
		"dropping at the start of a binding takes nothing": {
			{"bind", "a", 1, 0, false},
			{"drop", "a", 1, 0, false},
			{"drop", "a", 2, 0, false},
			{"fwd", "a", 3, 10, false},
		},
		"a binding without packets takes nothing": {
			{"bind", "a", 1, 0, false},
			{"bind", "b", 1, 0, false},
			{"fwd", "b", 1, 10, false},
		},
		"a leap of the source stays small and visible": {
			{"bind", "a", 1, 0, false},
			{"fwd", "a", 1, 10, false},
			{"fwd", "a", 60000, 10 + maxGap, false},
			{"fwd", "a", 60001, 11 + maxGap, false},
			{"fwd", "a", 59999, 0, false},
		},
		"not bound": {{"fwd", "a", 1, 0, false}, {"drop", "a", 1, 0, false}},
	} {
		t.Run(name, func(t *testing.T) {
			m := NewMap[string](10)
			for i, s := range steps {
				switch s.op {
				case "bind":
					m.Bind(s.source, s.src)
				case "drop":
					if m.Drop(s.source, s.src) == s.stands {
						t.Fatalf("step %d: drop of %d", i, s.src)
					}
				case "fwd":
					if got, ok := m.Forward(s.source, s.src); got != s.want || ok != (s.want != 0) {
						t.Fatalf("step %d: %d became %d, %v; want %d", i, s.src, got, ok, s.want)
					}
				}
			}
		})
	}
}

func TestMapStartsBelowHalfTheNumberSpace(t *testing.T) {
	for first, want := range map[uint16]seq.Number{0: 1, 1: 1, 0x8000: 1, 0xffff: 0x7fff} {
		m := NewMap[int](first)
		m.Bind(1, 99)
		if got, _ := m.Forward(1, 99); got != want {
			t.Errorf("first %d became %d, want %d", first, got, want)
		}
	}
}

// origin is a source packet within one binding.
type origin struct {
	binding int
	src     seq.Number
}

// mapModel drives a Map with a random history and checks what must hold.
type mapModel struct {
	m       *Map[int]
	binding int
	first   seq.Number            // of the binding
	head    seq.Number            // highest source number so far
	byDst   map[seq.Number]origin // every number ever given
	bySrc   map[origin]seq.Number
	dropped map[origin]bool
}

func (d *mapModel) bind(src seq.Number) {
	d.binding++
	d.first, d.head = src, src
	d.m.Bind(d.binding, src)
}

func (d *mapModel) forward(t *rapid.T, src seq.Number) {
	before := d.m.Last()
	key := origin{d.binding, src}
	dst, ok := d.m.Forward(d.binding, src)
	known, again := d.bySrc[key]
	d.head = max(d.head, src)
	if !ok {
		if again && before-known < 16 {
			t.Fatalf("%v had the number %d and lost it", key, known)
		}
		return
	}
	if d.dropped[key] {
		t.Fatalf("%v was dropped and got the number %d", key, dst)
	}
	if again && known != dst {
		t.Fatalf("%v had the number %d, now %d", key, known, dst)
	}
	if other, used := d.byDst[dst]; used && other != key {
		t.Fatalf("%d stands for %v and %v", dst, other, key)
	}
	if dst > before+maxGap+2 {
		t.Fatalf("leap from %d to %d", before, dst)
	}
	for other, n := range d.bySrc {
		if other.binding == key.binding && (other.src < src) != (n < dst) && other != key {
			t.Fatalf("%v -> %d and %v -> %d are out of order", other, n, key, dst)
		}
		if other.binding < key.binding && n >= dst {
			t.Fatalf("%v -> %d lies after %v -> %d", other, n, key, dst)
		}
	}
	d.byDst[dst], d.bySrc[key] = key, dst
	if source, back, found := d.m.Source(dst); !found || source != key.binding || back != src {
		t.Fatalf("%d leads to %d/%d, %v; want %v", dst, source, back, found, key)
	}
}

func (d *mapModel) drop(src seq.Number) {
	if d.m.Drop(d.binding, src) {
		d.dropped[origin{d.binding, src}] = true
	}
	d.head = max(d.head, src)
}

func TestMapNeverGivesANumberTwiceAndFindsItsSourceAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := &mapModel{
			m:       NewMap[int](rapid.Uint16().Draw(t, "first")),
			byDst:   map[seq.Number]origin{},
			bySrc:   map[origin]seq.Number{},
			dropped: map[origin]bool{},
		}
		d.bind(seq.Number(rapid.Uint16().Draw(t, "src")))
		for range rapid.IntRange(1, 150).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "op") {
			case 0:
				d.bind(seq.Number(rapid.Uint16().Draw(t, "src")))
			case 1, 2:
				d.drop(d.head + seq.Number(rapid.IntRange(0, 3).Draw(t, "ahead")))
			case 3:
				late := seq.Number(rapid.IntRange(0, 20).Draw(t, "late"))
				d.forward(t, d.head-min(late, d.head))
			case 4:
				d.forward(t, d.head+seq.Number(rapid.IntRange(2, 3000).Draw(t, "gap")))
			default:
				d.forward(t, d.head+1)
			}
		}
	})
}

func TestMapIsGaplessWhateverIsDroppedWhenNothingIsMissing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := NewMap[int](1)
		want, src := seq.Number(1), seq.Number(65500)
		for binding := range rapid.IntRange(1, 4).Draw(t, "bindings") {
			m.Bind(binding, src)
			for _, keep := range rapid.SliceOf(rapid.Bool()).Draw(t, "keep") {
				if !keep {
					m.Drop(binding, src)
				} else if dst, ok := m.Forward(binding, src); !ok || dst != want {
					t.Fatalf("%d became %d, %v; want %d", src, dst, ok, want)
				} else {
					want++
				}
				src++
			}
		}
	})
}

func FuzzMap(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 255, 254, 0, 0, 9})
	f.Fuzz(func(t *testing.T, ops []byte) {
		m := NewMap[byte](1)
		given := map[seq.Number]origin{}
		binding, src := 0, seq.Number(70000)
		for i := 0; i+1 < len(ops); i += 2 {
			src += seq.Number(ops[i+1]) - 64
			switch ops[i] % 4 {
			case 0:
				binding++
				m.Bind(byte(binding), src)
			case 1:
				m.Drop(byte(binding), src)
			default:
				dst, ok := m.Forward(byte(binding), src)
				if !ok {
					continue
				}
				key := origin{binding, src}
				if old, used := given[dst]; used && old != key {
					t.Fatalf("%d stands for %v and %v", dst, old, key)
				}
				given[dst] = key
				if source, back, ok := m.Source(dst); !ok || source != byte(binding) || back != src {
					t.Fatalf("%d leads to %d/%d, %v", dst, source, back, ok)
				}
			}
		}
	})
}
