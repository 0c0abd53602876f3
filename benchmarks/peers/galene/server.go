package galene

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"

	"callrelay/benchmarks/internal/serve"
	"callrelay/benchmarks/scenarios"
)

// Server is a Galene process that was started here.
type Server struct {
	*serve.Process

	url string
}

const (
	// group that all rooms are subgroups of.
	group = "load"
	// groupFile lets anybody in, to send and receive.
	groupFile = `{
  "wildcard-user": {"password": {"type": "wildcard"}, "permissions": "present"},
  "auto-subgroups": true, "allow-recording": false, "codecs": ["vp8", "opus"]
}
`
)

// Start binary on address, by calling on with what starts the process. The
// address cannot be the loopback's: Galene offers no candidates there.
func Start(ctx context.Context, on func(func() error) error, binary string, address netip.Addr) (*Server, error) {
	ports, err := serve.FreePorts(address, 1)
	if err != nil {
		return nil, err
	}
	process, err := serve.NewProcess()
	if err != nil {
		return nil, err
	}
	at := netip.AddrPortFrom(address, ports[0]).String()
	s := &Server{Process: process, url: "ws://" + at + "/ws"}
	if err := s.configure(); err != nil {
		_ = os.RemoveAll(s.Dir)
		return nil, err
	}
	command := exec.Command(binary, "-http", at, "-insecure", "-turn", "", //nolint:gosec // what the user names
		"-data", s.Dir, "-groups", filepath.Join(s.Dir, "groups"), "-static", filepath.Join(s.Dir, "static"))
	if err := s.Run(on, command); err != nil {
		return nil, fmt.Errorf("galene: %w", err)
	}
	return s, s.Ready(ctx, serve.Healthy("http://"+at+"/group/"+group+"/.status"))
}

// configure writes its files.
func (s *Server) configure() error {
	for _, name := range []string{"groups", "static"} {
		if err := os.Mkdir(filepath.Join(s.Dir, name), 0o700); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(s.Dir, "groups", group+".json"), []byte(groupFile), 0o600)
}

// Front of its rooms.
func (s *Server) Front() scenarios.Front { return front{s.url} }
