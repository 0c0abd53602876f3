package sfu_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

// pair connects a page that offers and one that is offered to, in one room.
func pair(r *sfutest.Rig, generation uint32) (caller, callee *sfutest.Peer, answer, offer string) {
	caller, callee = r.Page("caller", generation), r.Page("callee", generation)
	for _, p := range []*sfutest.Peer{caller, callee} {
		r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceMicrophone, false))
		r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceCamera, false))
	}
	join(r, "room", caller, callee)
	answer, err := r.SFU.AnswerTo(r.Context(), caller.Seat(), caller.PageOffer())
	r.Do(err)
	caller.PageAccept(answer)
	offer, err = r.SFU.OfferTo(r.Context(), callee.Seat(), false)
	r.Do(err)
	r.Do(r.SFU.Accept(r.Context(), callee.Seat(), callee.PageAnswer(offer)))
	return caller, callee, answer, offer
}

func TestPagesForTwoSeeAndHearEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 10 * time.Millisecond})
		defer r.Close()
		caller, callee, answer, offer := pair(r, 1)
		time.Sleep(4 * time.Second)
		for p, from := range map[*sfutest.Peer]*sfutest.Peer{caller: callee, callee: caller} {
			microphone, camera := from.Tags()
			checkStream(t, fmt.Sprint(p.ID, " sound"), p.FirstSlot(true), microphone, 120)
			checkStream(t, fmt.Sprint(p.ID, " picture"), p.FirstSlot(false), camera, 350)
		}
		checkForPage(t, "answer", answer)
		checkForPage(t, "offer", offer)
		for _, foreign := range []string{"VP9/", "H264/", "AV1/", "red/"} {
			if strings.Contains(strings.ToLower(offer), strings.ToLower(foreign)) {
				t.Errorf("the offer names %s", foreign)
			}
		}
	})
}

// checkForPage: two sections both ways, of one stream, with a candidate each.
func checkForPage(t *testing.T, name, sdp string) {
	t.Helper()
	streams := map[string]int{}
	for line := range strings.SplitSeq(sdp, "\r\n") {
		if rest, ok := strings.CutPrefix(line, "a=msid:"); ok {
			stream, _, _ := strings.Cut(rest, " ")
			streams[stream]++
		}
	}
	if len(streams) != 1 {
		t.Errorf("%s: streams %v, want one", name, streams)
	}
	if strings.Count(sdp, "\r\nm=") != 2 || strings.Count(sdp, "a=sendrecv") != 2 || !strings.Contains(sdp, "a=candidate:") {
		t.Errorf("%s is not for a page of two:\n%s", name, sdp)
	}
	if strings.ContainsAny(sdp, `'\`) {
		t.Errorf("%s has a quote or a backslash", name)
	}
}

func TestPagesCallAgainOnNewConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 10 * time.Millisecond})
		defer r.Close()
		for generation := uint32(1); generation <= 3; generation++ {
			caller, callee, _, _ := pair(r, generation)
			r.Until(2*time.Second, "both see", func() bool {
				return caller.FirstSlot(false).Packets > 0 && callee.FirstSlot(false).Packets > 0
			})
		}
	})
}

func TestAnswerNobodyWaitsForIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{})
		defer r.Close()
		seat := sfu.Seat{Participant: "p", Generation: 1}
		page := r.Page("p", 1)
		text := page.PageOffer()
		if err := r.SFU.Accept(r.Context(), seat, text); !errors.Is(err, sfu.ErrBadSDP) {
			t.Errorf("before an offer: %v", err)
		}
		_, err := r.SFU.OfferTo(r.Context(), seat, false)
		r.Do(err)
		if err := r.SFU.Accept(r.Context(), seat, "v=0 nonsense"); !errors.Is(err, sfu.ErrBadSDP) {
			t.Errorf("nonsense: %v", err)
		}
		if _, err := r.SFU.OfferTo(r.Context(), seat, false); !errors.Is(err, sfu.ErrStale) {
			t.Errorf("a second offer: %v", err)
		}
	})
}
