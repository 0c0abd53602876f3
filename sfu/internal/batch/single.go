package batch

import (
	"net/netip"
)

// single sends each datagram by a call of its own, on any system.
type single struct {
	udp      socket
	counters *counters
}

func (t *single) method() Method { return MethodSingle }

func (t *single) send(s *slab) {
	for i := range s.messages {
		m := &s.messages[i]
		for e := m.first; e != none; e = s.entries[e].next {
			t.counters.calls.Add(1)
			if _, err := t.udp.WriteToUDPAddrPort(s.payload(e), m.to); err != nil {
				t.counters.drop(dropFor(err), 1)
				continue
			}
			t.counters.messages.Add(1)
			t.counters.datagrams.Add(1)
		}
	}
}

// singleReader reads one datagram a call, on any system.
type singleReader struct {
	udp      socket
	counters *counters
	failures failures
}

func (r *singleReader) read(b []byte) (int, netip.AddrPort, error) {
	for {
		n, from, err := r.udp.ReadFromUDPAddrPort(b)
		r.counters.receiveCalls.Add(1)
		if err == nil {
			r.failures.clear()
			r.counters.received.Add(1)
			return n, from, nil
		}
		if lasting(err) {
			return 0, netip.AddrPort{}, err
		}
		r.counters.drop(DropReadError, 1)
		r.failures.wait()
	}
}
