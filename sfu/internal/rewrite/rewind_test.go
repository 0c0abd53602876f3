package rewrite

import (
	"testing"

	"callrelay/sfu/internal/seq"
)

func TestMapRewindLeavesNoGapAndRepeatsNothingSent(t *testing.T) {
	m := NewMap[string](100)
	m.Bind("a", 10)
	for n := range seq.Number(5) { // 100 to 104
		m.Forward("a", 10+n)
	}
	m.Drop("a", 15)
	m.Forward("a", 16) // 105
	m.Bind("b", 1)
	m.Forward("b", 1) // 106
	m.Rewind(102)     // 103 to 106 were never written
	m.Bind("c", 7)
	if got, ok := m.Forward("c", 7); !ok || got != 103 {
		t.Errorf("the next number is %d, %v; want 103", got, ok)
	}
	for wire, want := range map[seq.Number]string{102: "a", 103: "c"} {
		if source, _, ok := m.Source(wire); !ok || source != want {
			t.Errorf("%d is of %q, %v; want %s", wire, source, ok, want)
		}
	}
	if _, _, ok := m.Source(104); ok {
		t.Error("104 still leads somewhere")
	}
	m.Rewind(200)
	if m.Last() != 103 {
		t.Errorf("a rewind forward moved to %d", m.Last())
	}
}
