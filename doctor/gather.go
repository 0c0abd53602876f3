package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"
)

// TryPort asks for a port and gives it back; network is "TCP" or "UDP".
func TryPort(setting, network, address string) Port {
	p := Port{Setting: setting, Network: network, Address: address}
	err := open(network, address)
	switch {
	case err == nil:
		return p
	case errors.Is(err, syscall.EADDRINUSE):
		p.Error = PortTaken
		p.Holder = HolderOf(network, address)
	case errors.Is(err, syscall.EACCES):
		p.Error = PortForbidden
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		p.Error = PortNoAddress
	default:
		p.Error = PortOther
	}
	return p
}

// HolderOf finds the process that has a port; the zero Process when none can be seen.
func HolderOf(network, address string) Process {
	at, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return Process{}
	}
	return holderOf(os.DirFS("/proc"), network, at.AddrPort().Port())
}

func open(network, address string) error {
	if network == "UDP" {
		c, err := net.ListenPacket("udp", address)
		if err != nil {
			return err
		}
		return c.Close()
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	return l.Close()
}

// AskServer reads /healthz of a server on this machine.
func AskServer(ctx context.Context, url string) Server {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	s := Server{URL: url}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return s
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return s
	}
	defer res.Body.Close()
	var body struct {
		Version, Sentence string
	}
	const most = 64 << 10
	if json.NewDecoder(http.MaxBytesReader(nil, res.Body, most)).Decode(&body) != nil || body.Version == "" {
		return s // something else answers there
	}
	s.Running, s.Status, s.Sentence = true, res.StatusCode, body.Sentence
	return s
}
