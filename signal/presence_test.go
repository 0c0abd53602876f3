package signal

import (
	"fmt"
	"testing"
	"time"

	"callrelay/signal/protocol"
)

func TestPresencesOfManyWhoComeAtOnceAreToldInAFewMessages(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann := r.join("ann")
		const people, aSecond = 120, 30
		began := time.Now()
		for i := range people {
			enterRoom(r.join(fmt.Sprintf("user%d", i)), fmt.Sprintf("room%d", i))
			time.Sleep(time.Second / aSecond)
		}
		time.Sleep(2 * tellPeopleEvery)
		most := int(time.Since(began)/tellPeopleEvery) + 1
		last, messages := map[protocol.UserID]protocol.Presence{}, 0
		for len(ann.in) > 0 {
			if m, ok := ann.next(time.Second).m.(protocol.PeopleChanged); ok {
				messages++
				for _, p := range m.People {
					last[p.User] = p.Presence
				}
			}
		}
		if messages > most {
			t.Errorf("%d messages, at most %d are due", messages, most)
		}
		for i := range people {
			if got := last[protocol.UserID(fmt.Sprintf("user%d", i))]; got != protocol.PresenceInCall {
				t.Errorf("user%d is %q", i, got)
			}
		}
	})
}

func TestMorePeopleThanOneMessageHoldsAreToldInTheNext(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann := r.join("ann")
		ann.settle()
		const people = peopleAtOnce + 50
		for i := range people {
			r.join(fmt.Sprintf("user%d", i))
		}
		time.Sleep(3 * tellPeopleEvery)
		seen := map[protocol.UserID]bool{}
		for len(ann.in) > 0 {
			if m, ok := ann.next(time.Second).m.(protocol.PeopleChanged); ok {
				if len(m.People) > peopleAtOnce {
					t.Errorf("%d people in one message", len(m.People))
				}
				for _, p := range m.People {
					seen[p.User] = true
				}
			}
		}
		if len(seen) != people {
			t.Errorf("%d of %d people were told", len(seen), people)
		}
	})
}
