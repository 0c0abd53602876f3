package main

import (
	"net"
	"net/netip"
)

// publicAddress returns an address under which strangers may reach the
// server: one given by hand that is not private, or with a wildcard listener
// one of the machine's own.
func (s settings) publicAddress(own []netip.Addr) (netip.Addr, bool) {
	for _, addr := range s.advertise {
		if isPublic(addr) {
			return addr, true
		}
	}
	for _, listen := range []string{s.Listen, s.HTTP} {
		host, _, err := net.SplitHostPort(listen)
		if err != nil || host == "localhost" {
			continue
		}
		addr, err := netip.ParseAddr(host)
		if err == nil && !addr.IsUnspecified() {
			if isPublic(addr) {
				return addr, true
			}
			continue
		}
		for _, addr := range own {
			if isPublic(addr) && !isDocumentation(addr) {
				return addr, true
			}
		}
	}
	return netip.Addr{}, false
}

// checkOpen refuses open mode where strangers may reach it.
func (s settings) checkOpen(own []netip.Addr) error {
	if len(s.keys) > 0 || s.Open {
		return nil
	}
	if addr, public := s.publicAddress(own); public {
		return wrong("keys", "none is given, so anyone may sign in under any name, and %v is a public address; "+
			"give --keys or --keys-file, or listen on a private address, or say --open if this is meant", addr)
	}
	return nil
}

func isPublic(addr netip.Addr) bool {
	addr = addr.Unmap()
	// 100.64.0.0/10 is between a provider and its customers (RFC 6598).
	shared := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10)
	return addr.IsGlobalUnicast() && !addr.IsPrivate() && !shared.Contains(addr)
}

// isDocumentation tells addresses that are never routed (RFC 5737, RFC 3849)
// and that laboratories give to their interfaces. Given by hand they count
// as public.
func isDocumentation(addr netip.Addr) bool {
	for _, text := range []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"} {
		if netip.MustParsePrefix(text).Contains(addr) {
			return true
		}
	}
	return false
}

// ownAddresses of the machine's interfaces, without link-local ones.
func ownAddresses() []netip.Addr {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var own []netip.Addr
	for _, a := range list {
		prefix, err := netip.ParsePrefix(a.String())
		if err == nil && !prefix.Addr().IsLinkLocalUnicast() {
			own = append(own, prefix.Addr().Unmap())
		}
	}
	return own
}
