package janus

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

// Server is a Janus process that was started here.
type Server struct {
	*serve.Process

	url string
}

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
	ports, err := serve.FreePorts(address, 1)
	if err != nil {
		return nil, err
	}
	process, err := serve.NewProcess()
	if err != nil {
		return nil, err
	}
	s := &Server{Process: process, url: fmt.Sprintf("ws://%s", netip.AddrPortFrom(address, ports[0]))}
	if err := s.configure(address, ports[0]); err != nil {
		_ = os.RemoveAll(s.Dir)
		return nil, err
	}
	command := exec.Command(binary, "--configs-folder", s.Dir, "--disable-stdout", "--log-file", filepath.Join(s.Dir, "log")) //nolint:gosec // a directory of our own
	if err := s.Run(on, command); err != nil {
		return nil, fmt.Errorf("janus (scripts/setup-system.sh peers installs it): %w", err)
	}
	return s, s.Ready(ctx, s.answers)
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
		to = filepath.Join(s.Dir, to)
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
`, s.Dir, address),
		"janus.transport.websockets.jcfg": fmt.Sprintf("general: {\n  ws = true\n  ws_port = %d\n  ws_ip = \"%s\"\n}\nadmin: {\n  admin_ws = false\n}\n", port, address),
		"janus.plugin.videoroom.jcfg":     "general: {\n  string_ids = true\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(s.Dir, name), []byte(text), 0o600); err != nil {
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

func (s *Server) answers(ctx context.Context) bool {
	c, err := dial(ctx, s.url)
	if err == nil {
		c.close()
	}
	return err == nil
}

// Front of its rooms.
func (s *Server) Front() scenarios.Front { return front{s.url} }
