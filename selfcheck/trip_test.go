package selfcheck_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"callrelay/selfcheck"
	"callrelay/sfu"
)

type ignore struct{}

func (ignore) Observe(sfu.Event) {}

func server(t *testing.T) *sfu.SFU {
	t.Helper()
	s, err := sfu.New(sfu.Config{Observer: ignore{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func echo(s *sfu.SFU) func(context.Context, string) (string, error) {
	return func(ctx context.Context, offer string) (string, error) { return s.Echo(ctx, offer, sfu.MaxEchoes) }
}

func TestTripComesBackAndIsInNoCount(t *testing.T) {
	s := server(t)
	counted := sfu.Snapshot{}
	trip := selfcheck.Trip{Answer: func(ctx context.Context, offer string) (string, error) {
		answer, err := s.Echo(ctx, offer, 1)
		counted = s.Stats()
		return answer, err
	}}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r := trip.Go(ctx)
	if r.Err != nil || r.Stage != selfcheck.StageDone || r.Pair == "" {
		t.Fatalf("%+v", r)
	}
	if counted.Participants+counted.Connections+counted.Rooms+counted.Publications != 0 {
		t.Errorf("counted while it ran: %+v", counted)
	}
}

func TestTripsLeaveNothingBehind(t *testing.T) {
	s := server(t)
	before := goleak.IgnoreCurrent()
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		if r := (selfcheck.Trip{Answer: echo(s)}).Go(ctx); r.Err != nil {
			t.Fatalf("%+v", r)
		}
		cancel()
	}
	goleak.VerifyNone(t, before)
}

func TestTripWithoutAnAddressSaysSo(t *testing.T) {
	s := server(t)
	trip := selfcheck.Trip{Answer: echo(s)}
	trip.Only = selfcheck.TCPOnly
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if r := trip.Go(ctx); r.Stage != selfcheck.StageOffer || !errors.Is(r.Err, selfcheck.ErrNotOffered) {
		t.Errorf("%+v", r)
	}
}
