package main

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/report"
	"callrelay/benchmarks/scenarios"
	"callrelay/signal/protocol"
)

const (
	// otherRooms of two talk and see each other while a peer floods.
	otherRooms = 5
	// delayBeyond calm, in ms, that still counts as unmoved: what two processes
	// on two cores do to each other without a flood.
	delayBeyond = 3
	// policedTo is what the server says that it takes of one connection in a
	// second, and a burst.
	policedTo = 6500
)

// peer who has signed in and is heard by another sends a hundred thousand
// packets a second: it is heard up to its limit, and nobody else is disturbed.
func (a *attack) peer(ctx context.Context, _ *client.Conn) error {
	listener, err := a.enter(ctx, 900_001, client.PeerConfig{ReceiveOnly: true})
	if err != nil {
		return err
	}
	defer listener.Leave()
	mallory, err := a.enter(ctx, 900_002, client.PeerConfig{AudioOnly: true, Still: true})
	if err != nil {
		return err
	}
	defer mallory.Leave()
	calm, err := a.others(ctx, nil)
	if err != nil {
		return err
	}
	var sent, heard, seconds float64
	flooded, err := a.others(ctx, func(ctx context.Context, lasts time.Duration) {
		limited, stop := context.WithTimeout(ctx, lasts)
		defer stop()
		began, before := time.Now(), listener.Peer.WirePackets()
		sent = float64(mallory.Peer.Flood(limited, a.PeerRate))
		heard, seconds = float64(listener.Peer.WirePackets()-before), time.Since(began).Seconds()
	})
	if err != nil {
		return err
	}
	a.report.Demand("packets a second that one peer sent fewer than it was to", float64(a.PeerRate)-sent/seconds, float64(a.PeerRate)/10)
	a.report.Demand("packets a second of it that were passed on", heard/seconds, policedTo)
	a.report.Demand("others' packets unexplained meanwhile", float64(flooded.Audio.Unexplained+flooded.Video.Unexplained)-float64(flooded.Overflows), 0)
	a.report.Demand("others' sound meanwhile, p99, ms (at most calm and 3)", flooded.AudioDelay.P99, calm.AudioDelay.P99+delayBeyond)
	a.report.Demand("others' pictures meanwhile, p99, ms (at most calm and 3)", flooded.VideoDelay.P99, calm.VideoDelay.P99+delayBeyond)
	return nil
}

// enter the room of the flood.
func (a *attack) enter(ctx context.Context, number uint32, config client.PeerConfig) (*client.Person, error) {
	config.Number, config.Began, config.Local, config.Seed = number, time.Now(), netip.AddrPortFrom(a.target.Local, 0), 1
	p, err := client.SignIn(ctx, a.target.URL, fmt.Sprintf("flood-%d", number), config)
	if err != nil {
		return nil, err
	}
	if err := p.Enter(ctx, "flood", &protocol.RoomOptions{Limit: 2, Publishers: protocol.PublishersAll, Screen: protocol.ScreenAsk}); err != nil {
		p.Leave()
		return nil, err
	}
	return p, nil
}

// others are in rooms of two meanwhile.
func (a *attack) others(ctx context.Context, beside func(context.Context, time.Duration)) (*report.Rooms, error) {
	target, rooms := a.target, scenarios.Pairs(otherRooms)
	target.OnSteady = beside
	rooms.Duration, rooms.AtATime, rooms.Seed = time.Duration(a.Seconds)*time.Second, 4, 1
	r, err := scenarios.Rooms(ctx, target, rooms)
	if err != nil {
		return nil, err
	}
	return r.Rooms, nil
}
