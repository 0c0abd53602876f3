package main

import (
	"bytes"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDevServesTheCAToPhonesAndNeverItsKey(t *testing.T) {
	n := started(t, "--dev")
	defer n.close()
	status, body := fetch(t, n.on.public, "/ca.crt")
	block, rest := pem.Decode([]byte(body))
	if status != 200 || block == nil || block.Type != "CERTIFICATE" || len(rest) != 0 || strings.Contains(body, "PRIVATE") {
		t.Errorf("%d %q", status, body)
	}
	status, body = fetch(t, n.on.public, devPath)
	if status != 200 || !strings.Contains(body, `href="https://`+n.on.public.Addr().String()+`/"`) || !strings.Contains(body, "/ca.crt") {
		t.Errorf("%d %s", status, body)
	}
}

func TestWithoutDevNothingIsServedToPlainHTTPOnThePublicPort(t *testing.T) {
	n := started(t)
	defer n.close()
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for _, path := range []string{"/ca.crt", devPath} {
		res, err := client.Get("http://" + n.on.public.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusPermanentRedirect {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
}

func TestDevSaysWhenAPhoneCannotReachIt(t *testing.T) {
	n := started(t, "--dev")
	defer n.close()
	var out bytes.Buffer
	announce(&out, n)
	if !strings.Contains(out.String(), "a phone can't reach it") {
		t.Error(out.String())
	}
}

func TestDevDrawsASquareForTheCamera(t *testing.T) {
	drawn, err := drawQR("http://192.168.1.5:8443/dev")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(drawn, "\n"), "\n")
	plain := strings.NewReplacer("\x1b[97;40m", "", "\x1b[0m", "")
	for _, line := range lines {
		width := utf8.RuneCountInString(plain.Replace(line)) - len("  ")
		if width != 29 || len(lines) != 15 { // 25 modules and the quiet zone; two modules a line
			t.Errorf("%d columns, %d lines", width, len(lines))
		}
	}
	if !strings.HasPrefix(plain.Replace(lines[0]), "  ████") {
		t.Error("no quiet zone")
	}
}
