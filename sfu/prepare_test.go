package sfu

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"
)

// answering is a server with one seat that offers.
type answering struct {
	t    testing.TB
	sfu  *SFU
	seat Seat
}

func newAnswering(t testing.TB) *answering {
	t.Helper()
	s, err := New(Config{Listen: "127.0.0.1:0", Observer: unobserved{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return &answering{t, s, Seat{Participant: "a", Generation: 1}}
}

func (a *answering) offer(text string) (string, error) {
	return a.sfu.Answer(context.Background(), a.seat, text, []Section{{MID: "0", Source: SourceMicrophone}, {MID: "1", Source: SourceCamera}})
}

// slots in the order in which they were made: kind and mid.
func (a *answering) slots() (out []string) {
	a.sfu.mu.Lock()
	c := a.sfu.participants["a"].connection
	a.sfu.mu.Unlock()
	done := make(chan struct{})
	c.worker().post(func(time.Time) {
		defer close(done)
		for _, s := range c.downlink.slots {
			out = append(out, fmt.Sprint(s.kind(), s.index, "=", s.mid))
		}
	})
	<-done
	return out
}

const opus, vp8, h264 = "opus/48000/2", "VP8/90000", "H264/90000"

// page is what a page offers: two sections to send on, and slots.
func page(slots ...string) []string {
	return append([]string{section("audio", "0", "sendonly", opus), section("video", "1", "sendonly", vp8)}, slots...)
}

func TestSlotsAreTheSectionsOfTheOfferInItsOrder(t *testing.T) {
	for name, row := range map[string]struct {
		more []string
		want []string
	}{
		"kinds together": {
			[]string{section("audio", "2", "recvonly", opus), section("video", "3", "recvonly", vp8), section("video", "4", "recvonly", vp8)},
			[]string{"audio0=2", "video0=3", "video1=4"},
		},
		"kinds mixed": {
			[]string{section("video", "x", "recvonly", vp8), section("audio", "y", "recvonly", opus), section("video", "z", "recvonly", vp8)},
			[]string{"video0=x", "audio0=y", "video1=z"},
		},
		"one section lacks the codec of the first": {
			[]string{section("video", "2", "recvonly", vp8), strings.ReplaceAll(section("video", "3", "recvonly", vp8), "96", "97"), section("video", "4", "recvonly", vp8)},
			[]string{"video0=2", "video1=3", "video2=4"},
		},
		"one is both ways and nobody's source": {
			[]string{section("video", "2", "sendrecv", vp8), section("video", "3", "recvonly", vp8)},
			[]string{"video0=3"},
		},
	} {
		a := newAnswering(t)
		if _, err := a.offer(session(page(row.more...)...)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := a.slots(); !slices.Equal(got, row.want) {
			t.Errorf("%s: %v, not %v", name, got, row.want)
		}
	}
}

// An offer that fails when Pion has begun with it can't be taken back, but the
// seat can go on with a new connection.
func TestAfterAnOfferThatFailedHalfWayAHigherGenerationIsAskedFor(t *testing.T) {
	a := newAnswering(t)
	good := session(page(section("video", "2", "recvonly", vp8))...)
	if _, err := a.offer(good); err != nil {
		t.Fatal(err)
	}
	if _, err := a.offer(good + "a=extmap:x urn:x\r\n"); !errors.Is(err, ErrBadSDP) {
		t.Errorf("an extension with a letter for its number: %v", err)
	}
	if _, err := a.offer(good); !errors.Is(err, ErrStale) {
		t.Errorf("the next offer of that generation: %v", err)
	}
	a.seat.Generation++
	if _, err := a.offer(good); err != nil {
		t.Errorf("the next generation: %v", err)
	}
	if got, want := a.slots(), []string{"video0=2"}; !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}

// What one answer costs: the sections of a page, with the codecs of Chromium.
func BenchmarkAnswer(b *testing.B) {
	video := func(mid, direction string) string {
		var lines strings.Builder
		for i := range 13 {
			fmt.Fprintf(&lines, "a=extmap:%d urn:x-benchmark:%d\r\n", i+1, i)
		}
		for i := range 4 {
			for _, feedback := range []string{"goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"} {
				fmt.Fprintf(&lines, "a=rtcp-fb:%d %s\r\n", 96+2*i, feedback)
			}
			fmt.Fprintf(&lines, "a=fmtp:%d apt=%d\r\n", 97+2*i, 96+2*i)
		}
		return section("video", mid, direction, vp8, "rtx/90000", h264, "rtx/90000", "VP9/90000", "rtx/90000", "AV1/90000", "rtx/90000") +
			"a=fmtp:98 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\na=fmtp:100 profile-id=0\r\n" +
			"a=fmtp:102 level-idx=5;profile=0;tier=0\r\n" + lines.String()
	}
	sections := []string{section("audio", "0", "sendonly", opus), video("1", "sendonly"), video("2", "sendonly"), section("audio", "3", "sendonly", opus)}
	for i := range 12 {
		if mid := fmt.Sprint(4 + i); i < 3 {
			sections = append(sections, section("audio", mid, "recvonly", opus))
		} else {
			sections = append(sections, video(mid, "recvonly"))
		}
	}
	text := session(sections...)
	a := newAnswering(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.offer(text); err != nil {
			b.Fatal(err)
		}
		a.seat.Generation++
	}
}
