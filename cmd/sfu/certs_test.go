package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var loopback = []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("fd00::1")}

func TestLocalCASignsForNamesAndAddresses(t *testing.T) {
	now := time.Now()
	ca, err := openCA(t.TempDir(), now)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.issue([]string{"localhost"}, loopback, now)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca.root)
	for _, name := range []string{"localhost", "127.0.0.1", "fd00::1"} {
		if _, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := cert.Leaf.VerifyHostname("10.9.9.9"); err == nil {
		t.Error("good for an address it was not made for")
	}
}

func TestLocalCAIsKeptAcrossRestarts(t *testing.T) {
	dir := t.TempDir()
	first, err := openCA(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	again, err := openCA(dir, time.Now())
	if err != nil || !again.root.Equal(first.root) {
		t.Errorf("another root: %v", err)
	}
	later, err := openCA(dir, time.Now().Add(rootLife))
	if err != nil || later.root.Equal(first.root) {
		t.Errorf("an expired root stays: %v", err)
	}
	if info, err := os.Stat(filepath.Join(dir, "ca.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key: %v, %v", info, err)
	}
}

func TestLocalCertificateIsRenewedBeforeItEndsAndForNewAddresses(t *testing.T) {
	now := time.Now()
	ca, err := openCA(t.TempDir(), now)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.issue(nil, loopback, now)
	if err != nil {
		t.Fatal(err)
	}
	if !covers(cert, loopback, now) {
		t.Error("a new certificate is not good")
	}
	if covers(cert, loopback, now.Add(leafLife-leafRenew+time.Hour)) {
		t.Error("not renewed when a third is left")
	}
	if covers(cert, append(loopback[:2:2], netip.MustParseAddr("10.9.9.9")), now) {
		t.Error("not renewed for a new address")
	}
}

// certFiles writes a certificate and its key.
func certFiles(t *testing.T, dir string) (certPath, keyPath string) {
	t.Helper()
	now := time.Now()
	ca, err := openCA(t.TempDir(), now)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.issue([]string{"localhost"}, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certPath, keyPath = filepath.Join(dir, "c"), filepath.Join(dir, "k")
	for path, block := range map[string]*pem.Block{
		certPath: {Type: "CERTIFICATE", Bytes: cert.Certificate[0]}, keyPath: {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certPath, keyPath
}

func TestCertificateFilesAreReadAgainWhenTheyChange(t *testing.T) {
	dir := t.TempDir()
	certPath, keyPath := certFiles(t, dir)
	c, err := openCertificates(settings{Config: Config{TLSCert: certPath, TLSKey: keyPath}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	first := served(t, c)
	if c.reload(); served(t, c) != first {
		t.Error("reloaded though nothing changed")
	}
	certFiles(t, dir)
	touch(t, certPath, time.Minute)
	c.reload()
	second := served(t, c)
	if second == first {
		t.Error("the new certificate is not served")
	}
	if err := os.WriteFile(certPath, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	touch(t, certPath, 2*time.Minute)
	if c.reload(); served(t, c) != second {
		t.Error("a broken file replaced the last good certificate")
	}
}

func served(t *testing.T, c *certificates) *tls.Certificate {
	t.Helper()
	cert, err := c.get(nil)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func touch(t *testing.T, path string, ahead time.Duration) {
	t.Helper()
	at := time.Now().Add(ahead)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func TestBadCertificateIsASentenceThatNamesTheSetting(t *testing.T) {
	bad := write(t, "c", "no certificate")
	for _, c := range []Config{{TLSCert: bad, TLSKey: bad}, {TLSCert: "missing", TLSKey: bad}} {
		_, err := openCertificates(settings{Config: c}, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), "--tls-cert ") {
			t.Errorf("%+v: %v", c.TLSCert, err)
		}
	}
}

func TestSessionKeyIsKeptAndPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "state")
	if err := makeState(dir); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("directory: %v, %v", info, err)
	}
	first, err := sessionKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := sessionKey(dir)
	if err != nil || string(first) != string(again) || len(first) != sessionKeySize {
		t.Errorf("another key: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "session.key"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sessionKey(dir); err == nil || !strings.Contains(err.Error(), "--state ") {
		t.Errorf("a broken key was taken: %v", err)
	}
}
