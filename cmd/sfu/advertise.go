package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// advertised is one --advertise: an address or a name that clients send to,
// and the address of this machine behind it where that is said.
type advertised struct {
	text   string
	addr   netip.Addr // invalid for a name
	behind netip.Addr // invalid where not said
}

// resolveTime that finding out addresses may take at the start.
const resolveTime = 3 * time.Second

// parseAdvertise checks the form alone: PUBLIC or PUBLIC=LOCAL, PUBLIC an
// address or a name.
func parseAdvertise(list []string) ([]advertised, error) {
	var out []advertised
	for _, text := range list {
		public, local, mapped := strings.Cut(text, "=")
		a := advertised{text: public}
		var err error
		if a.addr, err = netip.ParseAddr(public); err != nil && !nameLike(public) {
			return nil, wrong("advertise", "%q is neither an IP address nor a host name", public)
		}
		if a.addr.IsUnspecified() || a.addr.IsMulticast() {
			return nil, wrong("advertise", "nobody can send to %v", a.addr)
		}
		a.addr = a.addr.Unmap()
		if mapped {
			if a.behind, err = netip.ParseAddr(local); err != nil {
				return nil, wrong("advertise", "%q, after the = in %q, is not an IP address of this machine", local, text)
			}
			a.behind = a.behind.Unmap()
			if a.addr.IsValid() && a.addr.Is4() != a.behind.Is4() {
				return nil, wrong("advertise", "%q: an IPv4 address cannot stand for an IPv6 one", text)
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// nameLike tells a host name from a mistyped address: its last label is not a number.
func nameLike(s string) bool {
	last := s[strings.LastIndexByte(strings.TrimSuffix(s, "."), '.')+1:]
	return isHostName(s) && strings.Trim(last, "0123456789.") != ""
}

// lookup is a resolver's LookupNetIP.
type lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)

// discover fills what clients are told to send to: the advertised addresses,
// those of advertised names, and those that STUN servers see. A name that
// does not exist ends the start; whatever else fails is logged.
func (s *settings) discover(ctx context.Context, resolve lookup, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, resolveTime)
	defer cancel()
	s.advertise, s.behind = nil, map[netip.Addr]netip.Addr{}
	for _, a := range s.rules {
		addrs := []netip.Addr{a.addr}
		if !a.addr.IsValid() {
			var err error
			if addrs, err = resolve(ctx, "ip", a.text); err != nil {
				if missing, ok := errors.AsType[*net.DNSError](err); ok && missing.IsNotFound {
					return wrong("advertise", "there is no host named %q", a.text)
				}
				log.Warn("the address of an advertised name could not be found; the server starts without it", "setting", "advertise", "name", a.text, "error", err)
				continue
			}
		}
		for _, addr := range addrs {
			addr = addr.Unmap()
			if a.behind.IsValid() && a.behind.Is4() != addr.Is4() {
				continue
			}
			s.add(addr, a.behind)
		}
	}
	s.discoverSTUN(ctx, log)
	return nil
}

// add an address that clients are told, once.
func (s *settings) add(addr, behind netip.Addr) {
	if !slices.Contains(s.advertise, addr) {
		s.advertise = append(s.advertise, addr)
	}
	if behind.IsValid() {
		s.behind[addr] = behind
	}
}

// discoverSTUN adds how STUN servers see this machine, and then its own
// addresses, unless what to advertise was said by hand.
func (s *settings) discoverSTUN(ctx context.Context, log *slog.Logger) {
	if len(s.STUN) == 0 {
		return
	}
	own := slices.DeleteFunc(ownAddresses(), netip.Addr.IsLoopback)
	found := askSTUN(ctx, s.STUN, own)
	s.silentSTUN = slices.DeleteFunc(slices.Clone(s.STUN), func(server string) bool {
		return slices.ContainsFunc(found, func(f seen) bool { return f.server == server && f.err == nil })
	})
	for _, f := range found {
		switch {
		case f.err != nil:
			log.Warn("a STUN server did not answer; the server starts without it", "setting", "stun", "server", f.server, "from", f.local, "error", f.err)
		case !slices.Contains(own, f.public):
			log.Info("a NAT is in front of this machine; it must keep the port number", "public", f.public, "local", f.local, "server", f.server)
			s.add(f.public, f.local)
		}
	}
	if len(s.rules) == 0 && len(s.advertise) > 0 {
		for _, addr := range own {
			s.add(addr, netip.Addr{})
		}
	}
}
