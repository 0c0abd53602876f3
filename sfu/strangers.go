package sfu

import (
	"encoding/binary"
	"slices"
	"sync"
	"time"
)

const (
	// strangersPerSecond packets from addresses that ICE has not checked are
	// tried, of all of them, and strangersBurst at once: a client that gets
	// another port of its NAT sends some before the next check, forgers any number.
	strangersPerSecond = 2000
	strangersBurst     = 400
	// claimants of one SSRC: clients choose their SSRCs, and some choose alike.
	maxClaimants = 4
	// maxClaims of one connection.
	maxClaims = 32
)

// strangers finds the connection of media from addresses that ICE has not
// checked: clients whose address has changed under them, which the next check
// shows only seconds later. Whose it is, is known by the SSRC and proven by
// the key; nothing is sent to such an address.
type strangers struct {
	counters *counters

	mu     sync.Mutex
	tried  allowance
	claims map[uint32][]*inlet
}

// claim an SSRC of which an authentic packet came; the inlet's mu is held.
func (in *inlet) claim(ssrc uint32) {
	if len(in.claimed) == maxClaims || slices.Contains(in.claimed, ssrc) {
		return
	}
	in.claimed = append(in.claimed, ssrc)
	s := &in.connection.sfu.strangers
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.claims == nil {
		s.claims = map[uint32][]*inlet{}
	}
	if len(s.claims[ssrc]) < maxClaimants {
		s.claims[ssrc] = append(s.claims[ssrc], in)
	}
}

// release what an inlet has claimed.
func (s *strangers) release(in *inlet, ssrcs []uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ssrc := range ssrcs {
		left := slices.DeleteFunc(s.claims[ssrc], func(other *inlet) bool { return other == in })
		if len(left) == 0 {
			delete(s.claims, ssrc)
			continue
		}
		s.claims[ssrc] = left
	}
}

// media from an address that is nobody's.
func (s *strangers) media(b []byte, from path, now time.Time) {
	var candidates [maxClaimants]*inlet
	for _, in := range s.candidates(&candidates, b, now) {
		if in.stranger(b, from, now) {
			return
		}
	}
	s.counters.drop(dropUnchecked)
}

func (s *strangers) candidates(to *[maxClaimants]*inlet, b []byte, now time.Time) []*inlet {
	at := 8
	if isControl(b) {
		at = 4
	}
	if len(b) < at+4 || len(b) > maxPacket+64 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	claims := s.claims[binary.BigEndian.Uint32(b[at:])]
	if len(claims) == 0 {
		return nil
	}
	if s.tried.rate == 0 {
		s.tried = allowance{rate: strangersPerSecond, burst: strangersBurst}
	}
	if !s.tried.take(now) {
		return nil
	}
	return to[:copy(to[:], claims)]
}

// stranger takes a packet of an unchecked address if it is authentic. b stays
// as it is otherwise.
func (in *inlet) stranger(b []byte, from path, now time.Time) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.stand != opening {
		return false
	}
	in.scratch = append(in.scratch[:0], b...)
	return in.authentic(in.scratch, from, now)
}
