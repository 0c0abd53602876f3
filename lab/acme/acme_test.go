// Package acme tests the server's certificates against Pebble, the ACME CA
// that Let's Encrypt tests with. It is a module of its own, so that the
// server's go.mod stays small. SFU=path names a built server; otherwise one is built.
package acme

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
)

const (
	domain = "calls.example.org"
	// validity of a certificate: it is renewed after two thirds.
	validity = 30 * time.Second
)

// pebble is a CA that looks for its challenges at these ports of 127.0.0.1.
type pebble struct {
	directory, rootFile string
	roots               *x509.CertPool
}

func startPebble(t *testing.T, httpPort, tlsPort int) pebble {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	quiet := log.New(t.Output(), "pebble ", log.Lmicroseconds)
	store := db.NewMemoryStore()
	authority := ca.New(quiet, store, "", 0, 1, map[string]ca.Profile{"default": {ValidityPeriod: uint64(validity / time.Second)}})
	front := wfe.New(quiet, store, va.New(quiet, httpPort, tlsPort, true, startDNS(t), store), authority, true, false, 1, 1)
	web := httptest.NewTLSServer(front.Handler())
	t.Cleanup(web.Close)
	root := filepath.Join(t.TempDir(), "root.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
	if err := os.WriteFile(root, text, 0o600); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.GetRootCert(0).PEM())
	return pebble{directory: web.URL + wfe.DirectoryPath, rootFile: root, roots: roots}
}

// startDNS answers every question for an address with 127.0.0.1.
func startDNS(t *testing.T) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{PacketConn: conn, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, asked *dns.Msg) {
		answer := new(dns.Msg)
		answer.SetReply(asked)
		if q := asked.Question[0]; q.Qtype == dns.TypeA {
			header := dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1}
			answer.Answer = []dns.RR{&dns.A{Hdr: header, A: net.IPv4(127, 0, 0, 1)}}
		}
		_ = w.WriteMsg(answer)
	})}
	go func() { _ = server.ActivateAndServe() }()
	t.Cleanup(func() { _ = server.Shutdown() })
	return conn.LocalAddr().String()
}

// freePort of 127.0.0.1, free a moment ago.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// startServer runs the real binary; its log goes to the test's.
func startServer(t *testing.T, flags ...string) {
	t.Helper()
	binary := os.Getenv("SFU")
	if binary == "" {
		binary = filepath.Join(t.TempDir(), "sfu")
		if out, err := exec.Command("go", "build", "-C", "../..", "-o", binary, "./cmd/sfu").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, binary, append([]string{"serve", "--open", "--admin", "", "--state", t.TempDir()}, flags...)...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	command.Stdout, command.Stderr = t.Output(), t.Output()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = command.Wait()
	})
}

// leafAt is what a visitor of the domain gets, and whether browsers that know the CA would take it.
func leafAt(address string, roots *x509.CertPool) (leaf *x509.Certificate, trusted bool, err error) {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	c, err := tls.DialWithDialer(dialer, "tcp", address, &tls.Config{
		ServerName: domain, NextProtos: []string{"http/1.1"}, InsecureSkipVerify: true,
	})
	if err != nil {
		return nil, false, err
	}
	defer c.Close()
	chain := c.ConnectionState().PeerCertificates
	between := x509.NewCertPool()
	for _, one := range chain[1:] {
		between.AddCert(one)
	}
	_, bad := chain[0].Verify(x509.VerifyOptions{DNSName: domain, Roots: roots, Intermediates: between})
	return chain[0], bad == nil, nil
}

// awaitCertificate that the CA has issued, other than old.
func awaitCertificate(t *testing.T, address string, roots *x509.CertPool, old *x509.Certificate, within time.Duration) *x509.Certificate {
	t.Helper()
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		leaf, trusted, err := leafAt(address, roots)
		switch {
		case err != nil:
			if old != nil {
				t.Fatalf("a visitor while the certificate is renewed: %v", err)
			}
		case trusted && (old == nil || !leaf.Equal(old)):
			return leaf
		case old != nil && !trusted:
			t.Fatalf("a visitor got a certificate that is not good: %s until %s", leaf.Issuer.CommonName, leaf.NotAfter)
		}
	}
	t.Fatal("no new certificate")
	return nil
}

