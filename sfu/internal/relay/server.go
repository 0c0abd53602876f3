package relay

import (
	"net"
	"time"

	"github.com/pion/logging"
	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
)

// TTL of a credential: how long an allocation may be made with it. One that
// is there goes on.
const TTL = 300 * time.Second

// Server is the TURN server of a Hub.
type Server struct {
	hub    *Hub
	keys   *keyring
	doors  []*door
	asides []*aside
	server *turn.Server
}

// New serves TURN over the listeners, whose connections must have done their
// TLS, and over UDP on the ports. It owns the listeners.
func New(hub *Hub, listeners []net.Listener, ports []*Port, log logging.LoggerFactory) (*Server, error) {
	s := &Server{hub: hub, keys: newKeyring()}
	config := turn.ServerConfig{
		Realm: realm, LoggerFactory: log, AuthHandler: s.authenticate, QuotaHandler: s.quota,
		EventHandler: turn.EventHandler{
			OnAllocationCreated: func(client, _ net.Addr, _, _, _ string, _ net.Addr, _ int) { s.note(client, true) },
			OnAllocationDeleted: func(client, _ net.Addr, _, _, _ string) { s.note(client, false) },
		},
	}
	permit := func(_ net.Addr, peer net.IP) bool { return hub.permits(peer) }
	for _, l := range listeners {
		d := newDoor(l, hub)
		s.doors = append(s.doors, d)
		config.ListenerConfigs = append(config.ListenerConfigs, turn.ListenerConfig{
			Listener: d, RelayAddressGenerator: generator{hub}, PermissionHandler: permit,
		})
	}
	for _, p := range ports {
		s.asides = append(s.asides, p.turn)
		config.PacketConnConfigs = append(config.PacketConnConfigs, turn.PacketConnConfig{
			PacketConn: p.turn, RelayAddressGenerator: generator{hub}, PermissionHandler: permit,
		})
	}
	var err error
	if s.server, err = turn.NewServer(config); err != nil {
		return nil, err
	}
	hub.server.Store(s)
	return s, nil
}

// Credential makes one for a session; see TTL.
func (s *Server) Credential(session string, now time.Time) (user, password string) {
	return s.keys.issue(session, now.Add(TTL))
}

// authenticate is Pion's question whether a user is known.
func (s *Server) authenticate(a *turn.RequestAttributes) (user string, key []byte, ok bool) {
	if a.Realm != realm || !s.good(a.Username, a.Method, time.Now()) {
		return "", nil, false
	}
	return a.Username, s.keys.turnKey(a.Username), true
}

// good tells whether a user name may be used now: an expired one only for
// what it has already.
func (s *Server) good(user string, method stun.Method, now time.Time) bool {
	if now.Before(expiry(user)) {
		return true
	}
	return method != stun.MethodAllocate && s.hub.uses(user)
}

func (s *Server) quota(user, _ string, _ net.Addr) bool {
	if s.hub.hasRoom(user) {
		return true
	}
	s.hub.counts.quota.Add(1)
	return false
}

// signed tells whether a message bears the signature of a credential of ours.
func (s *Server) signed(b []byte) bool {
	m := stun.Message{Raw: b}
	var user stun.Username
	if !isSTUN(b) || m.Decode() != nil || user.GetFrom(&m) != nil || !s.good(user.String(), m.Type.Method, time.Now()) {
		return false
	}
	return stun.MessageIntegrity(s.keys.turnKey(user.String())).Check(&m) == nil
}

func (s *Server) note(client net.Addr, has bool) {
	if _, udp := client.(*net.UDPAddr); udp {
		for _, a := range s.asides {
			a.note(client, has)
		}
		return
	}
	for _, d := range s.doors {
		d.note(client, has)
	}
}

// Close ends all allocations and connections and waits for the latter.
func (s *Server) Close() error {
	err := s.server.Close()
	for _, d := range s.doors {
		d.open.Wait()
	}
	return err
}

// Stats counts; names are those of an operator's counters.
func (s *Server) Stats() map[string]uint64 {
	c := &s.hub.counts
	return map[string]uint64{
		"turn_allocations": c.allocations.Load(), "turn_quota_reached": c.quota.Load(),
		"turn_refused_peer": c.refusedPeer.Load(), "turn_strangers_limited": c.limited.Load(),
		"turn_bad_frames": c.badFrame.Load(), "turn_queue_full": c.queueFull.Load(), "turn_crowded": c.crowded.Load(),
	}
}

// generator gives allocations their relayed connections.
type generator struct{ hub *Hub }

func (generator) Validate() error { return nil }

func (g generator) AllocatePacketConn(c turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	r, err := g.hub.open(c.Network == "udp6", c.UserID)
	if err != nil {
		return nil, nil, err
	}
	return r, r.LocalAddr(), nil
}

func (generator) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errOnlyUs
}

func (generator) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errOnlyUs }

var _ turn.RelayAddressGenerator = generator{}
