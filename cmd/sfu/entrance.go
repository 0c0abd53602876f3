package main

import (
	"crypto/tls"
	"net"
	"net/http"

	"golang.org/x/crypto/acme"

	"callrelay/oneport"
)

// entrance is the TCP side of --listen: it tells what each connection speaks
// and gives each protocol its own listener.
type entrance struct {
	*oneport.Splitter
	tls *tls.Config
}

func openEntrance(l net.Listener, certs *certificates) (*entrance, error) {
	config := &tls.Config{
		MinVersion: tls.VersionTLS12, GetCertificate: certs.get, NextProtos: []string{"h2", "http/1.1"},
	}
	if certs.acme != nil {
		config.NextProtos = append(config.NextProtos, acme.ALPNProto)
	}
	splitter, err := oneport.Split(l, oneport.Config{TLS: config})
	if err != nil {
		return nil, err
	}
	return &entrance{splitter, config}, nil
}

// close ends what is undecided; nil is allowed.
func (e *entrance) close() {
	if e != nil {
		_ = e.Close()
	}
}

// turnListeners of the media side; none when TURN is turned off.
func (n *node) turnListeners() []net.Listener {
	if !n.settings.TURN {
		return nil
	}
	return []net.Listener{n.entrance.TURN(), n.entrance.TURNS()}
}

// counts of connections by what they spoke, for /metrics.
func (e *entrance) counts() map[string]uint64 {
	s := e.Stats()
	return map[string]uint64{
		"https": s.HTTPS, "http": s.HTTP, "turn": s.TURN, "turns": s.TURNS, "ice": s.ICE,
		"refused": s.Refused, "silent": s.Silent, "crowded": s.Crowded, "unserved": s.Unserved,
	}
}

// toHTTPS answers who speaks plain HTTP to the public port.
func toHTTPS(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close")
	if r.Host == "" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "this port speaks HTTPS", http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, "https://"+r.Host+r.URL.RequestURI(), http.StatusPermanentRedirect)
}
