package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// stepTime bounds each way that is tried.
const stepTime = 8 * time.Second

// Visit tries a server from outside, as a client.
type Visit struct {
	url      *url.URL
	client   *http.Client
	tls      *tls.Config
	insecure bool
	ways     ways
}

// ways is what the server says of itself under /diag/ways.
type ways struct {
	Version    string
	Ways       []string
	Media      []string
	ICEServers []struct {
		URLs                 []string
		Username, Credential string
	} `json:"ice_servers"`
}

// NewVisit to a server as "https://host"; caFile is trusted too, when given.
func NewVisit(address string, insecure bool, caFile string) (*Visit, error) {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("%q is not an address like https://calls.example.org", address)
	}
	u.Path, u.RawQuery, u.Fragment = "", "", ""
	v := &Visit{url: u, insecure: insecure, tls: &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: insecure}} //nolint:gosec // when asked for
	if caFile != "" {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, err
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", caFile)
		}
		v.tls.RootCAs = pool
	}
	v.client = &http.Client{Transport: &http.Transport{TLSClientConfig: v.tls.Clone(), ForceAttemptHTTP2: true, Proxy: http.ProxyFromEnvironment}}
	return v, nil
}

// Go tries one thing after the other and tells each as soon as it is known.
// Without the page nothing else is tried.
func (v *Visit) Go(ctx context.Context, tell func(Finding)) {
	defer v.client.CloseIdleConnections()
	web, reached := v.web(ctx)
	for _, f := range web {
		tell(f)
	}
	if !reached {
		return
	}
	tell(v.webSocket(ctx))
	for _, w := range allWays() {
		tell(v.try(ctx, w))
	}
}

// web looks at name, page and certificate, and learns the ways.
func (v *Visit) web(ctx context.Context) (out []Finding, reached bool) {
	ctx, cancel := context.WithTimeout(ctx, stepTime)
	defer cancel()
	host := v.url.Hostname()
	begin := time.Now()
	addrs, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return []Finding{bad("name", fmt.Sprintf("%s has no address here.", host), "Look at the name, and at its entry in DNS.")}, false
	}
	if addrs[0] != host {
		f := good("name", "%s is %s.", host, strings.Join(addrs, ", "))
		f.Took = time.Since(begin)
		out = append(out, f)
	}
	begin = time.Now()
	res, err := v.get(ctx, "/diag/ways")
	if err != nil {
		return append(out, v.webFailed(err)), false
	}
	defer res.Body.Close()
	const most = 64 << 10
	if err = json.NewDecoder(io.LimitReader(res.Body, most)).Decode(&v.ways); res.StatusCode != http.StatusOK || err != nil || v.ways.Version == "" {
		return append(out, bad("page", fmt.Sprintf("Something answers at %s (%s), but it is no Callrelay.", v.url, res.Status),
			"Look at the port, and at what the proxy passes on: /diag/ways must reach the server.")), false
	}
	f := good("page", "It answers, version %s.", v.ways.Version)
	f.Took = time.Since(begin)
	return append(out, append([]Finding{f}, v.certificate(res)...)...), true
}

func (v *Visit) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.url.String()+path, nil)
	if err != nil {
		return nil, err
	}
	return v.client.Do(req)
}

func (v *Visit) webFailed(err error) Finding {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &unknown):
		return bad("certificate", "It is signed by nobody that this machine trusts; browsers will warn or refuse.",
			"Use a certificate of a public CA, or give the server's ca.crt with --ca. To try the ways in all the same: --insecure.")
	case errors.As(err, &name):
		return bad("certificate", "It is for another name: "+name.Error()+".", "Use a certificate for "+v.url.Hostname()+".")
	case errors.As(err, &invalid):
		return bad("certificate", "It is not good: "+invalid.Error()+".", "Renew it, and look at both clocks.")
	}
	return bad("page", fmt.Sprintf("%s does not answer: %v.", v.url, plain(err)),
		"Is the server running, and does each firewall on the way let TCP port "+v.port()+" in?")
}

func plain(err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("no answer in time")
	}
	return err
}

func (v *Visit) port() string {
	if p := v.url.Port(); p != "" {
		return p
	}
	if v.url.Scheme == "http" {
		return "80"
	}
	return "443"
}

func (v *Visit) certificate(res *http.Response) (out []Finding) {
	const soon, skew = 14 * 24 * time.Hour, time.Minute
	if at, err := http.ParseTime(res.Header.Get("Date")); err == nil && time.Since(at).Abs() > skew {
		out = append(out, warning("clock", fmt.Sprintf("The server's clock and this machine's differ by %v.", time.Since(at).Abs().Round(time.Second)),
			"Set the wrong one right: tokens and certificates are judged by it."))
	}
	if res.TLS == nil {
		return append(out, warning("certificate", "This is plain http: browsers give camera and microphone on localhost only.", "Use https."))
	}
	end := res.TLS.PeerCertificates[0].NotAfter
	switch {
	case v.insecure:
		out = append(out, warning("certificate", "It was not checked (--insecure).", ""))
	case time.Until(end) < soon:
		out = append(out, warning("certificate", "It ends on "+end.Format(time.DateOnly)+".", "Renew it now."))
	default:
		out = append(out, good("certificate", "Trusted here, good until %s.", end.Format(time.DateOnly)))
	}
	return out
}

// webSocket opens one and waits for a message: there are proxies that let it
// open and then nothing through. Before hello the server answers anything
// with an error, which is message enough.
func (v *Visit) webSocket(ctx context.Context) Finding {
	const subject = "WebSocket"
	ctx, cancel := context.WithTimeout(ctx, stepTime)
	defer cancel()
	address := "ws" + strings.TrimPrefix(v.url.String(), "http") + "/ws"
	dialer := websocket.Dialer{TLSClientConfig: v.tls.Clone(), Proxy: http.ProxyFromEnvironment}
	begin := time.Now()
	ws, res, err := dialer.DialContext(ctx, address, nil)
	if err != nil {
		status := ""
		if res != nil {
			status = " (" + res.Status + ")"
		}
		return bad(subject, fmt.Sprintf("It can't be opened%s: %v.", status, plain(err)),
			"A proxy in front must pass the headers Upgrade and Connection on, for /ws.")
	}
	defer ws.Close()
	_ = ws.SetReadDeadline(time.Now().Add(stepTime))
	if err = ws.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping","id":1}`)); err == nil {
		_, _, err = ws.ReadMessage()
	}
	if err != nil {
		return bad(subject, "It opens, but no message comes back.", "A proxy on the way holds messages up; turn its buffering off for /ws.")
	}
	f := good(subject, "Messages pass.")
	f.Took = time.Since(begin)
	return f
}
