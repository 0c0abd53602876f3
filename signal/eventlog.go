package signal

import (
	"context"
	"log/slog"
	"time"

	"callrelay/signal/protocol"
)

// LogEntry is one thing that happened, in order: what logs, timelines and
// webhooks read.
type LogEntry struct {
	Seq         uint64 // from 1, without gaps
	Time        time.Time
	Kind        string // call_ringing, member_left and so on
	User        protocol.UserID
	Session     SessionID
	Call        protocol.CallID
	Room        protocol.RoomID
	Participant protocol.ParticipantID
	Cause       string // the end reason, the error, the state
}

// logEntries kept; older ones are only in the log.
const logEntries = 4096

// eventLog is bounded and in memory. Guarded by the Server's mutex.
type eventLog struct {
	ring []LogEntry
	seq  uint64
}

// add numbers an entry and keeps it.
func (l *eventLog) add(e LogEntry) LogEntry {
	slot := int(l.seq % logEntries)
	l.seq++
	e.Seq = l.seq
	if slot == len(l.ring) {
		l.ring = append(l.ring, e)
	} else {
		l.ring[slot] = e
	}
	return e
}

// write an entry to the log an operator reads.
func (e LogEntry) write(log *slog.Logger) {
	attrs := []slog.Attr{slog.Uint64("seq", e.Seq)}
	for _, a := range []struct{ key, value string }{
		{"user", string(e.User)},
		{"session", string(e.Session)},
		{"call", string(e.Call)},
		{"room", string(e.Room)},
		{"participant", string(e.Participant)},
		{"cause", e.Cause},
	} {
		if a.value != "" {
			attrs = append(attrs, slog.String(a.key, a.value))
		}
	}
	log.LogAttrs(context.Background(), slog.LevelInfo, e.Kind, attrs...)
}

// after returns the kept entries that follow seq.
func (l *eventLog) after(seq uint64) []LogEntry {
	var first uint64
	if l.seq > logEntries {
		first = l.seq - logEntries
	}
	entries := []LogEntry{}
	for i := max(first, seq); i < l.seq; i++ {
		entries = append(entries, l.ring[i%logEntries])
	}
	return entries
}
