package batch

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"
)

// segmentControl is the control message that says how long each segment is.
type segmentControl struct {
	header unix.Cmsghdr
	size   uint16
	_      [6]byte
}

// cursor is a place in a slab: a message and an entry of it.
type cursor struct {
	message int
	entry   int32
}

// mmsgSender sends slabs by sendmmsg, with GSO as long as that works.
type mmsgSender struct {
	raw      rawConn
	ipv4     bool // family of the socket
	gso      bool
	worked   bool // a GSO message has been taken
	doubt    bool // EINVAL to a first GSO message: its pieces show whether GSO is to blame
	call     mmsgCall
	counters *counters

	// What sendmmsg is given, one element for each message; at says where in
	// the slab it begins and count how many datagrams it has.
	headers  []mmsghdr
	names    []unix.RawSockaddrInet6
	controls []segmentControl
	at       []cursor
	count    []int32
	iovecs   []unix.Iovec

	// Of the send that runs. Fields, and control made once, so that nothing
	// is allocated.
	slab    *slab
	control func(fd uintptr)
}

func newMMsgSender(raw rawConn, ipv4, gso bool, counters *counters) *mmsgSender {
	m := &mmsgSender{
		raw: raw, ipv4: ipv4, gso: gso, call: sendMMsg, counters: counters,
		headers:  make([]mmsghdr, maxMessages),
		names:    make([]unix.RawSockaddrInet6, maxMessages),
		controls: make([]segmentControl, maxMessages),
		at:       make([]cursor, maxMessages+1),
		count:    make([]int32, maxMessages),
		iovecs:   make([]unix.Iovec, 0, slabDatagrams),
	}
	for i := range m.controls {
		c := &m.controls[i]
		c.header.Level, c.header.Type = unix.IPPROTO_UDP, unix.UDP_SEGMENT
		c.header.SetLen(unix.CmsgLen(2))
	}
	m.control = func(fd uintptr) { m.sendAll(fd) }
	return m
}

func (m *mmsgSender) method() Method {
	if m.gso {
		return MethodGSO
	}
	return MethodMMsg
}

func (m *mmsgSender) send(s *slab) {
	if s.empty() {
		return
	}
	m.slab = s
	if err := m.raw.Control(m.control); err != nil { // closed
		m.dropFrom(cursor{0, s.messages[0].first}, DropSendError)
	}
	m.slab = nil
}

func (m *mmsgSender) sendAll(fd uintptr) {
	s := m.slab
	// split is the message that is sent in pieces though GSO is on.
	from, split := cursor{0, s.messages[0].first}, none
	for from.message < len(s.messages) {
		n := m.build(from, split)
		from, split = m.sendBuilt(fd, n)
	}
}

// sendBuilt sends n headers and returns where to go on, and which message to
// split there.
func (m *mmsgSender) sendBuilt(fd uintptr, n int) (cursor, int) {
	end := cursor{len(m.slab.messages), none}
	for k := 0; k < n; {
		sent, err := m.call(fd, m.headers[k:n])
		m.counters.calls.Add(1)
		if err == nil && sent > 0 {
			m.sent(k, k+sent)
			k += sent // the kernel stops at the first bad one: ask it again
			continue
		}
		switch m.judge(err, m.count[k]) {
		case retry:
		case giveUp:
			m.dropFrom(m.at[k], DropSendBuffer)
			return end, none
		case withoutGSO:
			m.gso = false
			m.counters.resent.Add(1)
			return m.at[k], none
		case inPieces:
			m.counters.resent.Add(1)
			return m.at[k], m.at[k].message
		case skip:
			m.doubt = false
			m.counters.drop(dropFor(err), int(m.count[k]))
			k++
		}
	}
	return m.at[n], none
}

type verdict int

const (
	retry      verdict = iota
	giveUp             // nothing more leaves now
	withoutGSO         // GSO does not work at all
	inPieces           // GSO does not work for this message
	skip               // this message is bad
)

