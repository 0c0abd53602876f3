package janus

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"callrelay/benchmarks/scenarios"
)

// Server is a Janus process that was started here.
type Server struct {
	PID int

	url     string
	command *exec.Cmd
	dir     string
	ended   chan struct{}
}

// startTime is how long it may take until it answers.
const startTime = 20 * time.Second

// Debian's places of the program's parts.
const (
	binary  = "janus"
	plugins = "/usr/lib/*/janus/plugins"
	carrier = "/usr/lib/*/janus/transports"
)

// Start one with VideoRoom and the WebSocket API alone, on address, by calling
// on with what starts the process. The address cannot be the loopback's: Janus
// offers no candidates there.
func Start(ctx context.Context, on func(func() error) error, address netip.Addr) (*Server, error) {
	dir, err := os.MkdirTemp("", "janus-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, ended: make(chan struct{})}
	if err := s.start(on, address); err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	if err := s.answers(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *Server) start(on func(func() error) error, address netip.Addr) error {
	port, err := freePort(address)
	if err != nil {
		return err
	}
	s.url = fmt.Sprintf("ws://%s", netip.AddrPortFrom(address, port))
	if err := s.configure(address, port); err != nil {
		return err
	}
	s.command = exec.Command(binary, "--configs-folder", s.dir, "--disable-stdout", "--log-file", filepath.Join(s.dir, "log"))
	if err := on(s.command.Start); err != nil {
		return fmt.Errorf("janus (scripts/setup-system.sh peers installs it): %w", err)
	}
	s.PID = s.command.Process.Pid
	go func() {
		_ = s.command.Wait()
		close(s.ended)
	}()
	return nil
}

// configure writes its files.
func (s *Server) configure(address netip.Addr, port uint16) error {
	pluginsDir, err := only(plugins)
	if err != nil {
		return err
	}
	carrierDir, err := only(carrier)
	if err != nil {
		return err
	}
	// Of the plugins and transports only those that are used: links to them.
	for to, from := range map[string]string{
		"plugins/libjanus_videoroom.so":     filepath.Join(pluginsDir, "libjanus_videoroom.so"),
		"transports/libjanus_websockets.so": filepath.Join(carrierDir, "libjanus_websockets.so"),
	} {
		to = filepath.Join(s.dir, to)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := os.Symlink(from, to); err != nil {
			return err
		}
	}
	for name, text := range map[string]string{
		"janus.jcfg": fmt.Sprintf(`general: {
  plugins_folder = "%[1]s/plugins"
  transports_folder = "%[1]s/transports"
  debug_level = 2
  session_timeout = 0
}
nat: { ice_enforce_list = "%[2]s" }
media: { no_media_timer = 0 }
`, s.dir, address),
		"janus.transport.websockets.jcfg": fmt.Sprintf("general: {\n  ws = true\n  ws_port = %d\n  ws_ip = \"%s\"\n}\nadmin: {\n  admin_ws = false\n}\n", port, address),
		"janus.plugin.videoroom.jcfg":     "general: {\n  string_ids = true\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// only match of a pattern.
func only(pattern string) (string, error) {
	found, err := filepath.Glob(pattern)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%s is not there: scripts/setup-system.sh peers installs Janus", pattern)
	}
	if err != nil {
		return "", err
	}
	return found[0], nil
}

func (s *Server) answers(ctx context.Context) error {
	deadline := time.After(startTime)
	for {
		if c, err := dial(ctx, s.url); err == nil {
			c.close()
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-s.ended:
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("janus has ended: %s", log)
		case <-deadline:
			return errors.New("janus does not answer")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Front of its rooms.
func (s *Server) Front() scenarios.Front { return front{s.url} }

// Stop ends it and removes its files.
func (s *Server) Stop() {
	_ = s.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(5 * time.Second):
		_ = s.command.Process.Kill()
		<-s.ended
	}
	_ = os.RemoveAll(s.dir)
}

func freePort(address netip.Addr) (uint16, error) {
	l, err := net.Listen("tcp", netip.AddrPortFrom(address, 0).String())
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return netip.MustParseAddrPort(l.Addr().String()).Port(), nil
}
