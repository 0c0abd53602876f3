package serve

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os/exec"
	"time"
)

// Server of Callrelay that was started here.
type Server struct {
	*Process
	// URL of the WebSocket, and of the metrics.
	URL, Metrics string
	// Media is its public port: address and port, UDP and TCP.
	Media string
}

// Start runs binary with flags for this machine alone, and more flags after
// them; it returns when the server is healthy. Its log goes to log.
func Start(ctx context.Context, binary string, log io.Writer, more ...string) (*Server, error) {
	return StartOn(ctx, atOnce, binary, log, more...)
}

func atOnce(f func() error) error { return f() }

// StartOn is Start with on called to start the process; see package pin.
func StartOn(ctx context.Context, on func(func() error) error, binary string, log io.Writer, more ...string) (*Server, error) {
	loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	ports, err := FreePorts(loopback, 3)
	if err != nil {
		return nil, err
	}
	process, err := NewProcess()
	if err != nil {
		return nil, err
	}
	at := func(i int) string { return netip.AddrPortFrom(loopback, ports[i]).String() }
	s := &Server{Process: process, URL: "ws://" + at(1) + "/ws", Metrics: "http://" + at(2) + "/metrics", Media: at(0)}
	flags := []string{"--listen", at(0), "--http", at(1), "--admin", at(2), "--advertise", loopback.String(), "--state", s.Dir}
	command := exec.Command(binary, append(flags, more...)...) //nolint:gosec // what the user names
	command.Stdout, command.Stderr = log, log
	if err := s.Run(on, command); err != nil {
		return nil, err
	}
	return s, s.Ready(ctx, Healthy("http://"+at(2)+"/healthz"))
}

// Healthy asks a URL until it answers with a 200.
func Healthy(url string) func(context.Context) bool {
	return func(ctx context.Context) bool {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return false
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode == http.StatusOK
	}
}

// KillAndRestart ends the server without a word and starts it again at once,
// with the same flags and state. It returns when that was, and does not wait
// until it is healthy.
func (s *Server) KillAndRestart() (time.Time, error) {
	if err := s.command.Process.Kill(); err != nil {
		return time.Time{}, fmt.Errorf("killing the server: %w", err)
	}
	<-s.ended
	again := exec.Command(s.command.Path, s.command.Args[1:]...) //nolint:gosec // what the user names
	again.Stdout, again.Stderr = s.command.Stdout, s.command.Stderr
	at := time.Now()
	return at, s.Run(atOnce, again)
}
