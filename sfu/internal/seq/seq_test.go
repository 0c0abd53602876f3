package seq

import (
	"testing"

	"pgregory.net/rapid"
)

func TestUnwrapperStartsAtRolloverZero(t *testing.T) {
	var u Unwrapper
	if n, ok := u.Unwrap(65535); !ok || n != 65535 {
		t.Fatalf("first number became %d, %v", n, ok)
	}
	if n, _ := u.Unwrap(0); n != 65536 {
		t.Fatalf("after the wrap: %d", n)
	}
}

func TestUnwrapperRows(t *testing.T) {
	type step struct {
		wire uint16
		want Number
		ok   bool
	}
	for name, steps := range map[string][]step{
		"in order":         {{7, 7, true}, {8, 8, true}},
		"wrap and late":    {{65534, 65534, true}, {1, 65537, true}, {65535, 65535, true}, {2, 65538, true}},
		"duplicate":        {{9, 9, true}, {9, 9, true}},
		"before the start": {{5, 5, true}, {65534, 0, false}, {6, 6, true}},
		"far ahead":        {{0, 0, true}, {32767, 32767, true}, {65534, 65534, true}, {0, 65536, true}},
		"just behind zero": {{0, 0, true}, {65535, 0, false}},
	} {
		t.Run(name, func(t *testing.T) {
			var u Unwrapper
			for i, s := range steps {
				if n, ok := u.Unwrap(s.wire); n != s.want || ok != s.ok {
					t.Fatalf("step %d: %d gave %d, %v; want %d, %v", i, s.wire, n, ok, s.want, s.ok)
				}
			}
		})
	}
}

// Any walk whose steps stay below half the number space is followed exactly.
func TestUnwrapperFollowsAnyWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var u Unwrapper
		at := rapid.Int64Range(0, 65535).Draw(t, "start")
		u.Unwrap(uint16(at))
		highest := at
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			at = highest + rapid.Int64Range(-32768, 32767).Draw(t, "step")
			n, ok := u.Unwrap(uint16(at))
			if at < 0 {
				if ok {
					t.Fatalf("%d lies before the start, got %d", at, n)
				}
				continue
			}
			if !ok || int64(n) != at {
				t.Fatalf("%d became %d, %v", at, n, ok)
			}
			highest = max(highest, at)
		}
	})
}
