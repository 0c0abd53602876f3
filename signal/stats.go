package signal

import (
	"maps"

	"callrelay/signal/protocol"
)

// Stats of a Server: present sizes, and counts since it began.
type Stats struct {
	// Sessions in memory; Sockets of them are connected now.
	Sessions, Sockets int
	// Users with at least one session.
	Users int
	// Calls that have not ended, by state.
	Calls map[protocol.CallState]int
	// Rooms and the Members in them, those of active calls included.
	Rooms, Members int
	// Ended counts calls by end reason.
	Ended map[protocol.EndReason]uint64
	// Errors counts refusals told to clients, by code.
	Errors map[protocol.ErrorCode]uint64
	// Closed counts sockets closed by the server, by code.
	Closed map[protocol.CloseCode]uint64
	// Ratings counts what people said of their calls: good, poor, and
	// poor_sound, poor_picture, poor_connection.
	Ratings map[string]uint64
	// Resumes counts hellos by outcome.
	Resumes map[protocol.ResumeOutcome]uint64
	// EarlyOffers counts offers answered before the socket was open.
	EarlyOffers uint64
	// Maps are the sizes of everything that could grow, by name.
	Maps map[string]int
	// Draining tells that no new calls are taken.
	Draining bool
}

// counters since the start; guarded by the Server's mutex.
type counters struct {
	ended   map[protocol.EndReason]uint64
	errors  map[protocol.ErrorCode]uint64
	closed  map[protocol.CloseCode]uint64
	resumes map[protocol.ResumeOutcome]uint64
	ratings map[string]uint64

	earlyOffers uint64
}

func newCounters() counters {
	return counters{
		ended:   map[protocol.EndReason]uint64{},
		errors:  map[protocol.ErrorCode]uint64{},
		closed:  map[protocol.CloseCode]uint64{},
		resumes: map[protocol.ResumeOutcome]uint64{},
		ratings: map[string]uint64{},
	}
}

func (c counters) fill(s *Stats) {
	s.Ended, s.Errors = maps.Clone(c.ended), maps.Clone(c.errors)
	s.Ratings = maps.Clone(c.ratings)
	s.Closed, s.Resumes = maps.Clone(c.closed), maps.Clone(c.resumes)
	s.EarlyOffers = c.earlyOffers
}
