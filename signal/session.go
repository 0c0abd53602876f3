package signal

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"callrelay/signal/protocol"
)

// session is one signed-in device of a user. It outlives its socket by a
// grace and keeps what a client must not miss. Guarded by the Server's mutex.
type session struct {
	id      SessionID
	person  Person
	grants  TokenGrants
	expires time.Time       // of the sign-in
	away    bool            // the person is not at the device
	line    bool            // one more call of a device that is there already: never rung
	seat    *seat           // in a call or a room; nil else
	room    *roomEntry      // of its last seat
	last    protocol.CallID // the newest it was told of
	sealed  string          // what its newest secret stands for

	conn   *conn     // nil while its socket is lost
	lostAt time.Time // when it was
	until  time.Time // end of the grace, while lost
	timer  *time.Timer
	expiry *time.Timer

	journal journal
	early   *rate.Limiter // of its early offers; nil before the first
}

// journal numbers a session's events and keeps the newest for a resume.
type journal struct {
	epoch string // tells this journal's cursors from those of an earlier one
	n     uint64
	ring  []*event // event i is at i % ReplayEvents
}

// event as journals keep it: one for all sessions that are told the same.
type event struct {
	body protocol.Body // empty with again
	// again makes what is large and can be made from what holds now; false
	// where nothing of it does. With it what follows is told as it was.
	again func() (protocol.Body, bool)
}

const (
	epochLetters = 6
	base36       = 36
)

func newJournal() journal {
	e := strconv.FormatUint(rand.Uint64(), base36)
	return journal{epoch: e[:min(len(e), epochLetters)]}
}

// add keeps an event and returns its cursor.
func (j *journal) add(e *event) protocol.Cursor {
	slot := int(j.n % protocol.ReplayEvents)
	if slot == len(j.ring) {
		j.ring = append(j.ring, e)
	} else {
		j.ring[slot] = e
	}
	j.n++
	return j.cursor(j.n)
}

// cursor after n events.
func (j *journal) cursor(n uint64) protocol.Cursor {
	return protocol.Cursor(j.epoch + "." + strconv.FormatUint(n, base36))
}

// since returns the events after a cursor in order; false when they are not
// all kept, or the cursor is none of this journal's.
func (j *journal) since(c protocol.Cursor) ([]letter, bool) {
	epoch, number, found := strings.Cut(string(c), ".")
	from, err := strconv.ParseUint(number, base36, 64)
	if !found || err != nil || epoch != j.epoch || from > j.n || j.n-from > protocol.ReplayEvents {
		return nil, false
	}
	letters := make([]letter, 0, j.n-from)
	for i := from; i < j.n; i++ {
		e := j.ring[i%protocol.ReplayEvents]
		body := e.body
		if e.again != nil {
			var ok bool
			if body, ok = e.again(); !ok {
				return nil, false
			}
		}
		letters = append(letters, letter{protocol.Envelope{Cursor: j.cursor(i + 1)}, body})
	}
	return letters, true
}

// push tells a session an event that it must not miss.
func (sess *session) push(e *event) { sess.pushAs(e, e.body) }

// pushAs is push of an event that is kept otherwise than it is told.
func (sess *session) pushAs(e *event, b protocol.Body) {
	cursor := sess.journal.add(e)
	if sess.conn != nil {
		sess.conn.out.put(letter{protocol.Envelope{Cursor: cursor}, b})
	}
}

// gather is push for what may wait a moment for company.
func (sess *session) gather(e *event, wait time.Duration) {
	cursor := sess.journal.add(e)
	if sess.conn != nil {
		sess.conn.out.gather(letter{protocol.Envelope{Cursor: cursor}, e.body}, wait)
	}
}

// hint tells a session something that may be lost; false if it is.
func (sess *session) hint(b protocol.Body) bool {
	return sess.conn != nil && sess.conn.out.offer(letter{body: b})
}
