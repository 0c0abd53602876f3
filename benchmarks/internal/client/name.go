package client

import "strings"

// ServerName is the ICE user fragment in the server's answer; empty before it.
func (p *Peer) ServerName() string {
	d := p.pc.RemoteDescription()
	if d == nil {
		return ""
	}
	_, rest, _ := strings.Cut(d.SDP, "a=ice-ufrag:")
	name, _, _ := strings.Cut(rest, "\r")
	return name
}
