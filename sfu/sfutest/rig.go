package sfutest

import (
	"context"
	"fmt"
	"math/rand"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/transport/v4/vnet"

	"callrelay/sfu"
)

// Conditions of the network, the same for everybody.
type Conditions struct {
	// Delay of one way.
	Delay time.Duration
	// LossUp and LossDown are the parts of media packets lost on the way to
	// and from the server, 0 to 1. Only media is lost: the call is to stand.
	LossUp, LossDown float64
	// NoChecksUp loses all of ICE's checks, and answers to them, on the way to
	// the server.
	NoChecksUp bool
}

// Rig is an SFU on a virtual network. Make it inside the bubble.
type Rig struct {
	T   testing.TB
	SFU *sfu.SFU

	router *vnet.Router
	hosts  int
	log    logging.LoggerFactory

	mu         sync.Mutex
	conditions Conditions
	random     *rand.Rand
	cuts       map[string]bool
	lost       map[string]int // media packets lost on the way to an address
	events     []sfu.Event
	slots      map[sfu.ParticipantID][]sfu.SlotState
	states     map[sfu.ParticipantID]sfu.ConnectionState
	speakers   map[sfu.RoomID][]sfu.ParticipantID
	peers      []*Peer
	tracks     map[uint32]*track // by tag
	queues     []*vnet.Queue
	follower   sfu.Observer
	tap        func(to string, datagram []byte)
}

const (
	serverIP   = "10.0.0.1"
	serverPort = 8443
)

// New starts an SFU; it ends with the test.
func New(t testing.TB, conditions Conditions) *Rig {
	t.Helper()
	r := &Rig{
		T:          t,
		hosts:      1,
		log:        logging.NewDefaultLoggerFactory(),
		random:     rand.New(rand.NewSource(1)), //nolint:gosec // the same loss each run
		lost:       map[string]int{},
		tracks:     map[uint32]*track{},
		cuts:       map[string]bool{},
		slots:      map[sfu.ParticipantID][]sfu.SlotState{},
		speakers:   map[sfu.RoomID][]sfu.ParticipantID{},
		states:     map[sfu.ParticipantID]sfu.ConnectionState{},
		conditions: conditions,
	}
	if l, ok := r.log.(*logging.DefaultLoggerFactory); ok {
		l.DefaultLogLevel = logging.LogLevelDisabled
	}
	var err error
	r.router, err = vnet.NewRouter(&vnet.RouterConfig{
		CIDR: "10.0.0.0/16", QueueSize: 1 << 16, MinDelay: conditions.Delay, LoggerFactory: r.log,
	})
	r.must(err)
	r.router.AddChunkFilter(r.pass)
	host := r.host(serverIP)
	r.must(r.router.Start())
	r.SFU, err = sfu.New(sfu.Config{
		Listen: fmt.Sprintf("%s:%d", serverIP, serverPort), Net: host, Observer: r,
	})
	r.must(err)
	return r
}

// Close ends the peers, the SFU and the network.
func (r *Rig) Close() {
	for _, p := range r.peers {
		p.Close()
	}
	r.must(r.SFU.Close())
	for _, q := range r.queues {
		r.must(q.Close())
	}
	r.must(r.router.Stop())
}

func (r *Rig) must(err error) {
	r.T.Helper()
	if err != nil {
		r.T.Fatal(err)
	}
}

// Do calls a verb of the SFU that must succeed.
func (r *Rig) Do(err error) { r.T.Helper(); r.must(err) }

// Context of a verb.
func (r *Rig) Context() context.Context { return context.Background() }

func (r *Rig) host(ip string) *vnet.Net {
	n, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{ip}})
	r.must(err)
	r.must(r.router.AddNet(n))
	return n
}

// hostBehind is a host behind a thin path.
func (r *Rig) hostBehind(ip string, capacity int) *vnet.Net {
	if capacity == 0 {
		return r.host(ip)
	}
	n, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{ip}})
	r.must(err)
	queue, err := vnet.NewQueue(n, vnet.NewTBFQueue(capacity, 1500, int64(capacity/8*3/10)))
	r.must(err)
	r.must(r.router.AddNet(queue))
	r.queues = append(r.queues, queue)
	return n
}

func (r *Rig) nextIP() string {
	r.hosts++
	return fmt.Sprintf("10.0.%d.%d", r.hosts/250, r.hosts%250+1)
}

// SetConditions changes loss; delay stays as it was.
func (r *Rig) SetConditions(c Conditions) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conditions = c
}

