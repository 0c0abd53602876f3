package scenarios

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"callrelay/benchmarks/internal/watch"
	"callrelay/benchmarks/report"
)

// Target is the server that is measured.
type Target struct {
	// URL of its WebSocket; the server is in open mode.
	URL string
	// Front is the way into its rooms; nil is that of Callrelay at URL.
	Front Front
	// Metrics is the address of its metrics; empty leaves out what they would tell.
	Metrics string
	// PID of its process on this machine; 0 leaves out what the kernel would tell.
	PID int
	// Local address that the clients send media from.
	Local netip.Addr
	// Patience after everybody has left, for the server to forget them: its
	// grace, the time in which it finds a dead socket, and some more.
	Patience time.Duration
	// OnSteady runs beside the steady state, which lasts as long as it is told.
	// nil: nothing does.
	OnSteady func(ctx context.Context, lasts time.Duration)
	// Began is when the run began.
	Began time.Time
}

// Limits on what may be left behind.
const (
	maxGoroutines  = 5
	maxDescriptors = 2
)

// sample reads the server's metrics and its processor time.
func (t *Target) sample(ctx context.Context) (report.Sample, watch.Metrics, error) {
	s := report.Sample{Second: time.Since(t.Began).Seconds()}
	if t.Metrics == "" {
		if p, err := watch.Look(t.PID); err == nil && t.PID != 0 {
			s.MemoryMiB, s.Descriptors, s.CPUSeconds = float64(p.Memory)/(1<<20), float64(p.Descriptors), p.CPU.Seconds()
		}
		return s, watch.Metrics{}, nil
	}
	m, err := watch.Scrape(ctx, t.Metrics)
	if err != nil {
		return s, m, fmt.Errorf("the server's metrics: %w", err)
	}
	s.MemoryMiB = m.Values[watch.Memory] / (1 << 20)
	s.Goroutines = m.Values[watch.Goroutines]
	s.Descriptors = m.Values[watch.Descriptors]
	s.CPUSeconds = m.Values[watch.CPUSeconds]
	return s, m, nil
}

// settle waits until the server is as it was before, or patience ends, and
// fills in what is left.
func (t *Target) settle(ctx context.Context, server *report.Server, before watch.Metrics) error {
	began := time.Now()
	for {
		after, metrics, err := t.sample(ctx)
		if err != nil {
			return err
		}
		server.After, server.Left = after, metrics.Left(before)
		server.SettledAfter = time.Since(began).Seconds()
		if len(server.Left) == 0 &&
			after.Goroutines <= server.Before.Goroutines+maxGoroutines &&
			after.Descriptors <= server.Before.Descriptors+maxDescriptors ||
			time.Since(began) > t.Patience {
			return nil
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}

// demandClean notes what may be left behind.
func demandClean(r *report.Report, t *Target) {
	if t.Metrics == "" {
		return
	}
	r.Demand("goroutines left", r.Server.After.Goroutines-r.Server.Before.Goroutines, maxGoroutines)
	r.Demand("descriptors left", r.Server.After.Descriptors-r.Server.Before.Descriptors, maxDescriptors)
	r.Demand("gauges above what they were", float64(len(r.Server.Left)), 0)
}

// nameOf a person, of its own for each run, so that it does not meet the last
// one's sessions.
func nameOf(room Room, number uint32) string { return fmt.Sprintf("%s-%d", room.Name, number) }

func newReport(scenario string, settings map[string]string) *report.Report {
	return &report.Report{
		Scenario: scenario, Settings: settings, When: time.Now(), Errors: map[string]int{},
		Machine: watch.Machine(), Cores: runtime.NumCPU(), Go: runtime.Version(), Load: watch.Load(),
	}
}

func perHead(s *report.Server) {
	if s.Participants == 0 {
		return
	}
	n := float64(s.Participants)
	s.PerHead = report.Sample{
		MemoryMiB:   (s.During.MemoryMiB - s.Before.MemoryMiB) / n,
		Goroutines:  (s.During.Goroutines - s.Before.Goroutines) / n,
		Descriptors: (s.During.Descriptors - s.Before.Descriptors) / n,
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// failures counts errors by their text, with the changing parts left out.
type failures struct {
	mu  sync.Mutex
	all map[string]int
}

func (f *failures) add(step string, err error) {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner // the innermost says what; the step says where
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all[step+": "+err.Error()]++
}

// inParallel does n things, so many at a time.
func inParallel(n, atATime int, do func(i int)) {
	var all sync.WaitGroup
	gate := make(chan struct{}, atATime)
	for i := range n {
		gate <- struct{}{}
		all.Go(func() {
			defer func() { <-gate }()
			do(i)
		})
	}
	all.Wait()
}
