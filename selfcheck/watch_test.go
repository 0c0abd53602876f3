package selfcheck_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/logging"
	"github.com/pion/transport/v4/vnet"

	"callrelay/selfcheck"
	"callrelay/sfu"
)

var quiet = slog.New(slog.DiscardHandler)

func TestDeafMediaPortIsKnownWithin35SecondsAndItsReturnWithin15(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t)
		s, err := sfu.New(sfu.Config{Listen: "10.0.0.1:8443", Net: n.host(t, "10.0.0.1"), Observer: ignore{}})
		if err != nil {
			t.Fatal(err)
		}
		trip := selfcheck.Trip{Answer: echo(s), Net: n.host(t, "10.0.0.2")}
		w := selfcheck.NewWatch(trip.Go, "10.0.0.1:8443", quiet)
		if v := w.Verdict(t.Context()); !v.OK || v.Result.Pair != "udp 10.0.0.1:8443" {
			t.Errorf("at the start: %+v", v)
		}
		// The worst moment: just after a check.
		n.dark.Store(true)
		time.Sleep(35 * time.Second)
		v := w.Verdict(t.Context())
		if v.OK || v.Result.Stage != selfcheck.StageICE || !strings.Contains(v.Sentence, "10.0.0.1:8443") {
			t.Errorf("35 s after the port went deaf: %+v", v)
		}
		n.dark.Store(false)
		time.Sleep(15 * time.Second)
		if v := w.Verdict(t.Context()); !v.OK || v.Sentence != "" {
			t.Errorf("15 s after it came back: %+v", v)
		}
		w.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		n.stop(t)
	})
}

func TestWatchChecksEach30SecondsAnd10OnceSuspicious(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var trips, broken atomic.Int64
		w := selfcheck.NewWatch(func(context.Context) selfcheck.Result {
			trips.Add(1)
			if broken.Load() == 1 {
				return selfcheck.Result{Stage: selfcheck.StageMedia, Err: errors.New("lost")}
			}
			return selfcheck.Result{Stage: selfcheck.StageDone}
		}, ":1", quiet)
		defer w.Close()
		time.Sleep(5*time.Minute + time.Second)
		if n := trips.Swap(0); n != 11 {
			t.Errorf("%d trips in five good minutes", n)
		}
		broken.Store(1)
		time.Sleep(29*time.Second + 500*time.Millisecond) // past the first bad trip
		trips.Store(0)
		time.Sleep(time.Minute)
		if n := trips.Load(); n != 6 {
			t.Errorf("%d trips in a bad minute", n)
		}
		if v := w.Verdict(t.Context()); v.OK || v.Failures != 7 {
			t.Errorf("%+v", v)
		}
	})
}

func TestVerdictWaitsForTheFirstTripButNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := selfcheck.NewWatch(func(ctx context.Context) selfcheck.Result {
			<-ctx.Done()
			return selfcheck.Result{Stage: selfcheck.StageICE, Err: ctx.Err()}
		}, ":1", quiet)
		defer w.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if v := w.Verdict(ctx); v.OK || v.Trips != 0 {
			t.Errorf("before the first trip has ended: %+v", v)
		}
		if v := w.Verdict(t.Context()); v.OK || v.Trips != 1 {
			t.Errorf("after it: %+v", v)
		}
	})
}

// network is a virtual one whose UDP can be taken away.
type network struct {
	router *vnet.Router
	dark   atomic.Bool
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	log := logging.NewDefaultLoggerFactory()
	log.DefaultLogLevel = logging.LogLevelDisabled
	router, err := vnet.NewRouter(&vnet.RouterConfig{CIDR: "10.0.0.0/24", MinDelay: time.Millisecond, LoggerFactory: log})
	if err != nil {
		t.Fatal(err)
	}
	n := &network{router: router}
	router.AddChunkFilter(func(vnet.Chunk) bool { return !n.dark.Load() })
	if err := router.Start(); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *network) host(t *testing.T, ip string) *vnet.Net {
	t.Helper()
	host, err := vnet.NewNet(&vnet.NetConfig{StaticIPs: []string{ip}})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.router.AddNet(host); err != nil {
		t.Fatal(err)
	}
	return host
}

func (n *network) stop(t *testing.T) {
	t.Helper()
	if err := n.router.Stop(); err != nil {
		t.Error(err)
	}
}
