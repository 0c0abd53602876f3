package signal

import (
	"testing"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

func TestPreferReachesTheMediaSideAndAutoGivesItTheChoice(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, _, _ := three(r)
		camera := publicationID(bob.seat, protocol.SourceCamera)
		gone := publicationID("aaaaaaaaaaaaaaaaaaaaaaaaaa", protocol.SourceCamera)
		ann.ok(protocol.Prefer{Participant: ann.seat, Videos: []protocol.Preference{
			{Publication: camera, Width: 640, Height: 360, Priority: 2}, {Publication: gone, Width: 1, Height: 1},
		}})
		want := sfu.Preference{Publication: sfu.PublicationID(camera), Width: 640, Height: 360, Priority: 2}
		if got := r.media.preferred; len(got) != 1 || got[0] != want {
			t.Errorf("preferred %+v", got)
		}
		ann.ok(protocol.Prefer{Participant: ann.seat})
		if got := r.media.preferred; got == nil || len(got) != 0 {
			t.Errorf("a page that shows nothing prefers %#v", got)
		}
		ann.ok(protocol.Prefer{Participant: ann.seat, Auto: true})
		if got := r.media.preferred; got != nil {
			t.Errorf("auto prefers %#v", got)
		}
	})
}

func TestPreferOfAnotherRoomOrSeatOrWithoutTheRightIsRefused(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, _, _ := three(r)
		dan := r.join("dan")
		elsewhere := enterRoom(dan, "elsewhere")
		spied := []protocol.Preference{{Publication: publicationID(bob.seat, protocol.SourceCamera), Width: 640, Height: 360}}
		dan.refused(protocol.Prefer{Participant: dan.seat, Videos: spied}, protocol.ErrForbidden)
		dan.refused(protocol.Prefer{Participant: ann.seat, Videos: spied}, protocol.ErrForbidden)
		dan.refused(protocol.MuteMember{Room: elsewhere.Room, Participant: bob.seat, Source: protocol.SourceCamera, Muted: true},
			protocol.ErrForbidden)
		dan.refused(protocol.Prefer{Participant: dan.seat, Videos: spied, Auto: true}, protocol.ErrInvalid)
		if r.media.did("prefer", dan.seat) || r.media.did("prefer", ann.seat) {
			t.Error("the media side was asked")
		}
		r.server.dir.sessions[r.server.seats[ann.seat].sess.id].grants.Subscribe = false
		ann.refused(protocol.Prefer{Participant: ann.seat, Videos: spied}, protocol.ErrForbidden)
	})
}
