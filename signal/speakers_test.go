package signal

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

// speak tells the server who speaks in a room, as the media side does.
func (f *fakeMedia) speak(room protocol.RoomID, who ...protocol.ParticipantID) {
	e := sfu.SpeakersChanged{Room: sfu.RoomID(room)}
	for _, p := range who {
		e.Speakers = append(e.Speakers, sfu.ParticipantID(p))
	}
	f.observer.Observe(e)
}

func speakers(c *client, room protocol.RoomID, who ...protocol.ParticipantID) {
	c.t.Helper()
	wait(c, time.Second, func(m protocol.Speakers) bool { return m.Room == room && slices.Equal(m.Speakers, who) })
}

// told counts what a client has not read of who speaks.
func told(c *client) (n int) {
	synctest.Wait()
	for len(c.in) > 0 {
		if _, ok := c.next(time.Second).m.(protocol.Speakers); ok {
			n++
		}
	}
	return n
}

func TestSpeakersAreToldToTheMembersOfTheirRoom(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem, room := three(r)
		dan := r.join("dan")
		enterRoom(dan, "elsewhere")
		r.media.speak(room, bob.seat, ann.seat)
		for _, c := range []*client{ann, bob, cem} {
			speakers(c, room, bob.seat, ann.seat)
		}
		r.media.speak(room)
		speakers(ann, room)
		r.media.speak("unknown", bob.seat)
		if told(dan) > 0 {
			t.Error("told in another room")
		}
	})
}

func TestSpeakersAreToldWithTheNextSampleToWhoMissedThem(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, _, room := three(r)
		bob.connectMedia(1)
		bob.vanish()
		r.media.speak(room, ann.seat)
		bob = bob.resume()
		sample := sfu.Sample{Seat: sfu.Seat{Participant: sfu.ParticipantID(bob.seat), Generation: 1}}
		r.media.observer.Observe(sample)
		speakers(bob, room, ann.seat)

		late := r.join("eve")
		enterRoom(late, "review")
		late.connectMedia(1)
		r.media.observer.Observe(sfu.Sample{Seat: sfu.Seat{Participant: sfu.ParticipantID(late.seat), Generation: 1}})
		speakers(late, room, ann.seat)

		bob.settle()
		r.media.observer.Observe(sample)
		if told(bob) > 0 {
			t.Error("told again though nothing changed")
		}
	})
}
