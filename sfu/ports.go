package sfu

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"

	"callrelay/sfu/internal/batch"
	"callrelay/sfu/internal/relay"
)

// ports are the UDP sockets that carry all media: one for each local address,
// all on the same port number. They are an ice.UDPMux whose candidates are
// the advertised addresses.
type ports struct {
	all       []*port
	announced []announced
	number    uint16
}

// port is one address, with the mux that reads its sockets.
type port struct {
	conn  batch.PacketConn
	more  []*batch.Conn // beside conn, for reading on more processors
	relay *relay.Port   // between conn and mux; nil without TURN
	mux   portMux
	local *net.UDPAddr
}

// announced is an address in our answers and the socket behind it.
type announced struct {
	address *net.UDPAddr
	port    *port
}

var _ ice.UDPMux = (*ports)(nil)

// openPorts binds the sockets that config asks for; the hub may be nil.
func openPorts(config Config, hub *relay.Hub, strangers *strangers) (*ports, error) {
	address, number, err := config.listenAddress()
	if err != nil {
		return nil, err
	}
	addresses := []netip.Addr{address}
	if !address.IsValid() {
		if addresses, err = localAddresses(); err != nil {
			return nil, err
		}
	}
	p := &ports{number: number}
	for _, a := range addresses {
		one, err := listenPort(config, netip.AddrPortFrom(a, p.number))
		if err != nil {
			if a.Is6() && len(p.all) > 0 {
				config.Log.Warn("no media over this address", "address", a, "error", err)
				continue
			}
			return nil, errors.Join(fmt.Errorf("media port: %w", err), p.Close())
		}
		if socket, ok := one.conn.(relay.Socket); ok && hub != nil {
			one.relay = hub.NewPort(socket)
		}
		one.mux = one.newMux(config, strangers)
		p.number = uint16(one.local.Port)
		p.all = append(p.all, one)
	}
	p.announce(config.Advertise, config.Behind)
	return p, nil
}

// maxReaders of one port.
const maxReaders = 8

func listenPort(config Config, address netip.AddrPort) (*port, error) {
	if config.Net != nil {
		conn, err := config.Net.ListenUDP("udp", net.UDPAddrFromAddrPort(address))
		if err != nil {
			return nil, err
		}
		return &port{conn: batch.Plain(conn), local: conn.LocalAddr().(*net.UDPAddr)}, nil //nolint:forcetypeassert // always
	}
	readers := min(runtime.GOMAXPROCS(0), maxReaders)
	// A port that the system chooses is nobody's, shared or not.
	free := address.Port() == 0 && batch.CanShare && readers > 1 && !config.PlainIngress
	first, err := batch.Listen(address, batch.Config{Shared: free})
	if err != nil {
		return nil, err
	}
	one := &port{conn: first, local: first.LocalAddr().(*net.UDPAddr)} //nolint:forcetypeassert // always
	if readers == 1 || config.PlainIngress || !batch.CanShare || !first.ReadsBatches() {
		return one, nil
	}
	return one.share(readers, free)
}

// share the port among several sockets. Whoever opens a port to be shared can
// take it from a server that runs already, so it was opened for us alone
// before, which failed if it was another's.
func (p *port) share(readers int, shared bool) (*port, error) {
	at := p.local.AddrPort()
	if !shared {
		_ = p.conn.Close()
		first, err := batch.Listen(at, batch.Config{Shared: true})
		if err != nil {
			return nil, err
		}
		p.conn = first
	}
	for range readers - 1 {
		another, err := batch.Listen(at, batch.Config{Shared: true, ReadOnly: true})
		if err != nil {
			_ = p.close()
			return nil, err
		}
		p.more = append(p.more, another)
	}
	return p, nil
}

// close the sockets of a port that has no mux yet.
func (p *port) close() error {
	errs := []error{p.conn.Close()}
	for _, c := range p.more {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// sockets that read and send in batches.
func (p *port) sockets() []*batch.Conn {
	first, ok := p.conn.(*batch.Conn)
	if !ok {
		return nil
	}
	return append([]*batch.Conn{first}, p.more...)
}

// localAddresses of the machine's interfaces that are up, loopback last and
// link-local ones left out.
func localAddresses() ([]netip.Addr, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("media port: %w", err)
	}
	var out, loopback []netip.Addr
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 {
			continue
		}
		addresses, err := i.Addrs()
		if err != nil {
			continue // the interface has gone
		}
		for _, a := range addresses {
			ipnet, ok := a.(*net.IPNet)
			if !ok {
				continue
			}
			ip, ok := netip.AddrFromSlice(ipnet.IP)
			ip = ip.Unmap()
			switch {
			case !ok || ip.IsLinkLocalUnicast() || slices.Contains(out, ip):
			case ip.IsLoopback():
				loopback = append(loopback, ip)
			default:
				out = append(out, ip)
			}
		}
	}
	return append(out, loopback...), nil
}

// announce decides which addresses stand in answers.
func (p *ports) announce(advertise []netip.Addr, rules map[netip.Addr]netip.Addr) {
	add := func(ip net.IP, behind *port) {
		p.announced = append(p.announced, announced{&net.UDPAddr{IP: ip, Port: int(p.number)}, behind})
	}
	for _, want := range advertise {
		want = want.Unmap()
		local := want
		if rule, ok := rules[want]; ok {
			local = rule.Unmap()
		}
		if behind := p.behind(local); behind != nil {
			add(want.AsSlice(), behind)
		}
	}
	if len(p.announced) > 0 {
		return
	}
	for _, one := range p.all {
		if !one.local.IP.IsLoopback() {
			add(one.local.IP, one)
		}
	}
	if len(p.announced) > 0 {
		return
	}
	for _, one := range p.all {
		add(one.local.IP, one)
	}
}

