// Package apart is what members share at servers where sending and receiving
// are connections of their own: one for what is published, one or more for
// what comes from others.
package apart

import (
	"sync"
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/scenarios"
)

// Member of a room; part of a scenarios.Member, which leaves by Close.
type Member struct {
	Config client.PeerConfig

	joined time.Duration

	mu        sync.Mutex
	closed    bool
	publisher *client.Peer // nil for one who only watches
	receivers []*client.Peer
}

// New member, whose joining begins.
func New(config client.PeerConfig) *Member {
	return &Member{Config: config, joined: time.Since(config.Began)}
}

// Publish makes the connection that offers what the member sends.
func (m *Member) Publish() (*client.Peer, error) {
	config := m.Config
	config.SendOnly = true
	return m.open(config, func(p *client.Peer) { m.publisher = p })
}

// Receive makes a connection that answers the server's offers.
func (m *Member) Receive() (*client.Peer, error) {
	config := m.Config
	config.Answering = true
	return m.open(config, func(p *client.Peer) { m.receivers = append(m.receivers, p) })
}

// open a connection and keep it; one that comes after Close is closed too.
func (m *Member) open(config client.PeerConfig, keep func(*client.Peer)) (*client.Peer, error) {
	p, err := client.NewPeer(config)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		p.Close()
		return nil, client.ErrGone
	}
	keep(p)
	return p, nil
}

// Close all connections.
func (m *Member) Close() {
	m.mu.Lock()
	m.closed = true
	all := m.receivers
	if m.publisher != nil {
		all = append([]*client.Peer{m.publisher}, all...)
	}
	m.mu.Unlock()
	for _, p := range all {
		p.Close()
	}
}

func (m *Member) self() *Member { return m }

// Joined implements scenarios.Member.
func (m *Member) Joined() time.Duration { return m.joined }

// Gets implements scenarios.Member: the servers send what was subscribed to,
// and that is everybody.
func (m *Member) Gets(other scenarios.Member, source client.Source) client.Carriage {
	o, ok := other.(interface{ self() *Member })
	if ok && o.self() != m && o.self().Config.Sends(source) {
		return client.Carried
	}
	return client.NotCarried
}

// WirePackets implements scenarios.Member.
func (m *Member) WirePackets() (n uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.receivers {
		n += p.WirePackets()
	}
	return n
}

func (m *Member) sender() *client.Peer {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.publisher
}

// LastSent implements scenarios.Member.
func (m *Member) LastSent(source client.Source) uint64 {
	if p := m.sender(); p != nil {
		return p.LastSent(source)
	}
	return 0
}

// SentTimes implements scenarios.Member.
func (m *Member) SentTimes(source client.Source) (first uint64, micros []uint32) {
	return m.sender().SentTimes(source)
}

// StopMedia implements scenarios.Member.
func (m *Member) StopMedia() {
	if p := m.sender(); p != nil {
		p.StopMedia()
	}
}

// Tally implements scenarios.Member: what was sent, and what all connections
// received together.
func (m *Member) Tally() *client.Tally {
	m.mu.Lock()
	defer m.mu.Unlock()
	total := client.NewTally()
	for _, p := range m.receivers {
		total.AddReceived(p.Tally())
	}
	if m.publisher != nil {
		sent := m.publisher.Tally()
		total.Sent, total.Late, total.KeyFrameRequests = sent.Sent, sent.Late, sent.KeyFrameRequests
	}
	return total
}
