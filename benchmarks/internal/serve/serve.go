package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Server is a process that was started here.
type Server struct {
	// URL of the WebSocket, and of the metrics.
	URL, Metrics string
	PID          int

	command *exec.Cmd
	state   string
	ended   chan struct{}
	err     error // once ended
}

// startTime is how long a server may take until it is healthy.
const startTime = 20 * time.Second

// Start runs binary with flags for this machine alone, and more flags after
// them; it returns when the server is healthy. Its log goes to log.
func Start(ctx context.Context, binary string, log io.Writer, more ...string) (*Server, error) {
	return StartOn(ctx, func(f func() error) error { return f() }, binary, log, more...)
}

// StartOn is Start with on called to start the process; see package pin.
func StartOn(ctx context.Context, on func(func() error) error, binary string, log io.Writer, more ...string) (*Server, error) {
	ports, err := freePorts(3)
	if err != nil {
		return nil, err
	}
	state, err := os.MkdirTemp("", "callrelay-state-")
	if err != nil {
		return nil, err
	}
	at := func(i int) string { return fmt.Sprintf("127.0.0.1:%d", ports[i]) }
	s := &Server{
		URL: "ws://" + at(1) + "/ws", Metrics: "http://" + at(2) + "/metrics",
		state: state, ended: make(chan struct{}),
	}
	flags := []string{"--listen", at(0), "--http", at(1), "--admin", at(2), "--advertise", "127.0.0.1", "--state", state}
	s.command = exec.Command(binary, append(flags, more...)...) //nolint:gosec // what the user names
	s.command.Stdout, s.command.Stderr = log, log
	if err := on(s.command.Start); err != nil {
		_ = os.RemoveAll(state)
		return nil, err
	}
	s.PID = s.command.Process.Pid
	go func() {
		s.err = s.command.Wait()
		close(s.ended)
	}()
	if err := s.healthy(ctx, "http://"+at(2)+"/healthz"); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *Server) healthy(ctx context.Context, url string) error {
	deadline := time.After(startTime)
	for {
		if request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody); err != nil {
			return err
		} else if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-s.ended:
			return fmt.Errorf("the server has ended: %w", s.err)
		case <-deadline:
			return errors.New("the server has not become healthy")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Stop ends the server, by SIGTERM first, and clears away what it kept.
func (s *Server) Stop() {
	_ = s.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(5 * time.Second):
		_ = s.command.Process.Kill()
		<-s.ended
	}
	_ = os.RemoveAll(s.state)
}

// freePorts that are free for UDP and TCP at the moment.
func freePorts(n int) (ports []int, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
