package sfu

import "strings"

// muxLog listens to what Pion's UDP mux says about a packet that belongs to
// nobody: one from an address that no connectivity check has vouched for, be
// it media or a ClientHello, or a check for a name that nobody has. The mux
// drops it and has no counter. Nothing is formatted or kept.
type muxLog struct {
	quietLogger
	counters *counters
}

// Tracef implements logging.LeveledLogger.
func (l muxLog) Tracef(format string, _ ...any) {
	if strings.HasPrefix(format, "Dropping packet from") {
		l.counters.drop(dropUnchecked)
	}
}
