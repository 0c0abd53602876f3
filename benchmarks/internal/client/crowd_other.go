//go:build !linux || !(amd64 || arm64)

package client

import (
	"errors"
	"net/netip"
	"sync"
	"time"
)

// Crowd of light peers: on 64 bit Linux only.
type Crowd struct {
	mu    sync.Mutex
	peers map[*Peer]int
	stop  chan struct{}
}

// NewCrowd is refused here.
func NewCrowd(time.Time) (*Crowd, error) {
	return nil, errors.Join(errors.New("light peers"), errors.ErrUnsupported)
}

// Close does nothing.
func (*Crowd) Close() {}

func (*Crowd) open(netip.AddrPort, *Peer) (link, error) { return nil, errors.ErrUnsupported }
