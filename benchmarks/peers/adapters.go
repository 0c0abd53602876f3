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
	"callrelay/benchmarks/peers/galene"
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

func adaptersOf(names []string, address netip.Addr, galeneBinary string) (all []system, err error) {
	for _, text := range names {
		name, binary, ours := strings.Cut(text, "=")
		switch {
		case ours:
			all = append(all, system{name, callrelay{binary}})
		case name == "janus":
			all = append(all, system{name, janusServer{address}})
		case name == "galene" && galeneBinary == "":
			return nil, errors.New("galene takes --galene, its binary")
		case name == "galene":
			all = append(all, system{name, galeneServer{galeneBinary, address}})
		default:
			return nil, fmt.Errorf("%s: a system is NAME=BINARY, janus or galene", text)
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
	if err := needAddress(j.address); err != nil {
		return scenarios.Target{}, nil, err
	}
	server, err := janus.Start(ctx, on, j.address)
	if err != nil {
		return scenarios.Target{}, nil, err
	}
	return peer(j.address, server.PID, server.Front()), server.Stop, nil
}

type galeneServer struct {
	binary  string
	address netip.Addr
}

// Start implements adapter.
func (g galeneServer) Start(ctx context.Context, on func(func() error) error) (scenarios.Target, func(), error) {
	if err := needAddress(g.address); err != nil {
		return scenarios.Target{}, nil, err
	}
	server, err := galene.Start(ctx, on, g.binary, g.address)
	if err != nil {
		return scenarios.Target{}, nil, err
	}
	return peer(g.address, server.PID, server.Front()), server.Stop, nil
}

// peer as a target: of a process that tells no metrics of ours.
func peer(address netip.Addr, pid int, front scenarios.Front) scenarios.Target {
	return scenarios.Target{PID: pid, Local: address, Front: front, Patience: time.Second}
}

func needAddress(address netip.Addr) error {
	if !address.IsValid() {
		return errors.New("janus and galene take --address, one of this machine that is not the loopback's: see scripts/peers.sh")
	}
	return nil
}
