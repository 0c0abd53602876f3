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
	// Media is its public port: address and port, UDP and TCP.
	Media string
	PID   int

	command *exec.Cmd
	health  string
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
		Media: at(0),
		state: state,
	}
	flags := []string{"--listen", at(0), "--http", at(1), "--admin", at(2), "--advertise", "127.0.0.1", "--state", state}
	s.health = "http://" + at(2) + "/healthz"
	s.command = exec.Command(binary, append(flags, more...)...) //nolint:gosec // what the user names
	s.command.Stdout, s.command.Stderr = log, log
	if err := on(s.run); err != nil {
		_ = os.RemoveAll(state)
		return nil, err
	}
	if err := s.healthy(ctx, s.health); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// run starts the process.
func (s *Server) run() error {
	if err := s.command.Start(); err != nil {
		return err
	}
	s.PID = s.command.Process.Pid
	command, ended := s.command, make(chan struct{})
	s.ended = ended
	go func() {
		s.err = command.Wait()
		close(ended)
	}()
	return nil
}

// KillAndRestart ends the server without a word and starts it again at once,
// with the same flags and state. It returns when that was, and does not wait
// until it is healthy.
func (s *Server) KillAndRestart() (time.Time, error) {
	if err := s.command.Process.Kill(); err != nil {
		return time.Time{}, err
	}
	<-s.ended
	again := exec.Command(s.command.Path, s.command.Args[1:]...) //nolint:gosec // what the user names
	again.Stdout, again.Stderr = s.command.Stdout, s.command.Stderr
	s.command = again
	return time.Now(), s.run()
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
