package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"

	"callrelay/benchmarks/internal/client"
)

// relay is a TURN client over TCP.
type relay struct {
	client *turn.Client
	tcp    net.Conn
}

func (a *attack) relay(conn *client.Conn) (*relay, error) {
	if len(conn.Welcome.ICEServers) == 0 {
		return nil, errors.New("the welcome has no ICE servers")
	}
	server := conn.Welcome.ICEServers[0]
	tcp, err := net.Dial("tcp", a.media.String())
	if err != nil {
		return nil, err
	}
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	c, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: a.media.String(), Conn: turn.NewSTUNConn(tcp), Username: server.Username, Password: server.Credential,
		LoggerFactory: quiet,
	})
	if err != nil {
		_ = tcp.Close()
		return nil, err
	}
	return &relay{c, tcp}, c.Listen()
}

func (r *relay) close() {
	r.client.Close()
	_ = r.tcp.Close()
}

// quota: one credential asks for allocations again and again.
func (a *attack) quota(_ context.Context, conn *client.Conn) error {
	made, refused := 0, 0
	for range a.Requests {
		r, err := a.relay(conn)
		if err != nil {
			return err
		}
		_, err = r.client.Allocate()
		switch {
		case err == nil:
			made++
			defer r.close()
			continue
		case strings.Contains(err.Error(), "486"):
			refused++
		}
		r.close()
	}
	a.report.Demand("allocations beyond 4 on one credential", float64(made-4), 0)
	a.report.Demand("Allocates that were neither granted nor refused with 486", float64(a.Requests-made-refused), 0)
	return nil
}

// special addresses, and ports of this machine that are not the media port,
// are asked for with a good credential, with listeners where they can be.
func (a *attack) special(ctx context.Context, _ *client.Conn) error {
	conn, err := client.Dial(ctx, a.target.URL, helloOf("relay"))
	if err != nil {
		return err
	}
	defer conn.Close()
	heard, end := listen()
	allowed, port := 0, heard.ports[0]
	for i := 0; i < len(special); {
		r, err := a.relay(conn)
		if err != nil {
			return err
		}
		allocated, err := r.client.Allocate()
		if err != nil {
			return fmt.Errorf("allocate: %w", err)
		}
		// A refused permission leaves the client of Pion as it was.
		for ; i < len(special); i++ {
			if _, err := allocated.WriteTo([]byte("hello"), &net.UDPAddr{IP: net.ParseIP(special[i]), Port: port}); err == nil {
				allowed++
			}
		}
		for _, other := range append(heard.ports, 22, 53, 80) {
			_, _ = allocated.WriteTo([]byte("hello"), &net.UDPAddr{IP: a.media.Addr().AsSlice(), Port: other})
		}
		time.Sleep(300 * time.Millisecond)
		_ = allocated.Close()
		r.close()
	}
	a.report.Demand(fmt.Sprintf("of %d special addresses, not refused", len(special)), float64(allowed), 0)
	a.report.Demand("packets that listeners at other ports and addresses got", float64(end()), 0)
	return nil
}

// special are addresses that a relay must never reach.
var special = []string{
	"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.2", "127.255.255.254", "169.254.169.254", "169.254.1.1",
	"172.16.0.1", "172.31.255.254", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1",
	"203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "8.8.8.8",
	"::", "::1", "::ffff:127.0.0.2", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1",
	"fc00::1", "fe80::1", "ff02::1",
}

// ears listen on all addresses of this machine, at some ports.
type ears struct{ ports []int }

// listen begins to; end tells how many packets came.
func listen() (e ears, end func() int) {
	var conns []net.PacketConn
	for range 3 {
		c, err := net.ListenPacket("udp", ":0")
		if err != nil {
			continue
		}
		conns = append(conns, c)
		e.ports = append(e.ports, c.LocalAddr().(*net.UDPAddr).Port)
	}
	return e, func() (n int) {
		b := make([]byte, 100)
		for _, c := range conns {
			for {
				_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
				if _, _, err := c.ReadFrom(b); err != nil {
					break
				}
				n++
			}
			_ = c.Close()
		}
		return n
	}
}
