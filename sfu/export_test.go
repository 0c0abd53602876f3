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

// Secrets of a participant's connection: the master key and salt of what it is sent.
func (s *SFU) Secrets(id ParticipantID) [][]byte {
	s.mu.Lock()
	exchange := s.participants[id].connection.inlet.exchange
	s.mu.Unlock()
	keys, err := exchange.Keys()
	if err != nil {
		return nil
	}
	key, salt := keys.SealingMaster()
	return [][]byte{key, salt}
}
