package report

import (
	"fmt"

	"callrelay/benchmarks/internal/ledger"
)

// Lines are the figures in words.
func (r *Report) Lines() (lines []string) {
	if c := r.Calls; c != nil {
		lines = append(lines,
			fmt.Sprintf("calls: %d of %d", c.Established, c.Wanted),
			account("audio", c.Audio), account("video", c.Video),
			fmt.Sprintf("handed out twice: %d (%.3f %%); publisher's resends: %d for %d lost (%.2f each); server's: %d",
				c.Duplicates, 100*c.DuplicateShare, c.Resends, c.VideoLostUp, c.ResendsPerLost, c.ServerResends),
			spread("delay of audio that was not lost", c.AudioDelay), spread("delay of video that was not lost", c.VideoDelay),
			spread("accept to first packet, callee", c.AcceptToCallee), spread("accept to first packet, caller", c.AcceptToCaller),
			fmt.Sprintf("generator late by at most %.0f ms; %d datagrams found its receive buffers full", c.GeneratorLateMS, c.Overflows))
	}
	if r.Rooms != nil {
		lines = append(lines, r.Rooms.lines()...)
	}
	if c := r.Comeback; c != nil {
		lines = append(lines, fmt.Sprintf("back in the call after the server's start, s: p50 %.2f, p95 %.2f, longest %.2f (%d people)",
			c.P50, c.P95, c.Longest, c.People))
	}
	if r.Webinar != nil {
		lines = append(lines, r.Webinar.lines()...)
	}
	if j := r.Joins; j != nil {
		lines = append(lines, fmt.Sprintf("joins: %d of %d in %.1f s (%.0f a second), %d vanished; server %.1f ms of CPU a join",
			j.Joined, j.Wanted, j.Seconds, j.PerSecond, j.Vanished, j.CPUMillis))
	}
	if s := r.Server; s != nil {
		if s.Packets > 0 {
			lines = append(lines, fmt.Sprintf("server: %.1f us of CPU a forwarded packet (%.1f by its metrics), %d packets in %.0f s",
				s.CPUMicros, s.CPUMicrosMetrics, s.Packets, s.WindowSeconds))
		} else if s.Participants > 0 {
			lines = append(lines, fmt.Sprintf("server: %.2f %% of a core with nothing to forward, %.4f %% a participant",
				100*s.CoreShare, 100*s.CoreShare/float64(s.Participants)))
		}
		if s.Participants > 0 {
			lines = append(lines, fmt.Sprintf("a participant: %.2f MiB, %.1f goroutines, %.2f descriptors",
				s.PerHead.MemoryMiB, s.PerHead.Goroutines, s.PerHead.Descriptors))
		}
		lines = append(lines,
			fmt.Sprintf("before, during, after: %.0f, %.0f, %.0f MiB; %.0f, %.0f, %.0f goroutines; %.0f, %.0f, %.0f descriptors; settled after %.1f s",
				s.Before.MemoryMiB, s.During.MemoryMiB, s.After.MemoryMiB,
				s.Before.Goroutines, s.During.Goroutines, s.After.Goroutines,
				s.Before.Descriptors, s.During.Descriptors, s.After.Descriptors, s.SettledAfter))
		for _, l := range s.Left {
			lines = append(lines, "left behind: "+l)
		}
	}
	return lines
}

func account(name string, a ledger.Account) string {
	return fmt.Sprintf("%s: %d sent = %d delivered (%d repaired) + %d lost up + %d lost down + %d dropped by the server + %d unexplained",
		name, a.Sent, a.Delivered, a.Repaired, a.LostUp, a.LostDown, a.DroppedByServer, a.Unexplained)
}

func spread(name string, s Spread) string {
	return fmt.Sprintf("%s, ms: p50 %.2f, p95 %.2f, p99 %.2f, max %.2f (%d)", name, s.P50, s.P95, s.P99, s.Max, s.Count)
}
