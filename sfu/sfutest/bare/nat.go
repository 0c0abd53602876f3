package bare

import (
	"net"
	"sync"
	"testing"
)

// NAT stands between one client and the server on loopback, and can give the
// client another port at any moment.
type NAT struct {
	t       testing.TB
	inside  *net.UDPConn
	server  *net.UDPAddr
	running sync.WaitGroup

	mu      sync.Mutex
	outside *net.UDPConn
	client  *net.UDPAddr
	block   bool // of checks to the server
}

// NewNAT before a server. It ends with the test.
func NewNAT(t testing.TB, server *net.UDPAddr) *NAT {
	t.Helper()
	inside, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	n := &NAT{t: t, inside: inside, server: server}
	n.Rebind()
	n.running.Go(n.out)
	t.Cleanup(func() {
		_ = inside.Close()
		n.mu.Lock()
		_ = n.outside.Close()
		n.mu.Unlock()
		n.running.Wait()
	})
	return n
}

// Address the client is to send to.
func (n *NAT) Address() *net.UDPAddr { return n.inside.LocalAddr().(*net.UDPAddr) } //nolint:forcetypeassert // always

// Rebind gives the client another port; what is sent to the old one is lost.
func (n *NAT) Rebind() {
	n.t.Helper()
	fresh, err := net.DialUDP("udp", nil, n.server)
	if err != nil {
		n.t.Fatal(err)
	}
	n.mu.Lock()
	old := n.outside
	n.outside = fresh
	n.mu.Unlock()
	if old != nil {
		_ = old.Close()
	}
	n.running.Go(func() { n.in(fresh) })
}

// BlockChecks keeps all of ICE's checks from the server, or lets them pass again.
func (n *NAT) BlockChecks(on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.block = on
}

func (n *NAT) out() {
	b := make([]byte, 65536)
	for {
		size, from, err := n.inside.ReadFromUDP(b)
		if err != nil {
			return
		}
		n.mu.Lock()
		n.client = from
		outside, blocked := n.outside, n.block && size > 0 && b[0] < 4
		n.mu.Unlock()
		if !blocked {
			_, _ = outside.Write(b[:size])
		}
	}
}

func (n *NAT) in(outside *net.UDPConn) {
	b := make([]byte, 65536)
	for {
		size, err := outside.Read(b)
		if err != nil {
			return
		}
		n.mu.Lock()
		client := n.client
		n.mu.Unlock()
		if client != nil {
			_, _ = n.inside.WriteToUDP(b[:size], client)
		}
	}
}
