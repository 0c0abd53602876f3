package main

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"callrelay/signal"
)

func TestBrowsersAreToldTURNOverTCPAndTLSAlone(t *testing.T) {
	v4, v6 := netip.MustParseAddr("203.0.113.5"), netip.MustParseAddr("2001:db8::5")
	names := []string{"localhost", "calls.example.org"}
	for name, row := range map[string]struct {
		reached signal.Reached
		want    []string
	}{
		"direct":             {signal.Reached{Host: "calls.example.org", Direct: true}, []string{"turn:calls.example.org:443", "turns:calls.example.org:443"}},
		"direct with a port": {signal.Reached{Host: "203.0.113.5:8443", Direct: true}, []string{"turn:203.0.113.5:8443", "turns:203.0.113.5:8443"}},
		"direct over IPv6":   {signal.Reached{Host: "[2001:db8::5]", Direct: true}, []string{"turn:[2001:db8::5]:443", "turns:[2001:db8::5]:443"}},
		"through a proxy":    {signal.Reached{Host: "www.example.org"}, []string{"turn:203.0.113.5:8443", "turn:[2001:db8::5]:8443", "turns:calls.example.org:8443"}},
		"an invented host":   {signal.Reached{Host: "x\"?y", Direct: true}, nil},
	} {
		var got []string
		for _, url := range turnURLs(row.reached, "8443", names, []netip.Addr{v4, v4, v6}) {
			bare, found := strings.CutSuffix(url, "?transport=tcp")
			if !found {
				t.Errorf("%s: %s is not over TCP", name, url)
			}
			got = append(got, bare)
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

func FuzzHostPort(f *testing.F) {
	f.Add("calls.example.org:8443")
	f.Add("[::1]")
	f.Fuzz(func(t *testing.T, host string) {
		if at, ok := hostPort(host, "443"); ok && strings.ContainsAny(at, "?/\"'<> ,;\r\n") {
			t.Errorf("%q became %q", host, at)
		}
	})
}
