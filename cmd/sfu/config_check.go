package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// minSecret bytes of an API key's secret, as HS256 needs.
const minSecret = 32

// settingError is a wrong setting, in a sentence that names it.
type settingError struct {
	name string
	err  error
}

func (e settingError) Error() string {
	env := "CALLRELAY_" + strings.ToUpper(strings.ReplaceAll(e.name, "-", "_"))
	return fmt.Sprintf("setting --%s (%s): %v", e.name, env, e.err)
}

func (e settingError) Unwrap() error { return e.err }

func wrong(name, format string, args ...any) error {
	return settingError{name, fmt.Errorf(format, args...)}
}

// exitStatus of the process for an error.
func exitStatus(err error) int {
	if _, ok := errors.AsType[settingError](err); ok {
		return 2
	}
	return 1
}

// settings are a checked Config in the types that the parts take.
type settings struct {
	Config
	rules     []advertised
	advertise []netip.Addr              // of the rules; with names after discover
	behind    map[netip.Addr]netip.Addr // local address by advertised one, where it is said
	// silentSTUN are the servers of --stun that did not answer.
	silentSTUN []string
	keys       map[string][]byte
	state      string
}

// check returns the settings, or the first that is wrong.
func (c Config) check() (settings, error) {
	s := settings{Config: c}
	var err error
	if s.rules, err = parseAdvertise(c.Advertise); err != nil {
		return s, err
	}
	for _, a := range s.rules {
		if a.addr.IsValid() {
			s.advertise = append(s.advertise, a.addr)
		}
	}
	if s.keys, err = readKeys(c.Keys, c.KeysFile); err != nil {
		return s, err
	}
	if s.state, err = expandHome(c.State); err != nil {
		return s, err
	}
	return s, errors.Join(c.checkAddresses(), c.checkTLS(), c.checkOrigins(), c.checkTimes(), c.checkAudience(), s.checkDialects())
}

func (c Config) checkAddresses() error {
	for _, a := range []struct {
		name, value string
		optional    bool
	}{{"listen", c.Listen, false}, {"http", c.HTTP, true}, {"admin", c.Admin, true}} {
		if a.value == "" && a.optional {
			continue
		}
		if err := checkAddress(a.name, a.value); err != nil {
			return err
		}
	}
	for _, server := range c.STUN {
		host, port, err := net.SplitHostPort(server)
		if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || host == "" {
			return wrong("stun", "%q is not a server's address like stun.example.org:3478", server)
		}
	}
	for _, address := range c.DialectListen {
		if err := checkAddress("dialect-listen", address); err != nil {
			return err
		}
	}
	return nil
}

func checkAddress(name, value string) error {
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		return wrong(name, "%q is not an address like 192.168.1.5:8443 or :8443", value)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return wrong(name, "the port of %q is not a number from 0 to 65535", value)
	}
	if host != "" && host != "localhost" {
		if _, err := netip.ParseAddr(host); err != nil {
			return wrong(name, "%q is not an IP address of this machine", host)
		}
	}
	return nil
}

func (c Config) checkTLS() error {
	switch {
	case c.TLSCert != "" && c.TLSKey == "":
		return wrong("tls-key", "is needed with --tls-cert")
	case c.TLSKey != "" && c.TLSCert == "":
		return wrong("tls-cert", "is needed with --tls-key")
	case c.TLSCert != "" && len(c.ACMEDomain) > 0:
		return wrong("acme-domain", "gets a certificate, and --tls-cert gives another; only one of them can be")
	}
	for _, name := range c.ACMEDomain {
		if !nameLike(name) || !strings.Contains(name, ".") {
			return wrong("acme-domain", "%q is not a full host name like calls.example.org", name)
		}
	}
	if u, err := url.Parse(c.ACMEDirectory); len(c.ACMEDomain) > 0 && (err != nil || u.Scheme != "https" || u.Host == "") {
		return wrong("acme-directory", "%q is not an https address", c.ACMEDirectory)
	}
	return nil
}

func (c Config) checkOrigins() error {
	for _, origin := range c.Origin {
		if origin == "*" {
			continue
		}
		u, err := url.Parse(origin)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.Path != "" || u.RawQuery != "" {
			return wrong("origin", "%q is not an origin like https://example.org (no path, no slash at the end)", origin)
		}
	}
	return nil
}

func (c Config) checkTimes() error {
	for _, t := range []struct {
		name       string
		value, min time.Duration
	}{
		{"ring-time", c.RingTime, time.Millisecond},
		{"grace", c.Grace, time.Millisecond},
		{"away-grace", c.AwayGrace, time.Millisecond},
		{"drain", c.Drain, 0},
	} {
		if t.value < t.min || t.value > 24*time.Hour {
			return wrong(t.name, "%v is not between %v and 24h", t.value, t.min)
		}
	}
	return nil
}

func (c Config) checkAudience() error {
	if strings.TrimSpace(c.Audience) == "" {
		return wrong("audience", "must not be empty")
	}
	return nil
}

// readKeys joins the keys of flags and file. Its errors never show a secret.
func readKeys(list []string, file string) (map[string][]byte, error) {
	keys := map[string][]byte{}
	for i, text := range list {
		if err := addKey(keys, text); err != nil {
			return nil, wrong("keys", "number %d: %w", i+1, err)
		}
	}
	if file == "" {
		return keys, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, wrong("keys-file", "%w", err)
	}
	found := false
	for i, line := range strings.Split(string(content), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := addKey(keys, line); err != nil {
			return nil, wrong("keys-file", "line %d of %s: %w", i+1, file, err)
		}
		found = true
	}
	if !found {
		return nil, wrong("keys-file", "%s holds no key", file)
	}
	return keys, nil
}

func addKey(keys map[string][]byte, text string) error {
	key, secret, found := strings.Cut(text, ":")
	key, secret = strings.TrimSpace(key), strings.TrimSpace(secret)
	switch {
	case !found || key == "":
		return errors.New("is not of the form KEY:SECRET")
	case len(secret) < minSecret:
		return fmt.Errorf("the secret of %q has %d bytes, at least %d are needed", key, len(secret), minSecret)
	case keys[key] != nil:
		return fmt.Errorf("key %q is given twice", key)
	}
	keys[key] = []byte(secret)
	return nil
}

func expandHome(dir string) (string, error) {
	if dir == "" {
		return "", wrong("state", "must not be empty")
	}
	rest, home := strings.CutPrefix(dir, "~/")
	if !home {
		return dir, nil
	}
	base, err := os.UserHomeDir()
	if err != nil {
		return "", wrong("state", "%q needs a home directory: %w", dir, err)
	}
	return filepath.Join(base, rest), nil
}
