package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"callrelay/benchmarks/internal/floor"
	"callrelay/benchmarks/report"
	"callrelay/benchmarks/scenarios"
)

// series of runs: for each scenario the systems take turns.
type series struct {
	systems []system
	configs []scenarios.RoomsConfig
	rounds  int
	on      func(func() error) error
	out     io.Writer
	verbose bool

	floor floor.Prices
	runs  []single
}

// single is one run.
type single struct {
	System   string         `json:"system"`
	Scenario string         `json:"scenario"`
	Round    int            `json:"round"`
	Report   *report.Report `json:"report"`
}

// add the runs that an earlier series wrote.
func (s *series) add(name string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var t table
	if err := json.Unmarshal(b, &t); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, r := range t.Runs {
		if r.Report != nil && r.Report.Rooms != nil && r.Report.Server != nil {
			s.runs = append(s.runs, r)
		}
	}
	return nil
}

// runTime of one run, at most.
const runTime = 4 * time.Minute

func (s *series) run(ctx context.Context) error {
	s.floor = floor.Measure()
	for _, c := range s.configs {
		for round := range s.rounds {
			for i := range s.systems {
				// Who comes first takes turns too.
				whose := s.systems[(i+round)%len(s.systems)]
				r, err := s.one(ctx, whose, c)
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if err != nil {
					_, _ = fmt.Fprintf(s.out, "%s, %s: %v\n", whose.name, c.Name, err)
					continue
				}
				s.runs = append(s.runs, single{whose.name, c.Name, round + 1, r})
				s.tell(whose.name, r)
			}
		}
	}
	return nil
}

func (s *series) one(ctx context.Context, whose system, c scenarios.RoomsConfig) (*report.Report, error) {
	ctx, cancel := context.WithTimeout(ctx, runTime)
	defer cancel()
	target, stop, err := whose.Start(ctx, s.on)
	if err != nil {
		return nil, err
	}
	defer stop()
	return scenarios.Rooms(ctx, target, c)
}

func (s *series) tell(name string, r *report.Report) {
	if s.verbose {
		_ = r.WriteText(s.out)
		return
	}
	_, _ = fmt.Fprintf(s.out, "%-12s %-18s %6.1f us a packet, delay %.2f / %.1f ms, join %.0f ms, %d of %d, unexplained %d, overflows %d, load %.1f\n",
		name, r.Scenario, r.Server.CPUMicros, r.Rooms.VideoDelay.P50, r.Rooms.VideoDelay.P99, r.Rooms.JoinToFirst.P50,
		r.Rooms.Joined, r.Rooms.Wanted, r.Rooms.Audio.Unexplained+r.Rooms.Video.Unexplained, r.Rooms.Overflows, r.Load)
}