// judge what an error of a message with so many segments means. EIO: the
// route's device cannot do the checksums that GSO needs. EINVAL: there is no
// GSO, or the segments are longer than this path's MTU, or the destination is
// bad.
func (m *mmsgSender) judge(err error, segments int32) verdict {
	switch {
	case errors.Is(err, unix.EINTR):
		return retry
	case dropFor(err) == DropSendBuffer:
		return giveUp
	case segments == 1:
		return skip
	case errors.Is(err, unix.EIO), !m.gso:
		return withoutGSO
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.EMSGSIZE):
		m.doubt = !m.worked && errors.Is(err, unix.EINVAL)
		return inPieces
	}
	return skip
}

func (m *mmsgSender) sent(from, to int) {
	var datagrams, segments uint64
	for _, n := range m.count[from:to] {
		datagrams += uint64(n)
		if n > 1 {
			segments += uint64(n)
		}
	}
	m.worked = m.worked || segments > 0
	if m.doubt && !m.worked {
		m.gso = false
	}
	m.doubt = false
	m.counters.messages.Add(uint64(to - from))
	m.counters.datagrams.Add(datagrams)
	m.counters.segments.Add(segments)
}

func (m *mmsgSender) dropFrom(at cursor, reason Drop) {
	s, n := m.slab, 0
	for ; at.message < len(s.messages); at = m.nextMessage(at) {
		lost := 0
		for e := at.entry; e != none; e = s.entries[e].next {
			lost++
		}
		s.messages[at.message].lost = int32(lost) //nolint:gosec // at most a slab's
		n += lost
	}
	m.counters.drop(reason, n)
}

func (m *mmsgSender) nextMessage(at cursor) cursor {
	at.message++
	at.entry = none
	if at.message < len(m.slab.messages) {
		at.entry = m.slab.messages[at.message].first
	}
	return at
}

// build fills headers from a place in the slab on and returns how many. at[n]
// is where the next build begins.
func (m *mmsgSender) build(at cursor, split int) int {
	s, n := m.slab, 0
	m.iovecs = m.iovecs[:0]
	for at.message < len(s.messages) && n < maxMessages {
		msg := &s.messages[at.message]
		m.at[n] = at
		if m.gso && at.message != split && at.entry == msg.first {
			m.fill(n, msg, at.entry, msg.count)
			at = m.nextMessage(at)
		} else {
			m.fill(n, msg, at.entry, 1)
			if at.entry = s.entries[at.entry].next; at.entry == none {
				at = m.nextMessage(at)
			}
		}
		n++
	}
	m.at[n] = at
	return n
}

// fill header i with count datagrams of msg from entry e on. Datagrams that
// lie beside each other in the slab share an iovec.
func (m *mmsgSender) fill(i int, msg *message, e, count int32) {
	s, first := m.slab, len(m.iovecs)
	for range count {
		entry := &s.entries[e]
		if last := len(m.iovecs) - 1; last >= first && follows(&m.iovecs[last], &s.buf[entry.off]) {
			m.iovecs[last].SetLen(int(m.iovecs[last].Len) + int(entry.len))
		} else {
			m.iovecs = append(m.iovecs, unix.Iovec{Base: &s.buf[entry.off]})
			m.iovecs[last+1].SetLen(int(entry.len))
		}
		e = entry.next
	}
	h := &m.headers[i].hdr
	*h = unix.Msghdr{Name: (*byte)(unsafe.Pointer(&m.names[i])), Iov: &m.iovecs[first]}
	h.Namelen = putAddress(&m.names[i], msg.to, m.ipv4)
	h.SetIovlen(len(m.iovecs) - first)
	if count > 1 {
		m.controls[i].size = uint16(msg.segment)
		h.Control = (*byte)(unsafe.Pointer(&m.controls[i]))
		h.SetControllen(unix.CmsgSpace(2))
	}
	m.count[i] = count
}

func follows(v *unix.Iovec, b *byte) bool {
	return uintptr(unsafe.Pointer(v.Base))+uintptr(v.Len) == uintptr(unsafe.Pointer(b))
}
