package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
)

// started is a node of this machine alone, on free ports.
func started(t *testing.T, args ...string) *node {
	t.Helper()
	s, err := parse(t, append([]string{
		"--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--state", t.TempDir(), "--drain", "1s",
	}, args...)...).check()
	if err != nil {
		t.Fatal(err)
	}
	n, err := startNode(s, newLog(io.Discard, "error"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func fetch(t *testing.T, l net.Listener, path string) (int, string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get("http://" + l.Addr().String() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestNodeServesPageHealthAndMetricsAndEndsClean(t *testing.T) {
	n := started(t)
	defer n.close()
	if status, body := fetch(t, n.on.http, "/"); status != 200 || !strings.Contains(body, "Callrelay") {
		t.Errorf("page: %d %q", status, body)
	}
	var report healthReport
	status, body := fetch(t, n.on.admin, "/healthz")
	if err := json.Unmarshal([]byte(body), &report); err != nil || status != 200 || report.Media == nil || report.Media.Stage != "done" {
		t.Errorf("health: %d %q %v", status, body, err)
	}
	if _, body := fetch(t, n.on.admin, "/metrics"); !strings.Contains(body, "\ncallrelay_rooms 0\n") || !strings.Contains(body, "go_goroutines") {
		t.Errorf("metrics: %s", body)
	}
	if status, _ := fetch(t, n.on.http, "/metrics"); status != 404 {
		t.Errorf("metrics on the public address: %d", status)
	}
}

func TestHealthFailsWhileDraining(t *testing.T) {
	n := started(t)
	defer n.close()
	n.drain(t.Context())
	if status, body := fetch(t, n.on.admin, "/healthz"); status != 503 || !strings.Contains(body, "draining") {
		t.Errorf("health: %d %q", status, body)
	}
}

func TestSignalDrainsAndEndsTheServer(t *testing.T) {
	n := started(t)
	defer n.close()
	signals := make(chan os.Signal, 2)
	signals <- syscall.SIGHUP
	signals <- syscall.SIGTERM
	if err := n.await(signals); err != nil {
		t.Errorf("await: %v", err)
	}
	if !n.draining.Load() || !n.signal.Stats().Draining {
		t.Error("not drained")
	}
}

func TestTakenPortIsASentenceThatNamesTheSetting(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, name := range []string{"listen", "http", "admin"} {
		c := Config{Listen: "127.0.0.1:0"}
		switch name {
		case "listen":
			c.Listen = taken.Addr().String()
		case "http":
			c.HTTP = taken.Addr().String()
		case "admin":
			c.Admin = taken.Addr().String()
		}
		_, err := openListeners(c)
		if err == nil || !strings.Contains(err.Error(), "--"+name+" ") || !strings.Contains(err.Error(), fmt.Sprintf("another program uses this port: sfu.test (process %d)", os.Getpid())) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStartSaysWhereToGoAndThatItIsOpen(t *testing.T) {
	n := started(t)
	defer n.close()
	var out bytes.Buffer
	announce(&out, n)
	for _, want := range []string{"Open  http://localhost:", "Open  https://127.0.0.1:", "ca.crt", "OPEN MODE"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}

func TestWithKeysTheModeIsNotOpen(t *testing.T) {
	n := started(t, "--keys", "k:"+strings.Repeat("s", 32))
	defer n.close()
	var out bytes.Buffer
	announce(&out, n)
	if strings.Contains(out.String(), "OPEN MODE") {
		t.Error("open mode is announced")
	}
}
