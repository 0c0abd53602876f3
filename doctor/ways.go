package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/pion/webrtc/v4"

	"callrelay/selfcheck"
)

// way is one way for media to the server.
type way struct {
	id, name string
	relay    bool // through TURN
	types    []webrtc.NetworkType
	only     func(webrtc.ICECandidateInit) bool
}

// allWays, the best first.
func allWays() []way {
	udp := []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6}
	tcp := []webrtc.NetworkType{webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6}
	return []way{
		{id: "udp", name: "UDP", types: udp, only: selfcheck.UDPOnly},
		{id: "ice-tcp", name: "ICE-TCP", types: tcp, only: selfcheck.TCPOnly},
		{id: "turn-udp", name: "TURN/UDP", relay: true, types: udp, only: selfcheck.UDPOnly},
		{id: "turn-tcp", name: "TURN/TCP", relay: true, types: udp, only: selfcheck.UDPOnly},
		{id: "turn-tls", name: "TURN/TLS", relay: true, types: udp, only: selfcheck.UDPOnly},
	}
}

// try one way with a packet there and back.
func (v *Visit) try(ctx context.Context, w way) Finding {
	if !slices.Contains(v.ways.Ways, w.id) {
		return note(w.name, "Not offered by this server.")
	}
	ctx, cancel := context.WithTimeout(ctx, stepTime)
	defer cancel()
	trip := selfcheck.Trip{Answer: v.answer, Types: w.types, Only: w.only, RelayOnly: w.relay}
	if w.id == "turn-tls" {
		trip.TLS = v.tls.Clone()
	}
	if w.relay {
		trip.Servers = v.turnServers(w.id)
		if len(trip.Servers) == 0 {
			return note(w.name, "Not offered by this server.")
		}
	}
	r := trip.Go(ctx)
	if r.Err == nil {
		f := good(w.name, "Media pass: connected in %d ms, a packet there and back takes %.1f ms.",
			r.Connect.Milliseconds(), float64(r.RTT.Microseconds())/1000)
		return f
	}
	return v.failed(w, r)
}

func (v *Visit) failed(w way, r selfcheck.Result) Finding {
	port := v.mediaPort()
	switch {
	case errors.Is(r.Err, selfcheck.ErrNotOffered):
		return note(w.name, "Not offered by this server.")
	case r.Stage == selfcheck.StageOffer && !w.relay:
		return bad(w.name, fmt.Sprintf("It could not be tried: %v.", r.Err), "")
	case w.id == "udp":
		if told := v.unreachable(); told != "" {
			return bad(w.name, "The server tells clients to send to "+told+", which is private and can't be reached from everywhere.",
				"Start it with --advertise and its public address.")
		}
		return bad(w.name, fmt.Sprintf("No packet comes back (told: %s).", strings.Join(v.ways.Media, ", ")),
			"Let UDP port "+port+" in at each firewall on the way (the cloud's security group, too), or this network blocks UDP: then the ways below carry the calls.")
	case w.id == "ice-tcp":
		return warning(w.name, "No connection: "+r.Err.Error()+".", "Let TCP port "+port+" in at each firewall on the way.")
	}
	return warning(w.name, "No relay could be used: "+r.Err.Error()+".", "Let the port of "+w.name+" in at each firewall on the way.")
}

// mediaPort as the server tells it.
func (v *Visit) mediaPort() string {
	for _, text := range v.ways.Media {
		if _, port, err := net.SplitHostPort(text); err == nil {
			return port
		}
	}
	return v.port()
}

// unreachable names the private addresses that a server at a public one
// tells, when it tells no others.
func (v *Visit) unreachable() string {
	own, err := netip.ParseAddr(v.url.Hostname())
	if err == nil && !isPublic(own) {
		return "" // a server of this network
	}
	for _, text := range v.ways.Media {
		at, err := netip.ParseAddrPort(text)
		if err != nil || isPublic(at.Addr()) {
			return ""
		}
	}
	return strings.Join(v.ways.Media, ", ")
}

// turnServers of one way, with the login that the server gave.
func (v *Visit) turnServers(id string) (out []webrtc.ICEServer) {
	prefix, suffix := "turn:", "transport=tcp"
	if id == "turn-tls" {
		prefix = "turns:"
	}
	for _, s := range v.ways.ICEServers {
		for _, u := range s.URLs {
			if !strings.HasPrefix(u, prefix) || !strings.HasSuffix(u, suffix) {
				continue
			}
			if id == "turn-udp" { // never listed, as Chromium then gives up direct UDP
				u = strings.Replace(u, suffix, "transport=udp", 1)
			}
			out = append(out, webrtc.ICEServer{URLs: []string{u}, Username: s.Username, Credential: s.Credential})
		}
	}
	return out
}

// answer takes an offer to the server's echo.
func (v *Visit) answer(ctx context.Context, offer string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, v.url.String()+"/diag/echo", strings.NewReader(offer))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/sdp")
	res, err := v.client.Do(req)
	if err != nil {
		return "", plain(err)
	}
	defer res.Body.Close()
	const most = 64 << 10
	body, err := io.ReadAll(io.LimitReader(res.Body, most))
	if err == nil && res.StatusCode != http.StatusOK {
		err = errors.New(strings.TrimSpace(string(body)))
	}
	return string(body), err
}

// VisitVerdict says what the visit means for calls.
func VisitVerdict(findings []Finding) string {
	passed := map[string]bool{}
	for _, f := range findings {
		passed[f.Subject] = f.Level == Good
	}
	for _, w := range allWays() {
		if !passed[w.name] {
			continue
		}
		if w.id == "udp" {
			return "Calls will work from here."
		}
		return "Calls will work from here, but without UDP: media take " + w.name + ", which costs some quality."
	}
	return "Calls can't work from here."
}
