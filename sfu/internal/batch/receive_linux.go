package batch

import (
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mmsgReader reads up to ringSize datagrams in a call and hands them out one
// at a time, since that is how Pion's mux asks for them. UDP_GRO is not used:
// it needs 64 KiB for each element and brings nothing where clients send
// single datagrams, as browsers do.
type mmsgReader struct {
	raw      rawConn
	call     mmsgCall
	counters *counters
	failures failures

	next, filled int // headers[next:filled] are to be handed out
	headers      [ringSize]mmsghdr
	names        [ringSize]unix.RawSockaddrInet6
	iovecs       [ringSize]unix.Iovec
	buffers      [ringSize][maxDatagram]byte

	err  error // of the fill that runs
	fill func(fd uintptr) bool
	look func(fd uintptr)
}

func newMMsgReader(raw rawConn, counters *counters) *mmsgReader {
	r := &mmsgReader{raw: raw, call: recvMMsg, counters: counters}
	for i := range r.headers {
		r.iovecs[i].Base = &r.buffers[i][0]
		r.iovecs[i].SetLen(maxDatagram)
		h := &r.headers[i].hdr
		h.Name = (*byte)(unsafe.Pointer(&r.names[i]))
		h.Iov = &r.iovecs[i]
		h.SetIovlen(1)
	}
	r.fill = r.fillOnce // made once, so that a read allocates nothing
	r.look = func(fd uintptr) { r.fillOnce(fd) }
	return r
}

func (r *mmsgReader) read(b []byte) (int, netip.AddrPort, error) {
	for {
		if one, ok := r.take(); ok {
			r.counters.received.Add(1)
			return copy(b, one.Bytes), one.From, nil
		}
		if err := r.more(true); err != nil {
			return 0, netip.AddrPort{}, err
		}
	}
}

func (r *mmsgReader) readBatch(to []Datagram, wait bool) ([]Datagram, error) {
	for {
		before := len(to)
		for one, ok := r.take(); ok; one, ok = r.take() {
			to = append(to, one)
		}
		if n := len(to) - before; n > 0 {
			r.counters.received.Add(uint64(n))
			return to, nil
		}
		if err := r.more(wait); err != nil {
			return to, err
		}
		if !wait && r.filled == 0 {
			return to, nil
		}
	}
}

// take the next one of those that have been read; ok is false when there is none.
func (r *mmsgReader) take() (one Datagram, ok bool) {
	for r.next < r.filled {
		i := r.next
		r.next++
		from := address(&r.names[i])
		switch {
		case r.headers[i].hdr.Flags&unix.MSG_TRUNC != 0:
			r.counters.drop(DropTruncated, 1)
		case !from.IsValid():
			r.counters.drop(DropBadAddress, 1)
		default:
			return Datagram{r.buffers[i][:r.headers[i].len:maxDatagram], from}, true
		}
	}
	return Datagram{}, false
}

// more asks the kernel. Its errors are those that last; after others it has
// waited a little and there may be nothing.
func (r *mmsgReader) more(wait bool) error {
	var err error
	if wait {
		err = r.raw.Read(r.fill)
	} else {
		err = r.raw.Control(r.look)
	}
	if err != nil {
		r.err = err
	}
	switch {
	case r.err == nil:
		r.failures.clear()
	case lasting(r.err):
		return r.err
	default:
		r.counters.drop(DropReadError, 1)
		r.failures.wait()
	}
	return nil
}

// fillOnce reads what is there. It reports false, and is called again when
// something has arrived, if that is nothing.
func (r *mmsgReader) fillOnce(fd uintptr) bool {
	for i := range r.headers {
		r.names[i].Family = unix.AF_UNSPEC
		r.headers[i].hdr.Namelen = unix.SizeofSockaddrInet6
	}
	r.next, r.filled = 0, 0
	r.filled, r.err = r.call(fd, r.headers[:])
	r.filled = max(r.filled, 0)
	r.counters.receiveCalls.Add(1)
	if r.err == unix.EAGAIN { //nolint:errorlint // a bare errno, once a packet
		r.err = nil
		return false
	}
	return true
}
