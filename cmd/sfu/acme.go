package main

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// acmeCertificates gets and renews certificates from an ACME CA (RFC 8555),
// which checks the names over TLS on the public port (RFC 8737, so it must be
// reachable as 443), or over HTTP when --http is reachable as 80. Until a
// certificate is there, the local CA's is served.
type acmeCertificates struct {
	manager *autocert.Manager
	domains []string
	log     *slog.Logger

	stop    chan struct{}
	running sync.WaitGroup

	mu   sync.Mutex
	have map[string]*x509.Certificate // newest by domain
}

// acmeAgain is the pause after a certificate could not be got: the CA limits tries.
const acmeAgain = 10 * time.Minute

// acmeLook is how often the renewed certificate's end is looked up.
const acmeLook = time.Hour

// openACME begins to get certificates; nil without domains.
func openACME(s settings, log *slog.Logger) (*acmeCertificates, error) {
	if len(s.ACMEDomain) == 0 {
		return nil, nil
	}
	client := &acme.Client{DirectoryURL: s.ACMEDirectory, UserAgent: "callrelay/" + version}
	if s.ACMERoot != "" {
		pem, err := os.ReadFile(s.ACMERoot)
		if err != nil {
			return nil, wrong("acme-root", "%w", err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, wrong("acme-root", "%s holds no certificate", s.ACMERoot)
		}
		client.HTTPClient = &http.Client{
			Timeout: 30 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
		}
	}
	a := &acmeCertificates{
		manager: &autocert.Manager{
			Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(filepath.Join(s.state, "acme")),
			HostPolicy: autocert.HostWhitelist(s.ACMEDomain...), Email: s.ACMEEmail, Client: client,
		},
		domains: s.ACMEDomain, log: log, stop: make(chan struct{}), have: map[string]*x509.Certificate{},
	}
	return a, nil
}

// run gets a certificate for each domain and keeps looking; the manager
// renews them. It begins when the port is served, as the CA comes there.
func (a *acmeCertificates) run() {
	if a == nil {
		return
	}
	for _, domain := range a.domains {
		a.running.Go(func() {
			for {
				pause := acmeLook
				if err := a.fetch(domain); err != nil {
					a.log.Error("no certificate from the ACME CA yet", "setting", "acme-domain", "name", domain, "error", err, "again_in", acmeAgain.String())
					pause = acmeAgain
				}
				select {
				case <-time.After(pause):
				case <-a.stop:
					return
				}
			}
		})
	}
}

func (a *acmeCertificates) fetch(domain string) error {
	cert, err := a.manager.GetCertificate(helloFor(domain))
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if old := a.have[domain]; old == nil || !old.Equal(cert.Leaf) {
		a.log.Info("new certificate", "names", cert.Leaf.DNSNames, "expires", cert.Leaf.NotAfter)
	}
	a.have[domain] = cert.Leaf
	return nil
}

// helloFor asks the manager for an ECDSA certificate, which all browsers take;
// by a client's own hello it might get a second one, RSA.
func helloFor(domain string) *tls.ClientHelloInfo {
	return &tls.ClientHelloInfo{
		ServerName: domain, SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256},
		CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
	}
}

// get answers a handshake; nil, nil where it has nothing for it.
func (a *acmeCertificates) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if a == nil {
		return nil, nil
	}
	if slices.Equal(hello.SupportedProtos, []string{acme.ALPNProto}) {
		return a.manager.GetCertificate(hello)
	}
	a.mu.Lock()
	_, ready := a.have[hello.ServerName]
	a.mu.Unlock()
	if !ready {
		return nil, nil
	}
	return a.manager.GetCertificate(helloFor(hello.ServerName))
}

// leaves that are in use.
func (a *acmeCertificates) leaves() (out []*x509.Certificate) {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, domain := range a.domains {
		if leaf := a.have[domain]; leaf != nil {
			out = append(out, leaf)
		}
	}
	return out
}

// overHTTP answers the CA's checks over HTTP, and passes on all else.
func (a *acmeCertificates) overHTTP(next http.Handler) http.Handler {
	if a == nil {
		return next
	}
	return a.manager.HTTPHandler(next)
}

// close ends looking. An order that is under way ends with the process.
func (a *acmeCertificates) close() {
	if a != nil {
		close(a.stop)
	}
}
