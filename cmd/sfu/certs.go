package main

import (
	"crypto/tls"
	"log/slog"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"
)

// lookAgain is how often, at most, a handshake looks whether the certificate
// has changed on disk or must be renewed.
const lookAgain = 10 * time.Second

// certificates hands out the server's certificate. It keeps the last good
// one: a broken file found later is logged, not served.
type certificates struct {
	load func(old *tls.Certificate, now time.Time) (*tls.Certificate, error)
	log  *slog.Logger
	acme *acmeCertificates // nil without ACME

	mu      sync.Mutex
	current *tls.Certificate
	looked  time.Time
}

// openCertificates fails when there is no good certificate at the start.
func openCertificates(s settings, log *slog.Logger) (*certificates, error) {
	c := &certificates{log: log}
	if s.TLSCert != "" {
		c.load = fileCertificate(s.TLSCert, s.TLSKey)
	} else {
		ca, err := openCA(s.state, time.Now())
		if err != nil {
			return nil, err
		}
		c.load = localCertificate(ca, s.advertise)
	}
	var err error
	if c.acme, err = openACME(s, log); err != nil {
		return nil, err
	}
	c.current, err = c.load(nil, time.Now())
	c.looked = time.Now()
	return c, err
}

// get is tls.Config.GetCertificate; called from every handshake.
func (c *certificates) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if cert, err := c.acme.get(hello); cert != nil || err != nil {
		return cert, err
	}
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.looked) >= lookAgain {
		c.look(now)
	}
	return c.current, nil
}

// reload looks at once, for SIGHUP.
func (c *certificates) reload() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.look(time.Now())
}

func (c *certificates) look(now time.Time) {
	c.looked = now
	fresh, err := c.load(c.current, now)
	switch {
	case err != nil:
		c.log.Error("the certificate could not be read again; the last good one stays", "error", err)
	case fresh != c.current:
		c.log.Info("new certificate", "names", fresh.Leaf.DNSNames, "expires", fresh.Leaf.NotAfter)
		c.current = fresh
	}
}

// expiry of the certificate in use; of several, the first to end.
func (c *certificates) expiry() time.Time {
	if leaves := c.acme.leaves(); len(leaves) > 0 {
		first := leaves[0].NotAfter
		for _, leaf := range leaves[1:] {
			if leaf.NotAfter.Before(first) {
				first = leaf.NotAfter
			}
		}
		return first
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.current.Leaf.NotAfter
}

// names that the certificate in use is good for.
func (c *certificates) names() []string {
	if leaves := c.acme.leaves(); len(leaves) > 0 {
		return leaves[0].DNSNames
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.current.Leaf.DNSNames
}

// fileCertificate loads the operator's files, when they are newer than last time.
func fileCertificate(certPath, keyPath string) func(*tls.Certificate, time.Time) (*tls.Certificate, error) {
	var last [2]time.Time
	return func(old *tls.Certificate, now time.Time) (*tls.Certificate, error) {
		var at [2]time.Time
		for i, f := range []struct{ setting, path string }{{"tls-cert", certPath}, {"tls-key", keyPath}} {
			info, err := os.Stat(f.path)
			if err != nil {
				return nil, wrong(f.setting, "%w", err)
			}
			at[i] = info.ModTime()
		}
		if old != nil && at == last {
			return old, nil
		}
		pair, err := tls.LoadX509KeyPair(certPath, keyPath)
		if err != nil {
			return nil, wrong("tls-cert", "%s with key %s: %w", certPath, keyPath, err)
		}
		if now.After(pair.Leaf.NotAfter) {
			return nil, wrong("tls-cert", "%s has expired on %s", certPath, pair.Leaf.NotAfter.Format(time.DateOnly))
		}
		last = at
		return &pair, nil
	}
}

// localCertificate issues from the local CA, anew when the machine has other
// addresses or the certificate is near its end.
func localCertificate(ca localCA, advertise []netip.Addr) func(*tls.Certificate, time.Time) (*tls.Certificate, error) {
	return func(old *tls.Certificate, now time.Time) (*tls.Certificate, error) {
		addrs := slices.Concat(advertise, ownAddresses())
		if covers(old, addrs, now) {
			return old, nil
		}
		names := []string{"localhost"}
		if host, err := os.Hostname(); err == nil && host != "" && host != "localhost" {
			names = append(names, host, host+".local")
		}
		return ca.issue(names, addrs, now)
	}
}