// behind finds the socket that has an address, or that a NAT in front of us
// most likely sends to: the first of the same family that is not loopback.
func (p *ports) behind(want netip.Addr) *port {
	var nat *port
	for _, one := range p.all {
		have := one.local.AddrPort().Addr().Unmap()
		if have == want {
			return one
		}
		if nat == nil && have.Is4() == want.Is4() && !have.IsLoopback() {
			nat = one
		}
	}
	return nat
}

// openRelay serves TURN towards these ports.
func (p *ports) openRelay(config Config, hub *relay.Hub, log logging.LoggerFactory) (*relay.Server, error) {
	var addresses []netip.AddrPort
	var behind, all []*relay.Port
	for _, a := range p.announced {
		if a.port.relay != nil {
			addresses = append(addresses, a.address.AddrPort())
			behind = append(behind, a.port.relay)
		}
	}
	for _, one := range p.all {
		if one.relay != nil {
			all = append(all, one.relay)
		}
	}
	hub.Announce(addresses, behind)
	return relay.New(hub, config.TURN, all, log)
}

// flush sends what the sockets have gathered.
func (p *ports) flush() {
	for _, one := range p.all {
		one.conn.Flush()
	}
}

// GetListenAddresses implements ice.UDPMux: each becomes a host candidate.
func (p *ports) GetListenAddresses() []net.Addr {
	out := make([]net.Addr, len(p.announced))
	for i, a := range p.announced {
		out[i] = a.address
	}
	return out
}

// at finds the port behind an address in our answers; nil if there is none.
func (p *ports) at(address net.Addr) *port {
	for _, a := range p.announced {
		if a.address.String() == address.String() {
			return a.port
		}
	}
	return nil
}

// GetConn implements ice.UDPMux.
func (p *ports) GetConn(ufrag string, address net.Addr) (net.PacketConn, error) {
	return p.conn(ufrag, address, nil)
}

// conn for a user name of a connection whose inlet takes its media; without an
// inlet they are left to Pion.
func (p *ports) conn(ufrag string, address net.Addr, in *inlet) (net.PacketConn, error) {
	one := p.at(address)
	if one == nil {
		return nil, fmt.Errorf("no media port at %v", address)
	}
	conn, err := one.mux.conn(ufrag, in)
	if err != nil || in == nil {
		return conn, err
	}
	return newTap(conn, in, one), nil
}

// forget a connection that has ended.
func (p *ports) forget(in *inlet) {
	for _, one := range p.all {
		one.mux.forget(in)
	}
}

// writeTo sends to an address of the network or of a TURN client.
func (p *port) writeTo(b []byte, to netip.AddrPort) (int, error) {
	if p.relay != nil {
		return p.relay.WriteToAddrPort(b, to)
	}
	if fast, ok := p.conn.(ice.AddrPortReaderWriter); ok {
		return fast.WriteToAddrPort(b, to)
	}
	return p.conn.WriteTo(b, net.UDPAddrFromAddrPort(to))
}

// RemoveConnByUfrag implements ice.UDPMux.
func (p *ports) RemoveConnByUfrag(ufrag string) {
	for _, one := range p.all {
		one.mux.RemoveConnByUfrag(ufrag)
	}
}

// Close implements ice.UDPMux; it closes the sockets. The connections must be
// closed before.
func (p *ports) Close() error {
	var errs []error
	for _, one := range p.all {
		errs = append(errs, one.mux.Close())
	}
	return errors.Join(errs...)
}

// facts about the sockets, for operators.
func (p *ports) facts() map[string]string {
	out := map[string]string{"port": strconv.Itoa(int(p.number)), "addresses": strconv.Itoa(len(p.all))}
	sockets := 0
	for _, one := range p.all {
		out["ingress"] = one.mux.name()
		sockets += 1 + len(one.more)
		if c, ok := one.conn.(*batch.Conn); ok {
			s := c.Stats()
			out["send"] = string(s.Method)
			out["gso"] = onOff(s.Method == batch.MethodGSO)
			out["receive_buffer"] = strconv.Itoa(s.ReceiveBuffer)
			out["send_buffer"] = strconv.Itoa(s.SendBuffer)
		}
	}
	out["sockets"] = strconv.Itoa(sockets)
	return out
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

// count adds what the sockets have dropped and done to an operator's counts.
func (p *ports) count(dropped, counters map[string]uint64) {
	for _, one := range p.all {
		counters["agent_queue_full"] += one.mux.drops()
		for _, c := range one.sockets() {
			countSocket(c.Stats(), dropped, counters)
		}
	}
}

func countSocket(s batch.Stats, dropped, counters map[string]uint64) {
	for reason, n := range s.Drops {
		dropped["socket_"+string(reason)] += n
	}
	counters["socket_datagrams"] += s.Datagrams
	counters["socket_segments"] += s.Segments
	counters["socket_messages"] += s.Messages
	counters["socket_send_calls"] += s.Calls
	counters["socket_late_flushes"] += s.Late
	counters["socket_direct"] += s.Direct
	counters["socket_received"] += s.Received
	counters["socket_receive_calls"] += s.ReceiveCalls
}

// String names the addresses for the log.
func (p *ports) String() string {
	var names []string
	for _, a := range p.announced {
		names = append(names, a.address.String())
	}
	return strings.Join(names, " ")
}
