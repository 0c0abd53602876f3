package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"callrelay/sfu"
)

// Limits of the network test, for all visitors together. They leave the
// server's own check its place.
const (
	maxTests     = sfu.MaxEchoes - 8
	testRate     = 10 // a second
	testBurst    = 40
	maxTestOffer = 16 << 10
)

// diag serves the network test, /diag in the browser and `sfu doctor` with an
// address: what ways there are, an echo to try them with, and a place to send
// the result to. It needs no sign-in, since it is for those who cannot get in.
type diag struct {
	echo    func(r *http.Request, offer string) (string, error)
	ways    func(r *http.Request) diagWays
	limit   *rate.Limiter
	reports *diagReports
	log     *slog.Logger
}

// diagWays are the ways in that this server offers.
type diagWays struct {
	Version string `json:"version"`
	// Ways are "udp", "ice-tcp", "turn-udp", "turn-tcp", "turn-tls".
	Ways []string `json:"ways"`
	// Media are the addresses of the media port, as clients are told.
	Media []string `json:"media"`
	// ICEServers are for the ways through TURN, with a login that is good for
	// this test.
	ICEServers []diagICEServer `json:"ice_servers"`
}

// diagICEServer has the fields of the browser's RTCIceServer.
type diagICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

func (n *node) newDiag() *diag {
	return &diag{
		echo: func(r *http.Request, offer string) (string, error) { return n.media.Echo(r.Context(), offer, maxTests) },
		ways: n.diagWays, limit: rate.NewLimiter(testRate, testBurst),
		reports: newDiagReports(), log: n.log.With("part", "diag"),
	}
}

func (n *node) diagWays(r *http.Request) diagWays {
	ways := diagWays{Version: version, Ways: []string{"udp", "ice-tcp"}, Media: []string{}, ICEServers: []diagICEServer{}}
	for _, a := range n.media.MediaAddresses() {
		ways.Media = append(ways.Media, a.Advertised.String())
	}
	user, password, _, ok := n.media.TURNCredential("test-" + rand.Text())
	if !ok {
		return ways
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = strings.Trim(r.Host, "[]")
	}
	ways.Ways = append(ways.Ways, "turn-udp", "turn-tcp", "turn-tls")
	at := net.JoinHostPort(host, strconv.Itoa(port(n.on.public)))
	// Never over UDP: Chromium then takes direct packets from there for TURN.
	ways.ICEServers = append(ways.ICEServers, diagICEServer{
		URLs:     []string{"turn:" + at + "?transport=tcp", "turns:" + at + "?transport=tcp"},
		Username: user, Credential: password,
	})
	return ways
}

// before the page come the test's own paths.
func (d *diag) before(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /diag/ways", d.serveWays)
	mux.HandleFunc("POST /diag/echo", d.serveEcho)
	mux.HandleFunc("POST /diag/report", d.serveReport)
	own := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/diag/") {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if !d.limit.Allow() {
			tooBusy(w)
			return
		}
		own.ServeHTTP(w, r)
	})
}

func tooBusy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "5")
	http.Error(w, "too many network tests at a time; try again in a few seconds", http.StatusTooManyRequests)
}

func (d *diag) serveWays(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(d.ways(r))
}

// serveEcho answers an offer (application/sdp) as WHIP does.
func (d *diag) serveEcho(w http.ResponseWriter, r *http.Request) {
	offer, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxTestOffer))
	if err != nil {
		http.Error(w, "the offer is too long or broken off", http.StatusRequestEntityTooLarge)
		return
	}
	answer, err := d.echo(r, string(offer))
	switch {
	case errors.Is(err, sfu.ErrBadSDP):
		http.Error(w, err.Error(), http.StatusBadRequest)
	case errors.Is(err, sfu.ErrBusy):
		tooBusy(w)
	case err != nil:
		http.Error(w, "the server is about to stop", http.StatusServiceUnavailable)
	default:
		w.Header().Set("Content-Type", "application/sdp")
		_, _ = io.WriteString(w, answer)
	}
}

func (d *diag) serveReport(w http.ResponseWriter, r *http.Request) {
	report, err := readDiagReport(http.MaxBytesReader(w, r.Body, maxReportBytes))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	report.At = time.Now().UTC()
	report.From, _, _ = net.SplitHostPort(r.RemoteAddr)
	report.Agent = clipped(r.UserAgent(), maxReportText)
	report = d.reports.keep(report)
	d.log.Info("a visitor sent a network test", "number", report.Number, "from", report.From,
		"verdict", report.Verdict, "rows", report.summary(), "agent", report.Agent)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(struct {
		Number uint64 `json:"number"`
	}{report.Number})
}
