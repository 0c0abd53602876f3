package signal

import (
	"slices"
	"time"

	"callrelay/signal/protocol"
)

const (
	maxMissedCallers = 50     // kept for one user
	maxMissedUsers   = 10_000 // that have missed calls
)

// missedCalls keeps, for each user, who called in vain. The oldest goes first
// when there are too many. Guarded by the Server's mutex.
type missedCalls struct {
	byUser map[protocol.UserID][]missedCall // newest first
	order  []protocol.UserID                // users, oldest entry first
}

type missedCall struct {
	from  Person
	count int
	video bool
	last  time.Time
}

// add a call that was not taken.
func (m *missedCalls) add(c Call, now time.Time) {
	to := c.Callee.User
	list, known := m.byUser[to]
	if !known {
		m.order = append(m.order, to)
		if len(m.order) > maxMissedUsers {
			delete(m.byUser, m.order[0])
			m.order = m.order[1:]
		}
	}
	call := missedCall{from: c.Caller, count: 1, video: c.Video, last: now}
	if i := slices.IndexFunc(list, func(e missedCall) bool { return e.from.User == c.Caller.User }); i >= 0 {
		call.count += list[i].count
		list = slices.Delete(list, i, i+1)
	}
	list = slices.Insert(list, 0, call)
	m.byUser[to] = list[:min(len(list), maxMissedCallers)]
}

func (m *missedCalls) clear(user protocol.UserID) {
	delete(m.byUser, user)
	m.order = slices.DeleteFunc(m.order, func(u protocol.UserID) bool { return u == user })
}

// view of a user's list, newest first.
func (m *missedCalls) view(user protocol.UserID, now time.Time) []protocol.Missed {
	list := make([]protocol.Missed, 0, len(m.byUser[user]))
	for _, c := range m.byUser[user] {
		list = append(list, protocol.Missed{
			User: c.from.User, Name: c.from.Name, Count: c.count, Video: c.video,
			AgoMS: now.Sub(c.last).Milliseconds(),
		})
	}
	return list
}
