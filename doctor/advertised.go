package doctor

import (
	"fmt"
	"net/netip"
	"slices"
)

// advertised judges whether clients can reach what they are told.
func (f Facts) advertised() []Finding {
	const subject = "--advertise"
	var out []Finding
	for _, server := range f.SilentSTUN {
		out = append(out, warning("--stun", server+" does not answer; the server starts without it.",
			"Look at its name and port, and let UDP out to it; or give the public address by hand with --advertise."))
	}
	if len(f.Advertised) == 0 {
		return append(out, f.implied(subject))
	}
	for _, a := range f.Advertised {
		out = append(out, f.claim(subject, a))
	}
	return out
}

// implied is what clients are told when nothing is set: the own addresses.
func (f Facts) implied(subject string) Finding {
	told := f.listening()
	public := slices.ContainsFunc(told, isPublic)
	switch {
	case len(told) == 0 || !slices.ContainsFunc(told, func(a netip.Addr) bool { return !a.IsLoopback() }):
		return warning(subject, "Only this machine can send media: it listens on "+join(told)+".",
			"Listen on all addresses (--listen :8443) to let others in.")
	case public:
		return good(subject, "Clients are told %s.", join(told))
	}
	return warning(subject, fmt.Sprintf("Clients are told %s, which only this network can reach.", join(told)),
		"Good for a LAN. If this machine has a public address at a NAT (most clouds), give it: --advertise 203.0.113.10 (your own instead).")
}

// listening are the own addresses that media arrive at.
func (f Facts) listening() []netip.Addr {
	if f.Listen.IsValid() && !f.Listen.IsUnspecified() {
		return []netip.Addr{f.Listen}
	}
	var out []netip.Addr
	for _, a := range f.Own {
		if !a.IsLoopback() {
			out = append(out, a)
		}
	}
	return out
}

func (f Facts) claim(subject string, a netip.Addr) Finding {
	mine := slices.Contains(f.Own, a)
	sameFamily := slices.ContainsFunc(f.listening(), func(own netip.Addr) bool { return own.Is4() == a.Is4() })
	switch {
	case a.IsLoopback():
		return bad(subject, fmt.Sprintf("%v means the client's own machine to every client.", a), "Advertise an address that clients can reach.")
	case a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified():
		return bad(subject, fmt.Sprintf("Nobody can send to %v from another network.", a), "Advertise an address that clients can reach.")
	case isDocumentation(a) && !mine:
		return bad(subject, fmt.Sprintf("%v is an address for examples in texts; nothing is ever sent there.", a), "Advertise this machine's real public address.")
	case !sameFamily:
		return bad(subject, fmt.Sprintf("%v is of a family that the server does not listen on (it has %s).", a, join(f.listening())),
			"Give this machine such an address, or leave this one out.")
	case mine && f.Listen.IsValid() && !f.Listen.IsUnspecified() && f.Listen != a:
		return bad(subject, fmt.Sprintf("%v is an address of this machine, but --listen is bound to %v.", a, f.Listen), "Listen on :"+fmt.Sprint(f.Number)+", or advertise "+f.Listen.String()+".")
	case mine && isPublic(a):
		return good(subject, "%v is this machine's own public address.", a)
	case mine && slices.ContainsFunc(f.Advertised, isPublic):
		return good(subject, "%v is for clients in this machine's own network.", a)
	case mine:
		return warning(subject, fmt.Sprintf("%v is this machine's own, but only its own network can reach it.", a),
			"Good for a LAN; for everybody else add the public address.")
	case !isPublic(a):
		return warning(subject, fmt.Sprintf("%v is private and not of this machine.", a),
			"It can be true behind a NAT within your network only; check it, and try `sfu doctor https://HOST` from a client's place.")
	}
	return note(subject, "%v is not an address of this machine. That is right behind a 1:1 NAT which passes UDP and TCP port %d to %s under the same number;\n"+
		"from here it can't be proved: run `sfu doctor https://HOST` from outside.", a, f.Number, join(f.listening()))
}

func isPublic(a netip.Addr) bool {
	shared := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10)
	return a.IsGlobalUnicast() && !a.IsPrivate() && !shared.Contains(a) && !isDocumentation(a)
}

// isDocumentation tells the addresses of RFC 5737 and RFC 3849.
func isDocumentation(a netip.Addr) bool {
	return slices.ContainsFunc([]string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"},
		func(text string) bool { return netip.MustParsePrefix(text).Contains(a) })
}
