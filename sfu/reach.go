package sfu

import (
	"errors"
	"fmt"
	"time"

	"callrelay/sfu/internal/relay"
)

// openPorts opens every way in that the config asks for.
func (s *SFU) openPorts() error {
	var hub *relay.Hub
	if len(s.config.TURN) > 0 {
		hub = relay.NewHub()
	}
	var err error
	if s.ports, err = openPorts(s.config, hub, &s.strangers); err != nil {
		return err
	}
	if s.config.ICETCP != nil {
		s.streams = openStreams(s.config.ICETCP, s.ports, s.pionLog.NewLogger("ice"))
	}
	if hub == nil {
		return nil
	}
	if s.relay, err = s.ports.openRelay(s.config, hub, s.pionLog); err != nil {
		err = errors.Join(fmt.Errorf("turn: %w", err), s.ports.Close())
		if s.streams != nil {
			err = errors.Join(err, s.streams.Close())
		}
	}
	return err
}

// TURNCredential makes a name and a password for TURN, with which a session
// may make four allocations until ttl is over; ok is false without TURN. Any
// goroutine may call it.
func (s *SFU) TURNCredential(session string) (user, password string, ttl time.Duration, ok bool) {
	if s.relay == nil {
		return "", "", 0, false
	}
	user, password = s.relay.Credential(session, time.Now())
	return user, password, relay.TTL, true
}