// Tap shows f every datagram that the SFU sends, lost ones too, with the
// address it goes to. f keeps nothing of it and is called by one goroutine.
func (r *Rig) Tap(f func(to string, datagram []byte)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tap = f
}

func (r *Rig) show(c vnet.Chunk) {
	r.mu.Lock()
	tap := r.tap
	r.mu.Unlock()
	if from, ok := c.SourceAddr().(*net.UDPAddr); ok && tap != nil && from.IP.String() == serverIP {
		tap(c.DestinationAddr().String(), c.UserData())
	}
}

// pass decides whether a datagram arrives.
func (r *Rig) pass(c vnet.Chunk) bool {
	r.show(c)
	if r.isCut(c.SourceAddr(), c.DestinationAddr()) {
		return false
	}
	data := c.UserData()
	if len(data) > 0 && data[0] < 4 {
		r.mu.Lock()
		defer r.mu.Unlock()
		return !r.conditions.NoChecksUp || c.DestinationAddr().(*net.UDPAddr).IP.String() != serverIP //nolint:forcetypeassert // always
	}
	if len(data) < 12 || data[0] < 128 || data[0] > 191 || data[1] >= 192 && data[1] <= 223 {
		return true // no RTP
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	to := c.DestinationAddr().(*net.UDPAddr).IP.String() //nolint:forcetypeassert // always
	loss := r.conditions.LossDown
	if to == serverIP {
		loss = r.conditions.LossUp
	}
	if loss > 0 && r.random.Float64() < loss {
		if to == serverIP {
			to = c.SourceAddr().(*net.UDPAddr).IP.String() + ">" //nolint:forcetypeassert // always
		}
		r.lost[to]++
		return false
	}
	return true
}

func (r *Rig) add(p *Peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.peers = append(r.peers, p)
	r.tracks[p.microphone.tag] = p.microphone
	for _, t := range p.layers {
		r.tracks[t.tag] = t
	}
}

// cut an address off the network for good.
func (r *Rig) cut(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cuts[address] = true
}

func (r *Rig) heal(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.cuts, address)
}

func (r *Rig) isCut(addresses ...net.Addr) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range addresses {
		if u, ok := a.(*net.UDPAddr); ok && r.cuts[u.IP.String()] {
			return true
		}
	}
	return false
}

// Follow has an observer told of every event from now on, as the SFU's own
// would be.
func (r *Rig) Follow(o sfu.Observer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.follower = o
}

// Observe implements sfu.Observer.
func (r *Rig) Observe(e sfu.Event) {
	if e, ok := e.(sfu.LayersWanted); ok {
		r.mu.Lock()
		peers := r.peers
		r.mu.Unlock() // a peer that receives takes its own lock first
		for _, p := range peers {
			p.obey(e)
		}
	}
	if o := r.keep(e); o != nil {
		o.Observe(e)
	}
}

// keep an event; it returns who else is to be told.
func (r *Rig) keep(e sfu.Event) sfu.Observer {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	switch e := e.(type) {
	case sfu.SlotsChanged:
		r.slots[e.Seat.Participant] = e.Slots
	case sfu.ConnectionChanged:
		r.states[e.Seat.Participant] = e.State
	case sfu.SpeakersChanged:
		r.speakers[e.Room] = e.Speakers
	case sfu.LayersWanted, sfu.LossyRefused, sfu.Sample:
	}
	return r.follower
}

// Slots of a participant as last told.
func (r *Rig) Slots(id sfu.ParticipantID) []sfu.SlotState {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.slots[id]
}

// Speakers of a room as last told.
func (r *Rig) Speakers(room sfu.RoomID) []sfu.ParticipantID {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.speakers[room]
}

// State of a participant's connection as last told.
func (r *Rig) State(id sfu.ParticipantID) sfu.ConnectionState {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.states[id]
}

// Events so far.
func (r *Rig) Events() []sfu.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]sfu.Event(nil), r.events...)
}

// Until waits in steps of a millisecond until done, or fails after limit.
func (r *Rig) Until(limit time.Duration, what string, done func() bool) {
	r.T.Helper()
	for range int(limit / time.Millisecond) {
		if done() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	r.T.Fatalf("not within %v: %s", limit, what)
}

// LostUp is how many of a peer's media packets were lost on the way to the
// server, repairs included.
func (r *Rig) LostUp(p *Peer) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lost[p.Address+">"]
}
