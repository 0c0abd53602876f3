package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/acme"
)

// fakeCA is an ACME CA (RFC 8555) for one name at a time: it checks the name
// by TLS-ALPN at the address given, as a real one would at port 443.
type fakeCA struct {
	t      *testing.T
	web    *httptest.Server
	key    crypto.Signer
	root   *x509.Certificate
	reach  func() string // address of the server that asks
	mu     sync.Mutex
	domain string
	valid  bool
	issued []byte // PEM
	orders int
}

func newFakeCA(t *testing.T) *fakeCA {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "fake CA"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour * 24 * 365), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	ca := &fakeCA{t: t, key: key, root: root}
	ca.web = httptest.NewTLSServer(http.HandlerFunc(ca.serve))
	t.Cleanup(ca.web.Close)
	return ca
}

// rootFile of the CA's own HTTPS.
func (ca *fakeCA) rootFile() string {
	return write(ca.t, "root", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.web.Certificate().Raw})))
}

func (ca *fakeCA) serve(w http.ResponseWriter, r *http.Request) {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	at := func(path string) string { return ca.web.URL + path }
	w.Header().Set("Replay-Nonce", "nonce")
	payload := payloadOf(r)
	status, pending := "pending", map[bool]string{true: "valid", false: "pending"}[ca.valid]
	order := map[string]any{"status": status, "identifiers": []map[string]string{{"type": "dns", "value": ca.domain}}, "authorizations": []string{at("/authz")}, "finalize": at("/finalize")}
	answer := func(code int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(v)
	}
	switch r.URL.Path {
	case "/directory":
		answer(200, map[string]any{"newNonce": at("/nonce"), "newAccount": at("/account"), "newOrder": at("/order"), "revokeCert": at("/revoke"), "keyChange": at("/key")})
	case "/nonce":
	case "/account":
		w.Header().Set("Location", at("/account/1"))
		answer(http.StatusCreated, map[string]string{"status": "valid"})
	case "/order":
		var want struct{ Identifiers []struct{ Value string } }
		if json.Unmarshal(payload, &want) != nil || len(want.Identifiers) != 1 {
			http.Error(w, "no order", http.StatusBadRequest)
			return
		}
		ca.domain, ca.valid = want.Identifiers[0].Value, false
		ca.orders++
		order["identifiers"] = []map[string]string{{"type": "dns", "value": ca.domain}}
		w.Header().Set("Location", at("/order/1"))
		answer(http.StatusCreated, order)
	case "/order/1":
		if ca.valid {
			order["status"] = "ready"
		}
		if ca.issued != nil {
			order["status"], order["certificate"] = "valid", at("/cert")
		}
		answer(200, order)
	case "/authz", "/challenge":
		challenge := map[string]string{"type": "tls-alpn-01", "url": at("/challenge"), "token": "token", "status": pending}
		if r.URL.Path == "/authz" {
			answer(200, map[string]any{"status": pending, "identifier": map[string]string{"type": "dns", "value": ca.domain}, "challenges": []any{challenge}})
			return
		}
		ca.valid = ca.check()
		answer(200, challenge)
	case "/finalize":
		ca.issued = ca.sign(payload)
		order["status"], order["certificate"] = "valid", at("/cert")
		w.Header().Set("Location", at("/order/1"))
		answer(200, order)
	case "/cert":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(ca.issued)
	default:
		http.NotFound(w, r)
	}
}

// payloadOf a signed request; who signed it does not matter here.
func payloadOf(r *http.Request) []byte {
	var jws struct{ Payload string }
	body, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(body, &jws)
	payload, _ := base64.RawURLEncoding.DecodeString(jws.Payload)
	return payload
}

// check asks the server for its challenge's certificate (RFC 8737, section 3).
func (ca *fakeCA) check() bool {
	c, err := tls.Dial("tcp", ca.reach(), &tls.Config{
		ServerName: ca.domain, NextProtos: []string{acme.ALPNProto}, InsecureSkipVerify: true, //nolint:gosec // it signs itself
	})
	if err != nil {
		ca.t.Errorf("the CA's check: %v", err)
		return false
	}
	defer c.Close()
	leaf := c.ConnectionState().PeerCertificates[0]
	for _, e := range leaf.Extensions {
		if e.Id.Equal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}) {
			return leaf.VerifyHostname(ca.domain) == nil
		}
	}
	return false
}

func (ca *fakeCA) sign(payload []byte) []byte {
	var want struct{ CSR string }
	_ = json.Unmarshal(payload, &want)
	der, _ := base64.RawURLEncoding.DecodeString(want.CSR)
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		ca.t.Errorf("the request: %v", err)
		return nil
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(1 + ca.orders)), Subject: csr.Subject, DNSNames: csr.DNSNames,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, ca.root, csr.PublicKey, ca.key)
	if err != nil {
		ca.t.Errorf("the certificate: %v", err)
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
}

// issuerAt tells who signed what a visitor of the name gets.
func issuerAt(t *testing.T, address, name string) string {
	t.Helper()
	c, err := tls.Dial("tcp", address, &tls.Config{ServerName: name, NextProtos: []string{"http/1.1"}, InsecureSkipVerify: true}) //nolint:gosec // looked at below
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0].Issuer.CommonName
}

func TestACertificateComesFromAnACMECAWhileTheServerRuns(t *testing.T) {
	ca := newFakeCA(t)
	address := make(chan string, 1)
	ca.reach = func() string {
		at := <-address
		address <- at
		return at
	}
	n := started(t, "--acme-domain", "calls.example.org", "--acme-directory", ca.web.URL+"/directory", "--acme-root", ca.rootFile())
	defer n.close()
	public := n.on.public.Addr().String()
	// A connection of before stays open while the certificate changes.
	early, err := tls.Dial("tcp", public, &tls.Config{NextProtos: []string{"http/1.1"}, InsecureSkipVerify: true}) //nolint:gosec // the local CA's
	if err != nil {
		t.Fatal(err)
	}
	defer early.Close()
	if got := issuerAt(t, public, "calls.example.org"); got == "fake CA" {
		t.Error("the certificate is there before it was got")
	}
	address <- public
	deadline := time.After(20 * time.Second)
	for issuerAt(t, public, "calls.example.org") != "fake CA" {
		select {
		case <-deadline:
			t.Fatal("no certificate")
		default:
		}
	}
	if got := issuerAt(t, public, "other.example.org"); got == "fake CA" {
		t.Error("it is served for another name")
	}
	if _, err = fmt.Fprintf(early, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	_ = early.SetReadDeadline(time.Now().Add(5 * time.Second))
	if b, err := io.ReadAll(early); err != nil || len(b) == 0 {
		t.Errorf("the early connection: %d bytes, %v", len(b), err)
	}
	if names := n.certs.names(); len(names) != 1 || names[0] != "calls.example.org" {
		t.Errorf("names %q", names)
	}
}

func TestACMEAndACertificateOfOnesOwnExcludeEachOther(t *testing.T) {
	for _, c := range []Config{
		{TLSCert: "c", TLSKey: "k", ACMEDomain: []string{"calls.example.org"}},
		{ACMEDomain: []string{"localhost"}},
		{ACMEDomain: []string{"203.0.113.5"}},
		{ACMEDomain: []string{"calls.example.org"}, ACMEDirectory: "http://ca.example.org"},
	} {
		if err := c.checkTLS(); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}
