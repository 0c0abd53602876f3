package main

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"

	"callrelay/signal"
)

func TestThePublicPortServesHTTPSAndSendsPlainHTTPThere(t *testing.T) {
	n := started(t)
	defer n.close()
	address := n.on.public.Addr().String()
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the local CA's
		ForceAttemptHTTP2: true, DisableKeepAlives: true,
	}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get("https://" + address + "/")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK || res.ProtoMajor != 2 {
		t.Errorf("%s by %s", res.Status, res.Proto)
	}
	if res, err = client.Get("http://" + address + "/r/x"); err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if got, want := res.Header.Get("Location"), "https://"+address+"/r/x"; res.StatusCode != http.StatusPermanentRedirect || got != want {
		t.Errorf("%s to %q, want %q", res.Status, got, want)
	}
}

func TestTURNInsideTLSAllocatesWithASessionsCredential(t *testing.T) {
	n := started(t)
	defer n.close()
	address := n.on.public.Addr().String()
	c, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the local CA's
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	servers := n.iceServers("session", signal.Reached{Host: address, Direct: true})
	if len(servers) != 1 {
		t.Fatalf("%+v", servers)
	}
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	client, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: address, Conn: turn.NewSTUNConn(c), LoggerFactory: quiet,
		Username: servers[0].Username, Password: servers[0].Credential,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err = client.Listen(); err != nil {
		t.Fatal(err)
	}
	relayed, err := client.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	defer relayed.Close()
	if n.entrance.counts()["turns"] != 1 {
		t.Errorf("counted %v", n.entrance.counts())
	}
}

func TestGarbageOnThePublicPortIsClosedAndCounted(t *testing.T) {
	n := started(t)
	defer n.close()
	c, err := net.Dial("tcp", n.on.public.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err = c.Write([]byte{0xff, 0, 0xff}); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if b, _ := io.ReadAll(c); len(b) > 0 {
		t.Errorf("answered %x", b)
	}
	if _, body := fetch(t, n.on.admin, "/metrics"); !strings.Contains(body, `callrelay_public_connections_total{kind="refused"} 1`) {
		t.Error("the garbage is not counted")
	}
}
