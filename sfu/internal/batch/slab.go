package batch

import "net/netip"

// entry is one datagram in a slab: bytes [off, off+len) of its buffer.
type entry struct {
	off, len int32
	next     int32 // entry that follows in the same message, or none
}

const none = -1

// message is a run of datagrams to one destination that may leave as one GSO
// message: all of segment bytes, only the last may be shorter.
type message struct {
	to          netip.AddrPort
	first, last int32 // entries
	count       int32 // datagrams
	segment     int32 // bytes of each datagram but the last
	bytes       int32
	closed      bool // takes no more

	destination *Destination // of an Outbox
	lost        int32        // datagrams that found the socket full
}

// slab holds written datagrams until they are flushed. It never grows. Its
// owner serialises all access.
type slab struct {
	buf         []byte
	entries     []entry
	messages    []message
	open        map[netip.AddrPort]int32 // the newest message of each destination
	maxSegments int
}

func newSlab(bytes, datagrams, maxSegments int) *slab {
	return &slab{
		buf:         make([]byte, 0, bytes),
		entries:     make([]entry, 0, datagrams),
		messages:    make([]message, 0, datagrams),
		open:        make(map[netip.AddrPort]int32),
		maxSegments: maxSegments,
	}
}

func (s *slab) empty() bool { return len(s.entries) == 0 }

func (s *slab) reset() {
	s.buf, s.entries, s.messages = s.buf[:0], s.entries[:0], s.messages[:0]
	clear(s.open)
}

// add copies b. It reports false when the slab has no room for it.
func (s *slab) add(b []byte, to netip.AddrPort) bool {
	if len(s.buf)+len(b) > cap(s.buf) || len(s.entries) == cap(s.entries) {
		return false
	}
	e := int32(len(s.entries))
	s.entries = append(s.entries, entry{off: int32(len(s.buf)), len: int32(len(b)), next: none})
	s.buf = append(s.buf, b...)
	if i, ok := s.open[to]; ok && s.messages[i].takes(len(b), s.maxSegments) {
		s.extend(&s.messages[i], e)
		return true
	}
	s.open[to] = int32(len(s.messages))
	s.messages = append(s.messages, message{
		to: to, first: e, last: e, count: 1, segment: int32(len(b)), bytes: int32(len(b)),
	})
	return true
}

// place adds b, which was written behind the last datagram or is copied there,
// for a destination. Only datagrams that follow one another share a message.
// The caller has seen that there is room.
func (s *slab) place(b []byte, d *Destination) {
	e := int32(len(s.entries))
	s.entries = append(s.entries, entry{off: int32(len(s.buf)), len: int32(len(b)), next: none})
	if free := s.buf[len(s.buf):cap(s.buf)]; len(free) >= len(b) && &free[0] == &b[0] {
		s.buf = s.buf[:len(s.buf)+len(b)]
	} else {
		s.buf = append(s.buf, b...)
	}
	if n := len(s.messages) - 1; n >= 0 && s.messages[n].destination == d && s.messages[n].takes(len(b), s.maxSegments) {
		s.extend(&s.messages[n], e)
		return
	}
	s.messages = append(s.messages, message{
		to: d.to, first: e, last: e, count: 1, segment: int32(len(b)), bytes: int32(len(b)), destination: d,
	})
}

// takes tells whether a datagram of n bytes may follow in m.
func (m *message) takes(n, maxSegments int) bool {
	return !m.closed && n <= int(m.segment) && int(m.count) < maxSegments && int(m.bytes)+n <= maxMessageBytes
}

func (s *slab) extend(m *message, e int32) {
	n := s.entries[e].len
	s.entries[m.last].next = e
	m.last = e
	m.count++
	m.bytes += n
	m.closed = n < m.segment
}

// payload of an entry.
func (s *slab) payload(e int32) []byte {
	return s.buf[s.entries[e].off:][:s.entries[e].len]
}
