package sfu

import (
	"net"
	"net/netip"
	"runtime"
	"time"

	"github.com/pion/ice/v4"

	"callrelay/sfu/internal/batch"
	"callrelay/sfu/internal/mux"
)

// portMux tells the connections of a port apart.
type portMux interface {
	// conn for a user name; see ports.conn.
	conn(ufrag string, in *inlet) (net.PacketConn, error)
	forget(in *inlet)
	RemoveConnByUfrag(ufrag string)
	// drops of packets that Pion's agents did not take in time.
	drops() uint64
	// name of this way, for operators.
	name() string
	Close() error
}

// newMux reads the port's socket: by our own mux where many datagrams can be
// received by one call, else by Pion's.
func (p *port) newMux(config Config, strangers *strangers) portMux {
	socket, ours := p.conn.(*batch.Conn)
	if !ours || !socket.ReadsBatches() || config.PlainIngress {
		params := ice.UDPMuxParams{UDPConn: p.conn, Logger: muxLog{counters: strangers.counters}, Net: config.Net}
		if p.relay != nil {
			params.UDPConn = p.relay
		}
		return pionMux{ice.NewUDPMuxDefault(params), p.local}
	}
	settings := mux.Config{
		Local: p.local, Writer: socket, Used: processorTime, Processors: runtime.GOMAXPROCS(0),
		Aside:   func([]byte, netip.AddrPort) bool { return false },
		Stray:   func(b []byte, from netip.AddrPort, now time.Time) { strangers.media(b, path{p, canonical(from)}, now) },
		Dropped: func() { strangers.counters.drop(dropUnchecked) },
	}
	if p.relay != nil {
		settings.Writer, settings.Aside = p.relay, p.relay.Aside
	}
	sockets := []mux.Socket{socket}
	for _, another := range p.more {
		sockets = append(sockets, another)
	}
	m := ownMux{mux.New(settings, sockets...), p}
	if p.relay != nil {
		p.relay.Feed(m.Feed)
	}
	return m
}

// pionMux gives each connection a queue and a goroutine; its taps take the
// media out.
type pionMux struct {
	*ice.UDPMuxDefault
	local *net.UDPAddr
}

func (m pionMux) conn(ufrag string, _ *inlet) (net.PacketConn, error) {
	return m.GetConn(ufrag, m.local)
}

func (pionMux) forget(*inlet) {}
func (pionMux) drops() uint64 { return 0 }
func (pionMux) name() string  { return "pion" }

// ownMux gives media to the inlets on the socket's reader.
type ownMux struct {
	*mux.Mux
	port *port
}

func (m ownMux) conn(ufrag string, in *inlet) (net.PacketConn, error) {
	if in == nil {
		return m.GetConn(ufrag, nil)
	}
	return m.GetConn(ufrag, portSink{in, m.port})
}

func (m ownMux) forget(in *inlet) { m.Forget(portSink{in, m.port}) }
func (m ownMux) drops() uint64    { return m.Drops() }
func (ownMux) name() string       { return "own" }

// portSink is an inlet at a port.
type portSink struct {
	inlet *inlet
	port  *port
}

// Media implements mux.Sink.
func (s portSink) Media(b []byte, from netip.AddrPort, now time.Time) bool {
	return s.inlet.arrive(b, path{s.port, canonical(from)}, now)
}