// keepAsking does so twice a second until the returned function is called, which says how often it was answered. The
// first error fails the test.
func keepAsking(t *testing.T, what string, ask func() error) func() int {
	t.Helper()
	answered, done := 0, make(chan struct{})
	var asking sync.WaitGroup
	asking.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(500 * time.Millisecond):
			}
			if err := ask(); err != nil {
				t.Errorf("%s: %v", what, err)
				return
			}
			answered++
		}
	})
	stop := sync.OnceValue(func() int {
		close(done)
		asking.Wait()
		return answered
	})
	t.Cleanup(func() { stop() })
	return stop
}

// signIn by a WebSocket; the returned function asks for a sign of life.
func signIn(t *testing.T, address string) func() error {
	t.Helper()
	dialer := websocket.Dialer{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, Subprotocols: []string{"callrelay.v1"}}
	ws, _, err := dialer.Dial("wss://"+address+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ws.Close() })
	ask := func(text, want string) error {
		_ = ws.SetReadDeadline(time.Now().Add(5 * time.Second))
		if err := ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			return err
		}
		for {
			var answer struct{ Type string }
			if err := ws.ReadJSON(&answer); err != nil || answer.Type == want {
				return err
			}
		}
	}
	if err := ask(`{"type":"hello","id":1,"version":1,"name":"ann"}`, "welcome"); err != nil {
		t.Fatal(err)
	}
	return func() error { return ask(`{"type":"ping","id":2}`, "pong") }
}

// visit opens one HTTPS connection; the returned function asks for the page over it.
func visit(t *testing.T, address string) func() error {
	t.Helper()
	c, err := tls.Dial("tcp", address, &tls.Config{ServerName: domain, NextProtos: []string{"http/1.1"}, InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		DialTLSContext: func(context.Context, string, string) (net.Conn, error) { return c, nil }, MaxConnsPerHost: 1,
	}}
	return func() error {
		answer, err := client.Get("https://" + address + "/")
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		return answer.Body.Close()
	}
}

func TestACertificateIsIssuedAndRenewedOverTheOnePortAndNobodyIsDropped(t *testing.T) {
	port := freePort(t)
	address := fmt.Sprintf("127.0.0.1:%d", port)
	authority := startPebble(t, freePort(t), port)
	startServer(t, "--listen", address, "--http", "", "--acme-domain", domain, "--acme-directory", authority.directory, "--acme-root", authority.rootFile)
	first := awaitCertificate(t, address, authority.roots, nil, 30*time.Second)
	talks := keepAsking(t, "the WebSocket of before", signIn(t, address))
	visits := keepAsking(t, "the HTTPS connection of before", visit(t, address))
	second := awaitCertificate(t, address, authority.roots, first, validity)
	third := awaitCertificate(t, address, authority.roots, second, validity)
	if a, b := talks(), visits(); a < 20 || b < 20 {
		t.Errorf("answered %d times on the WebSocket, %d on the HTTPS connection", a, b)
	}
	t.Logf("renewed %s and %s before their ends", first.NotAfter.Sub(second.NotBefore), second.NotAfter.Sub(third.NotBefore))
}

func TestACertificateIsIssuedOverHTTPWherePort443DoesNotLeadHere(t *testing.T) {
	port, plain := freePort(t), freePort(t)
	address := fmt.Sprintf("127.0.0.1:%d", port)
	// What a proxy at port 80 passes on: the name stands without a port.
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", plain)})
		r.Out.Host = domain
	}})
	t.Cleanup(proxy.Close)
	authority := startPebble(t, proxy.Listener.Addr().(*net.TCPAddr).Port, freePort(t)) // nothing listens where it looks for TLS
	startServer(t, "--listen", address, "--http", fmt.Sprintf("127.0.0.1:%d", plain),
		"--acme-domain", domain, "--acme-directory", authority.directory, "--acme-root", authority.rootFile)
	leaf := awaitCertificate(t, address, authority.roots, nil, 60*time.Second)
	if !strings.Contains(leaf.Issuer.CommonName, "Pebble") {
		t.Errorf("issued by %s", leaf.Issuer.CommonName)
	}
}
