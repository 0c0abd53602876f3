package scenarios

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/internal/watch"
	"callrelay/benchmarks/report"
)

// JoinsConfig of people that come and go.
type JoinsConfig struct {
	// Joins in all; two people make a call.
	Joins int
	// Vanish is the share that goes without a word, half of those by falling
	// silent, half by a connection that breaks.
	Vanish float64
	// AtATime calls, at most.
	AtATime int
	Seed    uint64
}

// stay is how long a call lasts after it has become active.
const stay = 100 * time.Millisecond

// Joins lets people come in pairs, call each other, and go, many of them
// without a word; and looks at what the server has kept of them.
func Joins(ctx context.Context, target Target, config JoinsConfig) (*report.Report, error) {
	target.Began = time.Now()
	r := newReport("joins", map[string]string{
		"joins": fmt.Sprint(config.Joins), "vanish": fmt.Sprint(config.Vanish), "calls at a time": fmt.Sprint(config.AtATime),
	})
	r.Joins, r.Server = &report.Joins{Wanted: config.Joins}, &report.Server{}
	before, metricsBefore, err := target.sample(ctx)
	if err != nil {
		return nil, err
	}
	r.Server.Before = before
	cpu, cpuErr := watch.CPU(target.PID)
	began := time.Now()

	c := crowd{
		target: &target, config: config, result: r.Joins, failed: failures{all: r.Errors},
		random: rand.New(rand.NewPCG(config.Seed, 3)),
	}
	inParallel(config.Joins/2, max(config.AtATime, 1), func(i int) { c.visit(ctx, i) })
	r.Joins.Seconds = time.Since(began).Seconds()
	r.Joins.PerSecond = float64(r.Joins.Joined) / r.Joins.Seconds
	if r.Server.During, _, err = target.sample(ctx); err != nil {
		return nil, err
	}
	err = target.settle(ctx, r.Server, metricsBefore)
	if used, usedErr := watch.CPU(target.PID); usedErr == nil && cpuErr == nil && r.Joins.Joined > 0 && target.PID != 0 {
		r.Joins.CPUMillis = report.Millis(used-cpu) / float64(r.Joins.Joined)
	}
	for _, gone := range c.gone { // only now: their silence was part of it
		gone.Free()
	}
	if err != nil {
		return nil, err
	}
	r.Demand("joins that failed", float64(config.Joins-r.Joins.Joined), 0)
	demandClean(r, &target)
	return r, nil
}

type crowd struct {
	target *Target
	config JoinsConfig

	mu     sync.Mutex
	random *rand.Rand
	result *report.Joins
	gone   []*client.Person
	failed failures
}

// visit is one pair's coming and going.
func (c *crowd) visit(ctx context.Context, i int) {
	ctx, cancel := context.WithTimeout(ctx, setUpTime)
	defer cancel()
	p, step, err := begin(ctx, pairConfig{target: c.target, index: i, seed: c.config.Seed})
	if err != nil {
		c.failed.add(step, err)
		return
	}
	c.mu.Lock()
	c.result.Joined += 2
	c.mu.Unlock()
	_ = pause(ctx, stay)
	for _, person := range []*client.Person{p.caller, p.callee} {
		c.leave(person)
	}
}

func (c *crowd) leave(person *client.Person) {
	c.mu.Lock()
	vanishes, killed := c.random.Float64() < c.config.Vanish, c.random.IntN(2) == 0
	c.mu.Unlock()
	if !vanishes {
		person.Leave()
		return
	}
	person.Vanish(killed)
	c.mu.Lock()
	c.result.Vanished++
	c.gone = append(c.gone, person)
	c.mu.Unlock()
}
