package oneport

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Config of a Splitter. Zero fields get the defaults named.
type Config struct {
	// TLS makes the handshakes. Its NextProtos must be what the HTTP server
	// speaks ("h2", "http/1.1"): the negotiation tells a browser's HTTPS from
	// a TURN client, which negotiates nothing. Required.
	TLS *tls.Config
	// Patience until a connection has told what it speaks, its TLS handshake
	// included; 5 s.
	Patience time.Duration
	// MaxUndecided connections at once; 1024. Further ones wait in the
	// kernel's queue. Once half of them are taken, a source (an IPv4 address,
	// an IPv6 /64) that has a sixteenth of them (8 at least) is refused more, so that one
	// cannot keep the others out.
	MaxUndecided int
}

// Stats counts connections since Split, by what became of them.
type Stats struct {
	HTTPS, HTTP, TURN, TURNS, ICE uint64
	// Refused spoke nothing known, or failed their TLS handshake; Silent said
	// too little in time; Crowded came from a source that has too many
	// undecided ones; Unserved, which are counted as what they
	// spoke too, were not taken in time.
	Refused, Silent, Crowded, Unserved uint64
}

// Splitter gives each protocol of one port its own listener.
type Splitter struct {
	config   Config
	listener net.Listener
	cancel   context.CancelFunc
	ended    context.Context //nolint:containedctx // the Splitter's own life, not a request's
	running  sync.WaitGroup
	slots    chan struct{}
	sources  *sources

	https, plain, turn, turns, ice *feed
	count                          [9]atomic.Uint64
}

const (
	countHTTPS = iota
	countHTTP
	countTURN
	countTURNS
	countICE
	countRefused
	countSilent
	countCrowded
	countUnserved
)

// Split begins to accept on l, which then belongs to the Splitter.
func Split(l net.Listener, config Config) (*Splitter, error) {
	if config.TLS == nil {
		return nil, errors.New("oneport: a TLS configuration is required")
	}
	if config.Patience == 0 {
		config.Patience = 5 * time.Second
	}
	if config.MaxUndecided == 0 {
		config.MaxUndecided = 1024
	}
	s := &Splitter{
		config: config, listener: l, slots: make(chan struct{}, config.MaxUndecided),
		sources: newSources(config.MaxUndecided),
	}
	s.ended, s.cancel = context.WithCancel(context.Background())
	for _, f := range []**feed{&s.https, &s.plain, &s.turn, &s.turns, &s.ice} {
		*f = newFeed(s.ended, l.Addr())
	}
	s.running.Add(1)
	go s.accept()
	return s, nil
}

// HTTPS yields *tls.Conn whose handshake is done, unwrapped where the client
// negotiated a protocol, so that an http.Server finds h2 on them.
func (s *Splitter) HTTPS() net.Listener { return s.https }

// HTTP yields connections that speak HTTP without TLS.
func (s *Splitter) HTTP() net.Listener { return s.plain }

// TURN yields connections that speak TURN without TLS.
func (s *Splitter) TURN() net.Listener { return s.turn }

// TURNS yields connections that speak TURN inside TLS.
func (s *Splitter) TURNS() net.Listener { return s.turns }

// ICE yields connections that speak ICE-TCP.
func (s *Splitter) ICE() net.Listener { return s.ice }

// Stats returns the counts of now.
func (s *Splitter) Stats() Stats {
	n := func(i int) uint64 { return s.count[i].Load() }
	return Stats{
		HTTPS: n(countHTTPS), HTTP: n(countHTTP), TURN: n(countTURN), TURNS: n(countTURNS), ICE: n(countICE),
		Refused: n(countRefused), Silent: n(countSilent), Crowded: n(countCrowded), Unserved: n(countUnserved),
	}
}

// Close stops accepting, closes what is undecided and waits for it. What a
// listener has given away stays open.
func (s *Splitter) Close() error {
	s.cancel()
	err := s.listener.Close()
	s.running.Wait()
	return err
}

func (s *Splitter) accept() {
	defer s.running.Done()
	for {
		select {
		case s.slots <- struct{}{}:
		case <-s.ended.Done():
			return
		}
		c, err := s.listener.Accept()
		if err != nil {
			<-s.slots
			select {
			case <-s.ended.Done():
				return
			case <-time.After(50 * time.Millisecond): // out of descriptors: it passes
				continue
			}
		}
		from := sourceOf(c.RemoteAddr())
		if !s.sources.enter(from) {
			<-s.slots
			s.drop(c, countCrowded)
			continue
		}
		s.running.Add(1)
		go func() {
			defer s.running.Done()
			defer func() {
				s.sources.leave(from)
				<-s.slots
			}()
			s.route(c)
		}()
	}
}

// route decides where a connection goes. It owns c until it is given away.
func (s *Splitter) route(c net.Conn) {
	stop := context.AfterFunc(s.ended, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	_ = c.SetDeadline(time.Now().Add(s.config.Patience))
	first, protocol, err := peek(c)
	if err != nil {
		s.drop(c, countSilent)
		return
	}
	switch protocol {
	case TLS:
		s.routeTLS(first)
	case HTTP:
		s.hand(first, s.plain, countHTTP)
	case TURN:
		s.hand(first, s.turn, countTURN)
	case ICE:
		s.hand(first, s.ice, countICE)
	case Undecided, Unknown:
		s.drop(c, countRefused)
	}
}

func (s *Splitter) routeTLS(c net.Conn) {
	secure := tls.Server(c, s.config.TLS)
	if err := secure.HandshakeContext(s.ended); err != nil {
		s.drop(c, countRefused)
		return
	}
	// Wrapping the connection would hide it from http.Server's look for h2.
	if secure.ConnectionState().NegotiatedProtocol != "" {
		s.hand(secure, s.https, countHTTPS)
		return
	}
	first, protocol, err := peek(secure)
	switch {
	case err != nil:
		s.drop(c, countSilent)
	case protocol == TURN:
		s.hand(first, s.turns, countTURNS)
	default:
		s.hand(first, s.https, countHTTPS)
	}
}

func (s *Splitter) hand(c net.Conn, to *feed, counter int) {
	s.count[counter].Add(1)
	if !to.give(c, s.config.Patience) {
		s.drop(c, countUnserved)
	}
}

func (s *Splitter) drop(c net.Conn, counter int) {
	s.count[counter].Add(1)
	_ = c.Close()
}
