package signal

import (
	"testing"

	"callrelay/signal/protocol"
)

func TestOthersAreToldThatThePhoneTookAMicrophone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, _, _ := three(r)
		ann.publish(protocol.SourceMicrophone)
		taken := protocol.Publish{Participant: ann.seat, Source: protocol.SourceMicrophone, Muted: true, Interrupted: true}
		ann.ok(taken)
		bob.member(ann.seat, func(m protocol.MemberView) bool {
			return len(m.Publications) == 1 && m.Publications[0].Muted && m.Publications[0].Interrupted
		})
		if !r.media.did("publish microphone true", ann.seat) {
			t.Errorf("the media side lets it pass: %v", r.media.log)
		}
		taken.Muted = false // what is on was not taken
		ann.ok(taken)
		bob.member(ann.seat, func(m protocol.MemberView) bool {
			return !m.Publications[0].Muted && !m.Publications[0].Interrupted
		})
	})
}
