package room

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func show(effects []effect) string {
	var out []string
	for _, e := range effects {
		s := fmt.Sprintf("%s%d", map[do]string{doMeet: "meet", doPart: "part", doWatch: "watch"}[e.do], e.page)
		if e.do == doWatch {
			s += fmt.Sprintf("-%d", e.partner)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestMachine(t *testing.T) {
	type move func(*machine) []effect
	join := func(s seat) move { return func(m *machine) []effect { return m.join(s) } }
	leave := func(s seat) move { return func(m *machine) []effect { return m.leave(s) } }
	product := func(is bool) move { return func(m *machine) []effect { return m.outside(is) } }
	for name, row := range map[string]struct {
		moves []move
		want  string
	}{
		"a page alone waits":                        {[]move{join(1)}, ""},
		"two meet":                                  {[]move{join(1), join(2)}, "meet1 watch1-2 meet2 watch2-1"},
		"a third is told nothing":                   {[]move{join(1), join(2), join(3)}, ""},
		"a third leaves":                            {[]move{join(1), join(2), join(3), leave(3)}, ""},
		"one of two leaves":                         {[]move{join(1), join(2), leave(1)}, "part2"},
		"who leaves comes back":                     {[]move{join(1), join(2), leave(1), join(1)}, "meet2 watch2-1 meet1 watch1-2"},
		"a free place is taken by who waited":       {[]move{join(1), join(2), join(3), leave(1)}, "watch2-3 meet3 watch3-2"},
		"joining twice changes nothing":             {[]move{join(1), join(2), join(2)}, ""},
		"a page alone sees who is of the product":   {[]move{join(1), product(true)}, "meet1 watch1--1"},
		"the product is there first":                {[]move{product(true), join(1)}, "meet1 watch1--1"},
		"two see each other, not the product":       {[]move{product(true), join(1), join(2)}, "watch1-2 meet2 watch2-1"},
		"one leaves, the other sees the product":    {[]move{join(1), join(2), product(true), leave(2)}, "watch1--1"},
		"the product leaves two as they are":        {[]move{join(1), join(2), product(true), product(false)}, ""},
		"the product leaves a page alone":           {[]move{join(1), product(true), product(false)}, "part1"},
		"a stranger's leaving concerns nobody here": {[]move{join(1), join(2), leave(9)}, ""},
	} {
		m := newMachine()
		var got []effect
		for _, move := range row.moves {
			got = move(m)
		}
		if s := show(got); s != row.want {
			t.Errorf("%s: %q, want %q", name, s, row.want)
		}
	}
}

func TestPartnersOfPagesAreMutualAndAtMostTwoArePaired(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine()
		for range rapid.IntRange(1, 40).Draw(t, "moves") {
			at := seat(rapid.IntRange(1, 4).Draw(t, "seat"))
			switch rapid.IntRange(0, 3).Draw(t, "move") {
			case 0, 1:
				m.join(at)
			case 2:
				m.leave(at)
			default:
				m.outside(at%2 == 0)
			}
			paired := 0
			for s, p := range m.partner {
				if p > nobody {
					paired++
					if m.partner[p] != s {
						t.Fatalf("%d sees %d, who sees %d", s, p, m.partner[p])
					}
				}
			}
			if paired > 2 || len(m.order) > 1 && paired != 2 {
				t.Fatalf("%d of %d pages are paired", paired, len(m.order))
			}
		}
	})
}
