// Package signal decides who talks to whom. It knows users, sessions, calls
// and rooms; media packets never pass through it. Clients speak
// signal/protocol with it over a WebSocket; it speaks with package sfu in
// values: seat ids, verbs with a context, and events.
//
// # Nouns
//
// A user is a name that can be called. A session is one signed-in device of a
// user; it outlives its socket by a grace. A Call is ringing and its outcome,
// with a Leg for each device of the callee; once accepted it is a room of two.
// An invitation is a Call whose room is there already; it makes what it rings
// into a group.
// A room keeps members as values. A seat is a session's place in a call or a
// room: it has the participant id by which sfu knows it, from the moment the
// ring starts.
//
// # Who owns what
//
// Two pure machines, Call and room, take events and return what follows. All
// state (sessions, directory, calls, rooms, seats) belongs to the Server and
// is guarded by its one mutex. Under it nothing is awaited: each critical
// section computes, and puts what it decided into queues.
//
//   - A session's events go into its replay ring and the outbox of its socket.
//   - Work for sfu goes into a lane: a queue whose entries run one after the
//     other, outside the lock, with a deadline. A room has a lane (join, leave,
//     publish, and the telling that must follow them); a seat has another
//     (answer, candidate, and at last remove), so that a slow negotiation never
//     holds up a hang-up.
//
// So effects happen in the order in which they were decided, and a hang-up
// stops the media before anybody is told.
//
// Each socket has a reader, a goroutine that the handler of its request starts,
// and a writer, which is one only while something waits in the outbox; the
// reader waits for its last write. A lane has a goroutine while it
// has work. Timers call back into the Server and take its lock like everybody
// else. Close ends them all and waits.
package signal
