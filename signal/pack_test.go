package signal

import (
	"strings"
	"testing"
	"time"

	"callrelay/signal/protocol"
)

// described is as long and as repetitive as an SDP.
var described = strings.Repeat("a=rtcp-fb:96 transport-cc\r\n", 1000)

func TestDescriptionsArePackedForWhoOffersToUnpack(t *testing.T) {
	t.Parallel()
	for name, packed := range map[string]bool{"packed": true, "plain": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T, r *rig) {
				r.packed, r.media.sdp = packed, described
				ann := r.join("ann")
				seat := ann.ask(protocol.JoinRoom{Name: "team"}).(protocol.Joined).Room.Self
				before := r.arrived.Load()
				m, _ := ann.ask(protocol.Offer{Participant: seat, Generation: 1, SDP: described}).(protocol.Answer)
				if m.SDP != described {
					t.Fatalf("answered with %d bytes", len(m.SDP))
				}
				if took := int(r.arrived.Load() - before); packed != (took < len(described)/10) {
					t.Errorf("%d bytes for an answer of %d", took, len(described))
				}
			})
		})
	}
}

func TestWhatUnpacksToTooMuchClosesItsSocket(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		r.packed = true
		ann, other := r.join("ann"), r.join("other")
		ann.settle()
		ann.sendRaw(`{"type":"offer","id":7,"sdp":"` + strings.Repeat("x", 16*protocol.MaxOfferMessage) + `"}`)
		if code := ann.closed(2 * time.Second); code != protocol.CloseTooLarge {
			t.Errorf("closed with %d", code)
		}
		other.ask(protocol.Ping{})
	})
}

func TestSessionsAreNeverPacked(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 2*minPacked)
	for _, m := range []protocol.ServerMessage{
		protocol.Welcome{Session: long}, protocol.Ticket{Session: long},
	} {
		b, err := protocol.NewBody(m)
		if err != nil {
			t.Fatal(err)
		}
		if packs(b) {
			t.Errorf("%s is packed", b.Type())
		}
	}
}
