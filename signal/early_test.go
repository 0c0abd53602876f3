package signal

import (
	"errors"
	"testing"
	"time"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

// early offers by the secret of a page that is not there any more.
func (c *client) early(secret string, generation uint32) (protocol.Answer, error) {
	offer := protocol.Offer{Participant: c.seat, Generation: generation, SDP: "v=0"}
	return c.rig.server.EarlyOffer(c.t.Context(), secret, "remote", Reached{Host: "relay.test", Direct: true}, offer)
}

func TestAPageThatComesBackOffersBeforeItsSocketIsOpen(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		id := talk(ann, bob)
		bob.leavePage()
		answer, err := bob.early(bob.secret, 2)
		if err != nil || answer.Participant != bob.seat || answer.Generation != 2 || answer.SDP == "" || len(answer.ICEServers) != 1 {
			t.Fatalf("answered %+v, %v", answer, err)
		}
		// What the media side says now the page hears with its welcome.
		r.server.Observe(sfu.SlotsChanged{
			Seat:  sfu.Seat{Participant: sfu.ParticipantID(bob.seat), Generation: 2},
			Slots: []sfu.SlotState{{MID: "3", Publication: "p", Participant: sfu.ParticipantID(ann.seat), Source: sfu.SourceCamera}},
		})
		page := r.socket()
		page.hello(protocol.Hello{Version: protocol.Version, Session: bob.secret})
		if w := page.welcome; w.Call == nil || w.Call.Call != id || w.Call.Generation != 2 {
			t.Errorf("welcomed with %+v", w)
		}
		if m := wait(page, time.Second, any1[protocol.Slots]); m.Generation != 2 || len(m.Slots) != 1 {
			t.Errorf("told %+v", m)
		}
		if n := r.server.Stats().EarlyOffers; n != 1 {
			t.Errorf("%d early offers counted", n)
		}
		// Once: another page is told of its own connection alone.
		page.leavePage()
		again := r.socket()
		again.hello(protocol.Hello{Version: protocol.Version, Session: page.secret})
		again.settleEach(func(m protocol.ServerMessage) {
			if slots, told := m.(protocol.Slots); told {
				t.Errorf("told again: %+v", slots)
			}
		})
	}, withICEServers)
}

func withICEServers(c *Config) {
	c.ICEServers = func(SessionID, Reached) []protocol.ICEServer {
		return []protocol.ICEServer{{URLs: []string{"turn:relay.test"}}}
	}
}

func TestAnEarlyOfferHasTheRightsOfItsSessionAndNoMore(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, dan := r.join("ann"), r.join("bob"), r.join("dan")
		talk(ann, bob)
		expect := func(what string, c *client, secret string, generation uint32, want protocol.ErrorCode) {
			t.Helper()
			var refused protocol.Error
			if answer, err := c.early(secret, generation); !errors.As(err, &refused) || refused.Code != want {
				t.Errorf("%s: answered %+v, %v, want %s", what, answer, err, want)
			}
		}
		expect("no secret", bob, "", 2, protocol.ErrUnauthorized)
		expect("a secret that was changed", bob, bob.secret[:len(bob.secret)-4]+"AAAA", 2, protocol.ErrUnauthorized)
		expect("a session without a seat", dan, dan.secret, 2, protocol.ErrNotFound)
		expect("another's seat", &client{t: t, rig: r, seat: ann.seat}, bob.secret, 2, protocol.ErrForbidden)
		expect("no generation", bob, bob.secret, 0, protocol.ErrInvalid)
		if _, err := bob.early(bob.secret, 3); err != nil {
			t.Fatal(err)
		}
		expect("a generation that is past", bob, bob.secret, 2, protocol.ErrStale)
		if n := r.server.Stats().Errors[protocol.ErrStale]; n != 1 {
			t.Errorf("%d refusals counted", n)
		}
		bob.ok(protocol.Bye{})
		expect("a session that was ended", bob, bob.secret, 4, protocol.ErrUnauthorized)
	})
}

func TestEarlyOffersAreBoundedForEachSession(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		talk(ann, bob)
		taken := 0
		for generation := uint32(2); generation < 100; generation++ {
			if _, err := bob.early(bob.secret, generation); err == nil {
				taken++
			}
		}
		if _, err := ann.early(ann.secret, 2); err != nil || taken != earlyBurst {
			t.Errorf("%d of one session taken; another's: %v", taken, err)
		}
		time.Sleep(time.Second)
		if _, err := bob.early(bob.secret, 100); err != nil {
			t.Errorf("a second later: %v", err)
		}
	})
}
