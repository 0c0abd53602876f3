package sfu

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strconv"

	"github.com/pion/transport/v4"
)

// Config of an SFU. The zero value of each field is usable but for Observer.
type Config struct {
	// Listen is the UDP address all media use, ":8443" for example. Empty: a
	// free port on 127.0.0.1. Without an address there is one socket for each
	// address of the machine, as a reply must leave from the address that was
	// asked.
	Listen string
	// Advertise lists the addresses put into answers as candidates; empty
	// means those of the machine's interfaces (loopback only where there is
	// no other). An address the machine does not have is that of a NAT in
	// front of it, which must keep the port number.
	Advertise []netip.Addr
	// Behind tells for an advertised address which one of the machine stands
	// behind it. Without an entry it is itself, or the machine's first of the
	// same family.
	Behind map[netip.Addr]netip.Addr
	// ICETCP yields TCP connections that speak ICE-TCP, on the port number of
	// Listen; the SFU closes it. Clients in networks without UDP use it. nil:
	// media over UDP only.
	ICETCP net.Listener
	// TURN yields TCP connections that speak TURN, those with TLS after their
	// handshake; the SFU closes them. It relays to its own media ports alone,
	// and then also serves TURN over UDP on those. Empty: no TURN.
	TURN []net.Listener
	// StartBitrate in kbit/s is what browsers are told to begin sending
	// video with; 0 is 450, negative leaves it to them (about 300). Higher
	// gives a sharp picture from the first frame, and a queue of up to a
	// second on a link that can't carry it.
	StartBitrate int
	// Observer is told what happens. Required.
	Observer Observer
	// Log receives what an operator should see. nil: none.
	Log *slog.Logger
	// PlainIngress reads media through Pion's own mux, as is always done where
	// the system can't receive many datagrams by one call.
	PlainIngress bool
	// Net replaces the machine's network in tests. Listen must then name an
	// address of it.
	Net transport.Net
}

// DefaultStartBitrate in kbit/s.
const DefaultStartBitrate = 450

func (c Config) withDefaults() (Config, error) {
	if c.Observer == nil {
		return c, errors.New("sfu config: an Observer is required")
	}
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.StartBitrate == 0 {
		c.StartBitrate = DefaultStartBitrate
	}
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	return c, nil
}

// listenAddress splits Listen; the address is invalid when only a port is given.
func (c Config) listenAddress() (netip.Addr, uint16, error) {
	host, service, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return netip.Addr{}, 0, fmt.Errorf("sfu config: listen %q: %w", c.Listen, err)
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return netip.Addr{}, 0, fmt.Errorf("sfu config: listen %q: the port is no number from 0 to 65535", c.Listen)
	}
	if host == "" {
		return netip.Addr{}, uint16(port), nil
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}, 0, fmt.Errorf("sfu config: listen %q: %q is no IP address", c.Listen, host)
	}
	if addr.IsUnspecified() {
		addr = netip.Addr{}
	}
	return addr.Unmap(), uint16(port), nil
}
