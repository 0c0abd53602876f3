package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	rootLife = 10 * 365 * 24 * time.Hour
	// leafLife is short enough for all browsers; a leaf is renewed when a third is left.
	leafLife  = 90 * 24 * time.Hour
	leafRenew = leafLife / 3
)

// localCA signs the server's certificate when the operator gives none.
type localCA struct {
	root *x509.Certificate
	key  crypto.Signer
}

// openCA reads the local CA from the state directory, or makes it. A root
// that has expired is made anew.
func openCA(dir string, now time.Time) (localCA, error) {
	certPath, keyPath := filepath.Join(dir, "ca.crt"), filepath.Join(dir, "ca.key")
	pair, err := tls.LoadX509KeyPair(certPath, keyPath)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return newCA(certPath, keyPath, now)
	case err != nil:
		return localCA{}, wrong("state", "local CA %s: %w; remove ca.crt and ca.key to make a new one", certPath, err)
	case now.Add(leafLife).After(pair.Leaf.NotAfter):
		return newCA(certPath, keyPath, now)
	}
	return localCA{pair.Leaf, pair.PrivateKey.(crypto.Signer)}, nil
}

func newCA(certPath, keyPath string, now time.Time) (localCA, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return localCA{}, err
	}
	host, _ := os.Hostname()
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "Callrelay local CA on " + host},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(rootLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return localCA{}, err
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		return localCA{}, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return localCA{}, err
	}
	// The key first: a certificate without its key could not be mended.
	for _, f := range []struct{ path, kind, content string }{
		{keyPath, "PRIVATE KEY", string(keyDER)}, {certPath, "CERTIFICATE", string(der)},
	} {
		if err := writeNew(f.path, pem.EncodeToMemory(&pem.Block{Type: f.kind, Bytes: []byte(f.content)})); err != nil {
			return localCA{}, wrong("state", "local CA: %w", err)
		}
	}
	return localCA{root, key}, nil
}

// issue makes a certificate for these names and addresses. It is kept in
// memory only.
func (ca localCA) issue(names []string, addrs []netip.Addr, now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "Callrelay"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(leafLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: names,
	}
	for _, addr := range addrs {
		template.IPAddresses = append(template.IPAddresses, addr.AsSlice())
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.root, key.Public(), ca.key)
	if err != nil {
		return nil, fmt.Errorf("local certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, ca.root.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// covers tells whether a certificate is good for all of these addresses and
// not near its end.
func covers(cert *tls.Certificate, addrs []netip.Addr, now time.Time) bool {
	if cert == nil || now.Add(leafRenew).After(cert.Leaf.NotAfter) {
		return false
	}
	return !slices.ContainsFunc(addrs, func(addr netip.Addr) bool {
		return cert.Leaf.VerifyHostname(addr.WithZone("").String()) != nil
	})
}

func serial() *big.Int {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[0] &= 0x7f // positive
	b[15] |= 1   // not zero
	return new(big.Int).SetBytes(b[:])
}
