package sfu

import "net/netip"

// Feed gives the first port a datagram, as if its socket had been read.
func (s *SFU) Feed(b []byte, from netip.AddrPort) { s.ports.all[0].mux.(ownMux).Feed(b, from) } //nolint:forcetypeassert // a test's

// Unlimited lets a participant send as fast as it likes.
func (s *SFU) Unlimited(id ParticipantID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.participants[id].connection.inlet
	in.mu.Lock()
	defer in.mu.Unlock()
	const many = 1e12
	in.tried = allowance{rate: many, burst: many}
	in.allowed = in.tried
}
