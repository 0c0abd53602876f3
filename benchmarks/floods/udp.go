package main

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/stun/v4"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/scenarios"
)

// hellos come from addresses that never did ICE while people join.
func (a *attack) hellos(ctx context.Context) error {
	flooding, stop := context.WithCancel(ctx)
	var done sync.WaitGroup
	var sent traffic
	done.Go(func() { sent = flood(flooding, a.media, 200, a.Rate, clientHello) })
	r, err := scenarios.Joins(ctx, a.target, scenarios.JoinsConfig{Joins: a.Joins, AtATime: 8, Seed: 1})
	stop()
	done.Wait()
	if err != nil {
		return err
	}
	a.report = r
	r.Scenario = "floods"
	r.Demand("joins that failed while forged ClientHellos arrived", float64(a.Joins-r.Joins.Joined), 0)
	r.Demand("replies to forged ClientHellos", float64(sent.replies), 0)
	return nil
}

// names that are wrong, right or random stand in STUN checks from strangers;
// a call of two goes on meanwhile. The right name is that of a connection
// which exists; without its password it must be worth nothing.
func (a *attack) names(ctx context.Context, _ *client.Conn) error {
	for what, name := range map[string]func() string{
		"wrong":  func() string { return "nobody:here" },
		"right":  nil,
		"random": func() string { return string(randomBytes(1 + rand.IntN(60))) },
	} {
		p, err := scenarios.Talk(ctx, a.target)
		if err != nil {
			return err
		}
		if name == nil {
			right := p.ServerName() + ":abcd"
			name = func() string { return right }
		}
		flooding, stop := context.WithTimeout(ctx, time.Duration(a.Seconds)*time.Second)
		began, before := p.Sent(), p.Packets()
		sent := flood(flooding, a.media, 50, 5000, func() []byte { return check(name()) })
		stop()
		share := float64(p.Packets()-before) / float64(max(p.Sent()-began, 1))
		p.Leave()
		a.report.Demand("share of a call's sound missing under STUN with "+what+" names", 1-share, 0.05)
		a.report.Demand("replies to STUN with "+what+" names", float64(sent.replies), 0)
	}
	return nil
}

// strangers without a credential ask for allocations, 5,000 a second from one source.
func (a *attack) strangers(ctx context.Context, _ *client.Conn) error {
	allocate := func() []byte {
		return stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest)).Raw
	}
	flooding, stop := context.WithTimeout(ctx, time.Duration(a.Seconds)*time.Second)
	defer stop()
	sent := flood(flooding, a.media, 1, 5000, allocate)
	a.report.Demand("replies a second to one stranger's Allocates", float64(sent.replies)/float64(a.Seconds), 10)
	a.report.Demand("bytes out for each byte in, strangers' Allocates", float64(sent.in)/float64(max(sent.out, 1)), 1)
	a.report.Demand("too few Allocates were sent to tell", float64(5000*a.Seconds/2-sent.packets), 0)
	return nil
}

// traffic of a flood as its sender sees it.
type traffic struct{ packets, out, replies, in int }

// flood sends packets at a rate from so many source addresses until ctx ends.
func flood(ctx context.Context, to netip.AddrPort, sources, rate int, packet func() []byte) (t traffic) {
	var conns []*net.UDPConn
	var mu sync.Mutex
	var readers sync.WaitGroup
	for i := range sources {
		from := net.UDPAddr{IP: net.IPv4(127, 3, byte(i>>8), byte(i)+1)}
		c, err := net.DialUDP("udp", &from, net.UDPAddrFromAddrPort(to))
		if err != nil {
			continue // one source fewer
		}
		conns = append(conns, c)
		readers.Go(func() {
			b := make([]byte, 2000)
			for {
				n, err := c.Read(b)
				if err != nil {
					return
				}
				mu.Lock()
				t.replies++
				t.in += n
				mu.Unlock()
			}
		})
	}
	defer func() {
		time.Sleep(100 * time.Millisecond) // for what is on its way back
		for _, c := range conns {
			_ = c.Close()
		}
		readers.Wait()
	}()
	const tick = 10 * time.Millisecond
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	began := time.Now()
	for {
		select {
		case <-ctx.Done():
			return t
		case <-ticks.C:
		}
		for due := int(time.Since(began).Seconds() * float64(rate)); t.packets < due && len(conns) > 0; t.packets++ {
			b := packet()
			if n, err := conns[t.packets%len(conns)].Write(b); err == nil {
				t.out += n
			}
		}
	}
}

// check is a STUN Binding request with a user name and a signature that nobody made.
func check(name string) []byte {
	return stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername(name),
		stun.NewShortTermIntegrity("not the password of it"), stun.Fingerprint).Raw
}

// clientHello is a DTLS 1.2 ClientHello that asks for a connection.
func clientHello() []byte {
	body := []byte{0xfe, 0xfd}
	body = append(body, randomBytes(32)...)
	body = append(body, 0, 0)                           // no session, no cookie
	body = append(body, 0, 2, 0xc0, 0x2b)               // ECDHE-ECDSA-AES128-GCM
	body = append(body, 1, 0)                           // no compression
	body = append(body, 0, 8, 0, 10, 0, 4, 0, 2, 0, 29) // a curve
	handshake := []byte{1, 0, 0, byte(len(body)), 0, 0, 0, 0, 0, 0, 0, byte(len(body))}
	handshake = append(handshake, body...)
	record := []byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0}
	record = binary.BigEndian.AppendUint16(record, uint16(len(handshake)))
	return append(record, handshake...)
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return b
}
