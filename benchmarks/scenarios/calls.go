package scenarios

import (
	"context"
	"fmt"
	"sync"
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/internal/watch"
	"callrelay/benchmarks/report"
)

// CallsConfig of calls that last.
type CallsConfig struct {
	Calls    int
	Duration time.Duration // of steady state
	// LossUp and LossDown of each participant's own network, 0 to 1.
	LossUp, LossDown float64
	AudioOnly        bool
	// MaxDuplicates among the packets received, 0 to 1, and MaxResends of a
	// publisher for each lost packet. Both are figures of time: a generator
	// that is late asks for what has only been delayed.
	MaxDuplicates, MaxResends float64
	Seed                      uint64
}

const (
	// atATime calls are set up.
	atATime = 8
	// warmUp before steady state: the estimate has grown, every stream flows.
	warmUp = 2 * time.Second
	// tail is sent after the last packet that is judged, so that it can still
	// be asked for again.
	tail = 2 * time.Second
	// setUpTime of a call, at most. With loss a DTLS handshake takes seconds.
	setUpTime = 30 * time.Second
)

// Calls makes so many calls of two at once, lets them last, and ends them.
func Calls(ctx context.Context, target Target, config CallsConfig) (*report.Report, error) {
	target.Began = time.Now()
	r := newReport("calls of two", map[string]string{
		"calls": fmt.Sprint(config.Calls), "duration": config.Duration.String(),
		"loss up": fmt.Sprint(config.LossUp), "loss down": fmt.Sprint(config.LossDown),
		"audio only": fmt.Sprint(config.AudioOnly),
	})
	r.Calls, r.Server = &report.Calls{Wanted: config.Calls}, &report.Server{}
	before, metricsBefore, err := target.sample(ctx)
	if err != nil {
		return nil, err
	}
	r.Server.Before = before

	pairs := setUp(ctx, &target, config, &failures{all: r.Errors})
	r.Calls.Established = len(pairs)
	people := peopleOf(pairs)
	if err := steady(ctx, &target, config.Duration, r.Server, people); err != nil {
		return nil, err
	}
	cutoffs := cutoffsOf(pairs)
	if err := pause(ctx, tail); err != nil {
		return nil, err
	}
	finish(ctx, pairs, &failures{all: r.Errors})
	if err := target.settle(ctx, r.Server, metricsBefore); err != nil {
		return nil, err
	}
	settlePackets(r.Calls, pairs, cutoffs)
	demandCalls(r, config)
	demandClean(r, &target)
	return r, nil
}

func setUp(ctx context.Context, target *Target, config CallsConfig, failed *failures) []*pair {
	var mu sync.Mutex
	var pairs []*pair
	inParallel(config.Calls, atATime, func(i int) {
		limited, cancel := context.WithTimeout(ctx, setUpTime)
		defer cancel()
		p, step, err := begin(limited, pairConfig{
			target: target, index: i, loss: [2]float64{config.LossUp, config.LossDown},
			audioOnly: config.AudioOnly, seed: config.Seed,
		})
		if err != nil {
			failed.add(step, err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		pairs = append(pairs, p)
	})
	return pairs
}

// sink counts what the server has sent to it.
type sink interface{ WirePackets() uint64 }

func peopleOf(pairs []*pair) (people []sink) {
	for _, p := range pairs {
		people = append(people, p.caller.Peer, p.callee.Peer)
	}
	return people
}

// steady watches the server while the people stay.
func steady(ctx context.Context, target *Target, duration time.Duration, server *report.Server, people []sink) error {
	if err := pause(ctx, warmUp); err != nil {
		return err
	}
	first, _, err := target.sample(ctx)
	if err != nil {
		return err
	}
	var beside sync.WaitGroup
	if target.OnSteady != nil {
		beside.Go(func() { target.OnSteady(ctx, duration) })
	}
	defer beside.Wait()
	began, packets := time.Now(), packetsOf(people)
	cpu, cpuErr := watch.CPU(target.PID)
	server.Series = append(server.Series, first)
	last := first
	for end := began.Add(duration); time.Now().Before(end); {
		if err = pause(ctx, min(time.Second, max(time.Until(end), time.Millisecond))); err != nil {
			return err
		}
		if last, _, err = target.sample(ctx); err != nil {
			return err
		}
		server.Series = append(server.Series, last)
	}
	server.WindowSeconds = time.Since(began).Seconds()
	server.Packets = packetsOf(people) - packets
	server.During, server.Participants = last, len(people)
	perHead(server)
	if used, err := watch.CPU(target.PID); err == nil && cpuErr == nil && target.PID != 0 {
		server.CoreShare = (used - cpu).Seconds() / server.WindowSeconds
		if server.Packets > 0 {
			server.CPUMicros = float64((used - cpu).Microseconds()) / float64(server.Packets)
		}
	}
	if server.Packets == 0 {
		return nil
	}
	server.CPUMicrosMetrics = (last.CPUSeconds - first.CPUSeconds) * 1e6 / float64(server.Packets)
	return nil
}

// packetsOf RTP that the server has sent to these people so far.
func packetsOf(people []sink) (sum uint64) {
	for _, p := range people {
		sum += p.WirePackets()
	}
	return sum
}

// cutoffsOf the streams: the last number that is judged.
func cutoffsOf(pairs []*pair) map[client.Stream]uint64 {
	all := map[client.Stream]uint64{}
	for _, p := range pairs {
		for i, person := range []*client.Person{p.caller, p.callee} {
			for _, source := range client.Sources() {
				all[client.Stream{Sender: p.numbers[i], Source: source}] = person.Peer.LastSent(source)
			}
		}
	}
	return all
}

func finish(ctx context.Context, pairs []*pair, failed *failures) {
	inParallel(len(pairs), atATime, func(i int) {
		limited, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if err := pairs[i].end(limited); err != nil {
			failed.add("hang up", err)
		}
		pairs[i].leave()
	})
}

// demandCalls notes what a run of calls has to show.
func demandCalls(r *report.Report, config CallsConfig) {
	c := r.Calls
	r.Demand("calls that failed", float64(c.Wanted-c.Established), 0)
	r.Demand("silent streams", float64(c.Silent), 0)
	r.Demand("unexplained packets", float64(c.Audio.Unexplained+c.Video.Unexplained), 0)
	r.Demand("unmarked packets", float64(c.Unmarked), 0)
	r.Demand("share of duplicates", c.DuplicateShare, config.MaxDuplicates)
	if !config.AudioOnly && config.LossUp > 0 {
		r.Demand("publisher's resends per lost packet", c.ResendsPerLost, config.MaxResends)
	}
}
