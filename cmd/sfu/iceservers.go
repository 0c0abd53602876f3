package main

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"callrelay/signal"
	"callrelay/signal/protocol"
)

// iceServers for a session's browser: TURN over TCP and over TLS, at the
// address by which it reached the server. Never TURN or STUN over UDP:
// Chromium would take everything from the media port for TURN.
func (n *node) iceServers(session signal.SessionID, reached signal.Reached) []protocol.ICEServer {
	user, password, _, ok := n.media.TURNCredential(string(session))
	if !ok {
		return nil
	}
	urls := turnURLs(reached, n.publicPort(), n.certs.names(), n.settings.advertise)
	if len(urls) == 0 {
		return nil
	}
	return []protocol.ICEServer{{URLs: urls, Username: user, Credential: password}}
}

// publicPort of --listen.
func (n *node) publicPort() string { return strconv.Itoa(port(n.on.public)) }

// turnURLs: who came directly comes back by the same name. Behind a proxy the
// host is the proxy's, so it is the certificate's names (TLS needs one) and
// the advertised addresses, one of each family.
func turnURLs(reached signal.Reached, port string, names []string, advertise []netip.Addr) []string {
	if reached.Direct {
		at, ok := hostPort(reached.Host, "443")
		if !ok {
			return nil
		}
		return []string{"turn:" + at + "?transport=tcp", "turns:" + at + "?transport=tcp"}
	}
	var urls []string
	var family [2]bool
	for _, a := range advertise {
		if i := a.BitLen() / 128; !family[i] {
			family[i] = true
			urls = append(urls, "turn:"+net.JoinHostPort(a.String(), port)+"?transport=tcp")
		}
	}
	for _, name := range names {
		if strings.Contains(name, ".") && !strings.HasPrefix(name, "*") {
			urls = append(urls, "turns:"+net.JoinHostPort(name, port)+"?transport=tcp")
			break
		}
	}
	return urls
}

// hostPort of a Host header with its port, in a form that is safe in a URL.
func hostPort(host, usual string) (string, bool) {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = strings.Trim(host, "[]"), usual
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", false
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		return net.JoinHostPort(addr.WithZone("").String(), port), true
	}
	if !isHostName(name) {
		return "", false
	}
	return net.JoinHostPort(name, port), true
}

// isHostName tells whether s has the form of a DNS name.
func isHostName(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for _, label := range strings.Split(strings.TrimSuffix(s, "."), ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}
