package sfu_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

type ignore struct{}

func (ignore) Observe(sfu.Event) {}

// clientOffer of a client that will never be heard of again.
func clientOffer(t testing.TB) (string, []sfu.Section) {
	t.Helper()
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pc.GracefulClose() }()
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		for _, direction := range []webrtc.RTPTransceiverDirection{webrtc.RTPTransceiverDirectionSendonly, webrtc.RTPTransceiverDirectionRecvonly} {
			if _, err = pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: direction}); err != nil {
				t.Fatal(err)
			}
		}
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	return offer.SDP, []sfu.Section{{MID: "0", Source: sfu.SourceMicrophone}, {MID: "2", Source: sfu.SourceCamera}}
}

func TestNothingIsLeftAfterManyHaveComeAndGone(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	offer, sections := clientOffer(t)
	s, err := sfu.New(sfu.Config{Observer: ignore{}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	rounds := 10
	if testing.Short() {
		rounds = 5
	}
	ctx := context.Background()
	before := runtime.NumGoroutine()
	for round := range rounds {
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() {
				id := sfu.ParticipantID(fmt.Sprint("p", round, "-", i))
				room := sfu.RoomID(fmt.Sprint("room", round, "-", i/2))
				for generation := range uint32(2) {
					if _, err := s.Answer(ctx, sfu.Seat{Participant: id, Generation: generation + 1}, offer, sections); err != nil {
						t.Error(err)
					}
				}
				must(t, s.Publish(ctx, id, sfu.SourceCamera, false))
				must(t, s.Join(ctx, room, id, everything))
				must(t, s.Prefer(ctx, id, []sfu.Preference{{Publication: "nobody/camera", Width: 1, Height: 1}}))
				if i%2 == 0 {
					must(t, s.Leave(ctx, id))
				}
				must(t, s.Remove(ctx, id))
			})
		}
		all.Wait()
	}
	stats := s.Stats()
	if stats.Rooms+stats.Participants+stats.Connections+stats.Publications+stats.Subscriptions != 0 {
		t.Errorf("left over: %+v", stats)
	}
	deadline := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > before+5 && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before+5 {
		t.Errorf("%d goroutines, %d before", n, before)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func TestVerbsAfterCloseAndForStrangersHaveTheirErrors(t *testing.T) {
	s, err := sfu.New(sfu.Config{Observer: ignore{}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for name, got := range map[string]error{
		"leave":   s.Leave(ctx, "nobody"),
		"remove":  s.Remove(ctx, "nobody"),
		"prefer":  s.Prefer(ctx, "nobody", nil),
		"publish": s.Publish(ctx, "nobody", "smell", false),
	} {
		if got == nil {
			t.Errorf("%s of nobody had no error", name)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error("closing twice: ", err)
	}
	offer, sections := clientOffer(t)
	if _, err := s.Answer(ctx, sfu.Seat{Participant: "a", Generation: 1}, offer, sections); err == nil {
		t.Error("answered after Close")
	}
	if s.Join(ctx, "room", "a", everything) == nil {
		t.Error("joined after Close")
	}
}

func TestHalfOfTheParticipantsVanishAndTheRestStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		c, d := call(r, "c", "d")
		join(r, "room", a, b, c, d)
		time.Sleep(time.Second)
		b.Vanish()
		d.Vanish()
		time.Sleep(5 * time.Second)
		for _, p := range []*sfutest.Peer{b, d} {
			if s := r.State(p.ID); s != sfu.Suspect {
				t.Errorf("%s is %q", p.ID, s)
			}
			r.Do(r.SFU.Remove(r.Context(), p.ID))
		}
		before := a.Arrived()
		time.Sleep(time.Second)
		if n := a.Arrived() - before; n < 150 {
			t.Errorf("a got %d packets in a second", n)
		}
		if s := r.SFU.Stats(); s.Participants != 2 || s.Subscriptions != 4 {
			t.Errorf("participants %d, subscriptions %d", s.Participants, s.Subscriptions)
		}
	})
}
