package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"callrelay/benchmarks/internal/serve"
	"callrelay/benchmarks/peers/janus"
	"callrelay/benchmarks/scenarios"
)

// adapter brings one kind of server under the load. To add another: a Front
// for its rooms, and this.
type adapter interface {
	// Start a fresh server by calling on with what starts its process, and
	// return when it takes people; stop ends it and removes what it kept.
	Start(ctx context.Context, on func(func() error) error) (target scenarios.Target, stop func(), err error)
}

type system struct {
	name string
	adapter
}

func adaptersOf(names []string, address netip.Addr) (all []system, err error) {
	for _, text := range names {
		name, binary, ours := strings.Cut(text, "=")
		switch {
		case ours:
			all = append(all, system{name, callrelay{binary}})
		case name == "janus":
			all = append(all, system{name, janusServer{address}})
		default:
			return nil, fmt.Errorf("%s: a system is NAME=BINARY or janus", text)
		}
	}
	return all, nil
}

type callrelay struct{ binary string }

// Start implements adapter.
func (c callrelay) Start(ctx context.Context, on func(func() error) error) (scenarios.Target, func(), error) {
	server, err := serve.StartOn(ctx, on, c.binary, io.Discard, "--grace=1s", "--away-grace=1s")
	if err != nil {
		return scenarios.Target{}, nil, err
	}
	return scenarios.Target{
		URL: server.URL, Metrics: server.Metrics, PID: server.PID, Local: netip.AddrFrom4([4]byte{127, 0, 0, 1}), Patience: 5 * time.Second,
	}, server.Stop, nil
}

type janusServer struct{ address netip.Addr }

// Start implements adapter.
func (j janusServer) Start(ctx context.Context, on func(func() error) error) (scenarios.Target, func(), error) {
	if !j.address.IsValid() {
		return scenarios.Target{}, nil, errors.New("janus takes --address, one of this machine that is not the loopback's: see scripts/peers.sh")
	}
	server, err := janus.Start(ctx, on, j.address)
	if err != nil {
		return scenarios.Target{}, nil, err
	}
	return scenarios.Target{PID: server.PID, Local: j.address, Front: server.Front(), Patience: time.Second}, server.Stop, nil
}
