package selfcheck

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Watch makes trips for ever. Its methods may be called from any goroutine.
type Watch struct {
	trip func(context.Context) Result
	port string
	log  *slog.Logger

	cancel context.CancelFunc
	done   chan struct{}
	first  chan struct{} // closed after the first trip

	mu      sync.Mutex
	verdict Verdict
}

// NewWatch starts at once; port names the media port in sentences. Close ends it.
func NewWatch(trip func(context.Context) Result, port string, log *slog.Logger) *Watch {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Watch{trip: trip, port: port, log: log, cancel: cancel, done: make(chan struct{}), first: make(chan struct{})}
	go w.run(ctx)
	return w
}

// Verdict of the last trip. While the first one is under way it waits, at
// most until the context ends; then no trip is in the verdict.
func (w *Watch) Verdict(ctx context.Context) Verdict {
	select {
	case <-w.first:
	case <-ctx.Done():
	}
	return w.Now()
}

// Now is the verdict of the last trip, without waiting for the first.
func (w *Watch) Now() Verdict {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.verdict
}

// Close ends the trips and waits.
func (w *Watch) Close() {
	w.cancel()
	<-w.done
}

func (w *Watch) run(ctx context.Context) {
	defer close(w.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		bounded, cancel := context.WithTimeout(ctx, tripTime)
		r := w.trip(bounded)
		cancel()
		if ctx.Err() != nil {
			return
		}
		timer.Reset(w.note(r))
	}
}

// note a result; the wait for the next trip is returned.
func (w *Watch) note(r Result) time.Duration {
	w.mu.Lock()
	before := w.verdict
	now, wait := before.next(r, time.Now(), w.port)
	w.verdict = now
	w.mu.Unlock()
	if before.Trips == 0 {
		close(w.first)
	}
	switch {
	case !now.OK && (before.OK || before.Trips == 0):
		w.log.Error("the media path has failed", "stage", r.Stage, "sentence", now.Sentence, "error", r.Err)
	case now.OK && !before.OK && before.Trips > 0:
		w.log.Info("the media path works again", "after", now.At.Sub(before.Since).String(), "pair", r.Pair)
	case now.OK && before.Trips == 0:
		w.log.Info("the media path works", "connect", r.Connect.String(), "rtt", r.RTT.String(), "pair", r.Pair)
	}
	return wait
}
