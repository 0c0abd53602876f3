package main

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/stun/v4"
)

// seen is how a STUN server sees one address of this machine.
type seen struct {
	server        string
	local, public netip.Addr
	err           error
}

// stunAgain is the pause before a request is repeated.
const stunAgain = 400 * time.Millisecond

// askSTUN asks every server from every address, all at once, until ctx ends.
// The answers come in the order of the servers, then of the addresses.
func askSTUN(ctx context.Context, servers []string, own []netip.Addr) []seen {
	out := make([]seen, len(servers)*len(own))
	var all sync.WaitGroup
	for i, server := range servers {
		for j, local := range own {
			all.Go(func() {
				one := &out[i*len(own)+j]
				one.server, one.local = server, local
				one.public, one.err = askOne(ctx, server, local)
			})
		}
	}
	all.Wait()
	kept := out[:0]
	for _, one := range out {
		if !errors.Is(one.err, errOtherFamily) {
			kept = append(kept, one)
		}
	}
	return kept
}

// errOtherFamily: the server has no address that this one could send to.
var errOtherFamily = errors.New("no address of this family")

func askOne(ctx context.Context, server string, local netip.Addr) (netip.Addr, error) {
	network := "udp4"
	if local.Is6() {
		network = "udp6"
	}
	dialer := net.Dialer{LocalAddr: net.UDPAddrFromAddrPort(netip.AddrPortFrom(local, 0))}
	c, err := dialer.DialContext(ctx, network, server)
	if err != nil {
		if _, ok := errors.AsType[*net.AddrError](err); ok {
			err = errOtherFamily
		}
		return netip.Addr{}, err
	}
	defer func() { _ = c.Close() }()
	request, err := stun.Build(stun.TransactionID, stun.BindingRequest)
	if err != nil {
		return netip.Addr{}, err
	}
	b := make([]byte, 1500)
	for {
		if _, err = c.Write(request.Raw); err != nil {
			return netip.Addr{}, err
		}
		_ = c.SetReadDeadline(time.Now().Add(stunAgain))
		n, err := c.Read(b)
		if err == nil {
			if public, ok := readSTUN(b[:n], request.TransactionID); ok {
				return public, nil
			}
		}
		if ctx.Err() != nil {
			return netip.Addr{}, errors.New("no answer in time")
		}
	}
}

// readSTUN returns the address in the answer to our request.
func readSTUN(b []byte, transaction [stun.TransactionIDSize]byte) (netip.Addr, bool) {
	m := stun.Message{Raw: b}
	var mapped stun.XORMappedAddress
	if m.Decode() != nil || m.Type != stun.BindingSuccess || m.TransactionID != transaction || mapped.GetFrom(&m) != nil {
		return netip.Addr{}, false
	}
	addr, ok := netip.AddrFromSlice(mapped.IP)
	addr = addr.Unmap()
	return addr, ok && addr.IsGlobalUnicast()
}
