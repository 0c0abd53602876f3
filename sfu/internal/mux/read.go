package mux

import (
	"errors"
	"net/netip"
	"os"
	"runtime"
	"time"

	"callrelay/sfu/internal/batch"
)

// batchSize datagrams are read by one call at most.
const batchSize = 64

// destination of a datagram.
type destination struct {
	kind  kind
	owner *client // of the address
	conn  *Conn   // that it is for, if it is for Pion
}

// read is a socket's reader.
func (m *Mux) read(s Socket) {
	datagrams := make([]batch.Datagram, 0, batchSize)
	to := make([]destination, batchSize)
	pauses := tick{used: m.config.Used, processors: max(m.config.Processors, 1)}
	wait := true
	for {
		var err error
		datagrams, err = s.ReadBatch(datagrams[:0], wait)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			continue
		}
		if err != nil || m.closed.Load() {
			return
		}
		now := time.Now()
		m.deliver(datagrams, to, now)
		pause := pauses.after(now)
		wait = pause == 0 || len(datagrams) == 0
		if len(datagrams) < batchSize && !wait {
			s.Pause(pause)
			continue
		}
		// Workers take their turn with what was read; meanwhile the rest of a
		// burst comes, and is read without waiting for it.
		runtime.Gosched()
	}
}

// Feed takes a datagram that came by another way than the sockets. b may be changed.
func (m *Mux) Feed(b []byte, from netip.AddrPort) {
	to := [1]destination{}
	m.deliver([]batch.Datagram{{Bytes: b, From: from}}, to[:], time.Now())
}

// deliver looks the destinations of all up, under the lock, and then hands
// them out without it.
func (m *Mux) deliver(datagrams []batch.Datagram, to []destination, now time.Time) {
	m.mu.RLock()
	for i := range datagrams {
		to[i] = m.find(&datagrams[i])
	}
	m.mu.RUnlock()
	for i := range datagrams {
		m.hand(&datagrams[i], to[i], now)
		to[i] = destination{}
	}
}

// find whom a datagram is for; mu is held.
func (m *Mux) find(d *batch.Datagram) destination {
	to := destination{kind: kindOf(d.Bytes)}
	if to.kind == kindRequest {
		to.conn = m.conns[string(userName(d.Bytes))]
		return to
	}
	from := canonical(d.From)
	to.owner = m.owners[from]
	if to.owner != nil && len(to.owner.conns) > 0 {
		to.conn = to.owner.conns[len(to.owner.conns)-1]
	} else if to.kind == kindResponse {
		to.conn = m.asked[from]
	}
	return to
}

func (m *Mux) hand(d *batch.Datagram, to destination, now time.Time) {
	switch {
	case to.kind == kindMedia && to.owner != nil && to.owner.sink != nil:
		if to.owner.sink.Media(d.Bytes, d.From, now) {
			to.touch(d.From, now)
			return
		}
	case to.kind == kindMedia && to.owner == nil:
		m.config.Stray(d.Bytes, d.From, now)
		return
	case m.config.Aside(d.Bytes, d.From):
		return
	}
	if to.conn == nil || to.kind == kindOther {
		m.config.Dropped()
		return
	}
	to.conn.put(d.Bytes, d.From)
}

// touch the agent, so that it does not take the client for dead.
func (to *destination) touch(from netip.AddrPort, now time.Time) {
	last := to.owner.touched.Load()
	if to.conn == nil || now.UnixNano()-last < int64(touchEvery) || !to.owner.touched.CompareAndSwap(last, now.UnixNano()) {
		return
	}
	to.conn.put([]byte{touchByte}, from)
}
