package signal

import (
	"slices"
	"time"
)

// Changes that come together are told together: a page that joins connects and
// publishes within moments, and that is one event for everybody, not five. The
// first change after a quiet second is told at once; those after it wait for
// gather, and once quickTimes of them have come, for calm.
const (
	gather     = 100 * time.Millisecond
	calm       = 300 * time.Millisecond
	pause      = time.Second
	quickTimes = 3
)

// refresh tells the room when the seat's member has changed.
func (s *Server) refresh(st *seat) {
	if st.telling != nil {
		st.telling.Stop()
		st.telling = nil
	}
	if !st.open {
		return
	}
	m := st.member()
	if !st.untold && !st.room.differs(m) {
		return
	}
	st.toldAt, st.untold = time.Now(), false
	s.tellRoom(st.room, st.room.Put(m))
}

// refreshSoon is refresh for what may come several times in a moment. The room
// has it at once, in what it decides and shows to who comes in; who is there is
// told soon. Its event gets its number then, so that it comes in order.
func (s *Server) refreshSoon(st *seat) {
	if !st.open {
		return
	}
	if m := st.member(); st.room.differs(m) {
		st.room.keep(m)
		st.untold = true
	}
	if st.telling != nil || !st.untold {
		return
	}
	wait := st.pace(time.Now())
	if wait <= 0 {
		s.refresh(st)
		return
	}
	st.telling = time.AfterFunc(wait, func() {
		s.locked(func() {
			if !s.closed && st.telling != nil {
				s.refresh(st)
			}
		})
	})
}

// pace says how long the next change waits.
func (st *seat) pace(now time.Time) time.Duration {
	since := now.Sub(st.toldAt)
	if since >= pause {
		st.quick = 0
		return 0
	}
	if st.quick++; st.quick > quickTimes {
		return calm - since
	}
	return gather - since
}

func equalMembers(a, b Member) bool {
	return a.Generation == b.Generation && a.State == b.State && a.Person == b.Person &&
		a.Role == b.Role && a.CanPublish == b.CanPublish && a.Hand == b.Hand && a.Metadata == b.Metadata &&
		slices.Equal(a.Publications, b.Publications)
}
