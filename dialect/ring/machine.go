package ring

import (
	"maps"
	"slices"
)

// seat numbers a page in its room, from 1.
type seat int

// outside stands for a user of the product who is in no seat of the room.
const outside seat = -1

// state of a page. A page is idle, then
//
//	calling -> talking        it rang others, one accepted
//	invited -> talking        it was rung and accepted
//
// and idle again by a hang-up of anybody concerned.
type state int

const (
	idle state = iota
	calling
	invited
	talking
)

// page is one page as the machine sees it.
type page struct {
	state state
	// peer: who rang it (invited), whom it talks with (talking), or outside for
	// a call that signal rings elsewhere (calling).
	peer seat
	// caller: in this call the page offers; else it is offered to.
	caller bool
	// known: somebody outside the room has called it and can be called back.
	known bool
	// silent pages say nothing when they hang up: their connection closes.
	silent bool
}

// event is what happened to one page.
type event int

const (
	evJoin   event = iota
	evLeave        // its socket is gone
	evCall         // rings the others
	evAccept       // takes the ring
	evHangUp       // hangs up, declines or cancels
	evOffer        // sent its offer
	evAnswer       // sent its answer
	evQueue        // has shown that it is a silent one
	evLost         // its connection is lost
	evClosed       // it has closed its connection
	evRung         // somebody outside the room calls it
	evActive       // whom it called outside has accepted
	evOver         // signal has ended its call
)

// do is what is to be done about a page.
type do int

const (
	doInvite    do = iota // show the ring
	doStart               // tell it to make its offer
	doReset               // tell it to hang up
	doRefuse              // tell it that nobody has asked for what it sent
	doConnect             // bring it and peer into the room, each to watch the other
	doAccept              // accept the call from outside
	doHangUp              // leave the room, or end the call with outside, in whatever state
	doDecline             // refuse the call from outside that has just come
	doCallBack            // call who called last from outside
	doOffer               // send the server's offer
	doTakeOffer           // have its offer answered
	doTakeReply           // hand its answer on
)

type effect struct {
	do   do
	page seat
	peer seat // of doConnect
}

// machine of one room. Pure: no clock, no I/O.
type machine struct {
	pages map[seat]*page
	out   []effect
}

func newMachine() *machine { return &machine{pages: map[seat]*page{}} }

// step takes an event and returns what is to be done, in order.
func (m *machine) step(at seat, e event) []effect {
	m.out = nil
	p := m.pages[at]
	if p == nil {
		if e == evJoin {
			m.join(at)
		}
		return m.out
	}
	switch e {
	case evJoin:
	case evLeave:
		m.hangUp(at, p)
		delete(m.pages, at)
		m.out = slices.DeleteFunc(m.out, func(f effect) bool { return f.page == at && f.do == doReset })
	case evCall:
		m.call(at, p)
	case evAccept:
		m.accept(at, p)
	case evHangUp:
		m.hangUp(at, p)
		m.do(doReset, at)
	case evOffer:
		m.either(p.state == talking && p.caller, doTakeOffer, at)
	case evAnswer:
		m.either(p.state == talking && !p.caller, doTakeReply, at)
	case evQueue:
		p.silent = true
	case evLost:
		m.lost(at, p)
	case evClosed: // the one sign that a silent page gives
		if p.state == talking {
			m.hangUp(at, p)
			m.do(doReset, at)
		}
	case evRung:
		m.rung(at, p)
	case evActive:
		if p.state == calling && p.peer == outside {
			*p = page{state: talking, peer: outside, caller: true, known: p.known, silent: p.silent}
			m.do(doStart, at)
		}
	case evOver:
		if p.state == talking || p.peer == outside {
			m.hangUp(at, p)
			m.do(doReset, at)
		}
	}
	return m.out
}

func (m *machine) do(what do, at seat) { m.out = append(m.out, effect{do: what, page: at}) }

// either does what was asked for, or refuses.
func (m *machine) either(asked bool, what do, at seat) {
	if !asked {
		what = doRefuse
	}
	m.do(what, at)
}

// join invites a page that comes while somebody rings.
func (m *machine) join(at seat) {
	m.pages[at] = &page{}
	for _, s := range m.seats() {
		if q := m.pages[s]; q.state == calling && q.peer != outside {
			m.invite(at, s)
			return
		}
	}
}

func (m *machine) invite(at, by seat) {
	p := m.pages[at]
	p.state, p.peer = invited, by
	m.do(doInvite, at)
}

func (m *machine) call(at seat, p *page) {
	if p.state == talking { // it has closed its connection without a word
		m.hangUp(at, p)
	}
	switch {
	case p.state == invited && p.peer != outside: // both call at once, and both will offer
		m.connect(p.peer, at)
		m.pages[at].caller = true
		m.do(doStart, at)
	case p.state == idle:
		p.state, p.peer = calling, 0
		for _, s := range m.seats() {
			if m.pages[s].state == idle {
				m.invite(s, at)
			}
		}
		if len(m.out) == 0 && p.known {
			p.peer = outside
			m.do(doCallBack, at)
		}
	}
}

func (m *machine) accept(at seat, p *page) {
	switch {
	case p.state != invited:
	case p.peer == outside:
		p.state, p.caller = talking, false
		m.do(doAccept, at)
		m.do(doOffer, at)
	default:
		m.connect(p.peer, at)
		m.do(doOffer, at)
	}
}

// connect a caller with whom it reached, and stop the ring of all others.
func (m *machine) connect(from, to seat) {
	a, b := m.pages[from], m.pages[to]
	a.state, a.peer, a.caller = talking, to, true
	b.state, b.peer, b.caller = talking, from, false
	m.stopRinging(from)
	m.out = append(m.out, effect{do: doConnect, page: from, peer: to})
	m.do(doStart, from)
}

// stopRinging resets all whom a page still rings.
func (m *machine) stopRinging(by seat) {
	for _, s := range m.seats() {
		if q := m.pages[s]; q.state == invited && q.peer == by {
			q.state, q.peer = idle, 0
			m.do(doReset, s)
		}
	}
}

// hangUp ends whatever a page is in; the others concerned are told, the page
// itself is not.
func (m *machine) hangUp(at seat, p *page) {
	was, peer := p.state, p.peer
	p.state, p.peer, p.caller = idle, 0, false
	switch {
	case was == idle:
	case peer == outside:
		m.do(doHangUp, at)
	case was == talking:
		q := m.pages[peer]
		q.state, q.peer, q.caller = idle, 0, false
		m.do(doHangUp, at)
		m.do(doHangUp, peer)
		m.do(doReset, peer)
	case was == calling:
		m.stopRinging(at)
	case was == invited && !m.rings(peer):
		q := m.pages[peer]
		q.state, q.peer = idle, 0
		m.do(doReset, peer)
	}
}

// rings tells whether a page still rings anybody.
func (m *machine) rings(by seat) bool {
	for _, q := range m.pages {
		if q.state == invited && q.peer == by {
			return true
		}
	}
	return false
}

// lost: with a page that says nothing when it hangs up, a lost connection is a
// hang-up. Others may come back.
func (m *machine) lost(at seat, p *page) {
	if p.state != talking {
		return
	}
	if q := m.pages[p.peer]; !p.silent && (q == nil || !q.silent) {
		return
	}
	m.hangUp(at, p)
	m.do(doReset, at)
}

func (m *machine) rung(at seat, p *page) {
	if p.state != idle {
		m.do(doDecline, at)
		return
	}
	p.known = true
	m.invite(at, outside)
}

func (m *machine) seats() []seat { return slices.Sorted(maps.Keys(m.pages)) }
