package room

import "slices"

// seat numbers a page in its room, from 1.
type seat int

// nobody and outside stand in for a seat: no partner, and whoever of the
// product is in the room.
const (
	nobody  seat = 0
	outside seat = -1
)

// do is what is to be done about a page.
type do int

const (
	doMeet  do = iota // tell it that somebody is there, so that it offers
	doPart            // tell it that nobody is there any more
	doWatch           // show it partner
)

type effect struct {
	do      do
	page    seat
	partner seat // of doWatch
}

// machine of one room. Pure: no clock, no I/O.
type machine struct {
	order    []seat // of the pages' joining
	partner  map[seat]seat
	outsider bool // somebody of the product is in the room
}

func newMachine() *machine { return &machine{partner: map[seat]seat{}} }

func (m *machine) join(at seat) []effect {
	if !slices.Contains(m.order, at) {
		m.order = append(m.order, at)
	}
	return m.settle()
}

func (m *machine) leave(at seat) []effect {
	m.order = slices.DeleteFunc(m.order, func(s seat) bool { return s == at })
	delete(m.partner, at)
	return m.settle()
}

// outside says whether anybody of the product is in the room.
func (m *machine) outside(is bool) []effect {
	m.outsider = is
	return m.settle()
}

// settle brings each page to whom it should see now. A page that keeps a
// partner keeps its connection, whoever that partner is.
func (m *machine) settle() (out []effect) {
	for i, at := range m.order {
		had, want := m.partner[at], m.wanted(i)
		m.partner[at] = want
		switch {
		case had == want:
			continue
		case want == nobody:
			out = append(out, effect{do: doPart, page: at})
			continue
		case had == nobody:
			out = append(out, effect{do: doMeet, page: at})
		}
		out = append(out, effect{do: doWatch, page: at, partner: want})
	}
	return out
}

func (m *machine) wanted(place int) seat {
	switch {
	case place > 1:
		return nobody
	case len(m.order) > 1:
		return m.order[1-place]
	case m.outsider:
		return outside
	}
	return nobody
}
