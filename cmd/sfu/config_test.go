package main

import (
	"bytes"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFlagsComeBeforeEnvironmentBeforeFileBeforeDefaults(t *testing.T) {
	file := write(t, "c.json", `{"ring-time": "11s", "grace": "11s", "drain": "11s", "advertise": ["10.0.0.1", "10.0.0.2"], "open": true}`)
	t.Setenv("CALLRELAY_RING_TIME", "22s")
	t.Setenv("CALLRELAY_GRACE", "22s")
	c := parse(t, "serve", "--config", file, "--ring-time", "33s")
	if c.RingTime != 33*time.Second || c.Grace != 22*time.Second || c.Drain != 11*time.Second || c.AwayGrace != 5*time.Second {
		t.Errorf("ring %v (flag), grace %v (environment), drain %v (file), away %v (default)", c.RingTime, c.Grace, c.Drain, c.AwayGrace)
	}
	if !slices.Equal(c.Advertise, []string{"10.0.0.1", "10.0.0.2"}) || !c.Open {
		t.Errorf("from the file: advertise %q, open %v", c.Advertise, c.Open)
	}
}

func TestSettingsFileCanBeNamedByTheEnvironment(t *testing.T) {
	t.Setenv("CALLRELAY_CONFIG", write(t, "c.json", `{"listen": "127.0.0.1:1"}`))
	if c := parse(t); c.Listen != "127.0.0.1:1" {
		t.Errorf("listen %q", c.Listen)
	}
}

func TestSettingsFileThatIsWrongIsRefused(t *testing.T) {
	for content, want := range map[string]string{
		`{"ring-times": "1s"}`: `"ring-times", which is not a setting`,
		`[]`:                   "not a JSON object",
		`{} {}`:                "goes on after",
		`{"grace": "soon"}`:    "grace",
	} {
		if _, err := tryParse("--config", write(t, "c.json", content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", content, err, want)
		}
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	short := write(t, "keys", "# comment\nkey:short\n")
	for _, row := range []struct {
		args []string
		want string
	}{
		{[]string{"--listen", "8443"}, "--listen "},
		{[]string{"--listen", "example.org:8443"}, "--listen "},
		{[]string{"--http", "127.0.0.1:http"}, "--http "},
		{[]string{"--admin", ":99999"}, "--admin "},
		{[]string{"--advertise", "203.0.113.300"}, "--advertise "},
		{[]string{"--advertise", "0.0.0.0"}, "--advertise "},
		{[]string{"--tls-cert", "x"}, "--tls-key "},
		{[]string{"--tls-key", "x"}, "--tls-cert "},
		{[]string{"--keys", "nocolon"}, "--keys "},
		{[]string{"--keys", "key:short"}, "--keys "},
		{[]string{"--keys-file", short}, "--keys-file "},
		{[]string{"--keys-file", "missing"}, "--keys-file "},
		{[]string{"--origin", "example.org"}, "--origin "},
		{[]string{"--origin", "https://example.org/"}, "--origin "},
		{[]string{"--audience", " "}, "--audience "},
		{[]string{"--grace", "0s"}, "--grace "},
		{[]string{"--away-grace", "48h"}, "--away-grace "},
		{[]string{"--drain=-1s"}, "--drain "},
		{[]string{"--state", ""}, "--state "},
	} {
		_, err := parse(t, row.args...).check()
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%q: %v, want a sentence that names %s", row.args, err, row.want)
		}
		if exitStatus(err) != 2 {
			t.Errorf("%q: exit status %d", row.args, exitStatus(err))
		}
	}
}

func TestKeysOfFlagsAndFileAreJoined(t *testing.T) {
	secret := strings.Repeat("s", 32)
	s, err := parse(t, "--keys", "a:"+secret, "--keys-file", write(t, "keys", "\n# old\nb:"+secret+"\r\n")).check()
	if err != nil || string(s.keys["a"]) != secret || string(s.keys["b"]) != secret || len(s.keys) != 2 {
		t.Errorf("keys %v, error %v", s.keys, err)
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	secret := strings.Repeat("s3cr3t", 8)
	s, err := parse(t, "--keys", "visible:"+secret).check()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	newLog(&log, "info").Info("settings", "settings", s)
	slog.New(slog.NewTextHandler(&log, nil)).Info("settings", "settings", s)
	if strings.Contains(log.String(), "s3cr3t") || !strings.Contains(log.String(), "visible") {
		t.Errorf("log: %s", log.String())
	}
	if _, err := parse(t, "--keys", secret).check(); err == nil || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("error: %v", err)
	}
}

func TestOpenModeIsRefusedOnAPublicAddressUnlessAskedFor(t *testing.T) {
	secret := "k:" + strings.Repeat("s", 32)
	for _, row := range []struct {
		own     string
		args    []string
		refused bool
	}{
		{"192.168.1.5", nil, false},
		{"8.8.8.8", nil, true},
		{"8.8.8.8", []string{"--open"}, false},
		{"8.8.8.8", []string{"--keys", secret}, false},
		{"8.8.8.8", []string{"--listen", "127.0.0.1:8443"}, false},
		{"8.8.8.8", []string{"--listen", "127.0.0.1:8443", "--http", ":8080"}, true},
		{"2600::1", nil, true},
		{"fd00::1", nil, false},
		{"100.64.1.1", nil, false},
		{"192.0.2.2", nil, false},
		{"10.0.0.1", []string{"--advertise", "203.0.113.10"}, true},
		{"10.0.0.1", []string{"--listen", "203.0.113.10:8443"}, true},
	} {
		s, err := parse(t, row.args...).check()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.checkOpen([]netip.Addr{netip.MustParseAddr(row.own)}); (err != nil) != row.refused {
			t.Errorf("machine %s, %q: %v, want refused %v", row.own, row.args, err, row.refused)
		}
	}
}
