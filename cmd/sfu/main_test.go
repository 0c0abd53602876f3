package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "write the parts of the documents that come from the code")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// parse gives the Config that a command line makes.
func parse(t *testing.T, args ...string) Config {
	t.Helper()
	config, err := tryParse(args...)
	if err != nil {
		t.Fatalf("parse %q: %v", args, err)
	}
	return config
}

func tryParse(args ...string) (Config, error) {
	var out bytes.Buffer
	parser, err := newParser(streams{&out, &out})
	if err != nil {
		return Config{}, err
	}
	context, err := parser.Parse(args)
	if err != nil {
		return Config{}, err
	}
	return context.Model.Target.Interface().(commands).Serve.Config, nil
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTokenCommandPrintsOneToken(t *testing.T) {
	var out, errs bytes.Buffer
	status := run([]string{"token", "--key", "k", "--secret", strings.Repeat("s", 32), "--user", "ann", "--ttl", "5m", "--no-publish"}, streams{&out, &errs})
	if status != 0 || strings.Count(out.String(), ".") != 2 || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("status %d, out %q, err %q", status, out.String(), errs.String())
	}
}

func TestTokenCommandRefusesAShortSecret(t *testing.T) {
	var out, errs bytes.Buffer
	if status := run([]string{"token", "--key", "k", "--secret", "short", "--user", "ann"}, streams{&out, &errs}); status == 0 {
		t.Error("a token was made")
	}
	if !strings.Contains(errs.String(), "32 bytes") || strings.Contains(errs.String(), "short") {
		t.Errorf("error %q", errs.String())
	}
}

func TestVersionIsPrinted(t *testing.T) {
	var out bytes.Buffer
	if status := run([]string{"version"}, streams{&out, &out}); status != 0 || !strings.HasPrefix(out.String(), "callrelay ") {
		t.Errorf("status %d, %q", status, out.String())
	}
}

func TestWrongSettingEndsWithStatusTwo(t *testing.T) {
	var out bytes.Buffer
	if status := run([]string{"--ring-time=-1s"}, streams{&out, &out}); status != 2 {
		t.Errorf("status %d, want 2", status)
	}
	if !strings.Contains(out.String(), "--ring-time (CALLRELAY_RING_TIME)") {
		t.Errorf("the setting is not named: %q", out.String())
	}
}

func TestServeIsTheDefaultCommand(t *testing.T) {
	if c := parse(t, "--grace", "7s"); c.Grace != 7*time.Second {
		t.Errorf("grace %v", c.Grace)
	}
	if c := parse(t); c.Listen != ":8443" || c.RingTime != 30*time.Second {
		t.Errorf("defaults %+v", c)
	}
}
