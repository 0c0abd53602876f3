package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"callrelay/benchmarks/internal/floor"
	"callrelay/benchmarks/internal/watch"
	"callrelay/benchmarks/report"
	"callrelay/benchmarks/scenarios"
)

// table of medians.
type table struct {
	Machine string `json:"machine"`
	// Floor are the prices of this machine, measured before the runs.
	Floor floor.Prices `json:"floor"`
	Rows  []row        `json:"rows"`
	Runs  []single     `json:"runs"`
}

// row is one scenario with one system: medians of its runs.
type row struct {
	Scenario string `json:"scenario"`
	System   string `json:"system"`
	Runs     int    `json:"runs"`
	// CPUMicros of the server for each packet that it sent, from the least to
	// the most, and Ratio to the first system's median.
	CPUMicros float64 `json:"cpu_us_per_packet"`
	CPULeast  float64 `json:"cpu_us_least"`
	CPUMost   float64 `json:"cpu_us_most"`
	Ratio     float64 `json:"ratio"`
	// Floors is CPUMicros as a multiple of the least that this machine allows.
	Floors float64 `json:"times_the_floor"`
	// DelayP50 and DelayP99 of video, JoinP50, in milliseconds.
	DelayP50 float64 `json:"delay_p50_ms"`
	DelayP99 float64 `json:"delay_p99_ms"`
	JoinP50  float64 `json:"join_to_first_packet_p50_ms"`
	// MiB and join CPU for each participant.
	MiB      float64 `json:"mib_per_participant"`
	JoinCPU  float64 `json:"cpu_ms_per_join"`
	Failed   int     `json:"participants_failed"`
	Missing  uint64  `json:"packets_unexplained"`
	Dropped  uint64  `json:"packets_dropped_by_server"`
	Overflow int     `json:"generator_overflows"`
}

func (s *series) table() table {
	t := table{Machine: watch.Machine(), Floor: s.floor, Runs: s.runs}
	for _, c := range s.configs {
		var first float64
		for _, system := range s.systems {
			r := rowOf(s.runs, c.Name, system.name)
			if first == 0 {
				first = r.CPUMicros
			}
			if first > 0 {
				r.Ratio = r.CPUMicros / first
			}
			if least := s.floor.Forward(incoming(c)); least > 0 {
				r.Floors = r.CPUMicros / least
			}
			t.Rows = append(t.Rows, r)
		}
	}
	return t
}

// incoming packets for each that is sent: one publisher's go to all others.
func incoming(c scenarios.RoomsConfig) float64 { return 1 / float64(max(c.Members-1, 1)) }

func rowOf(runs []single, scenario, name string) row {
	out := row{Scenario: scenario, System: name}
	pick := func(value func(*report.Report) float64) []float64 {
		var values []float64
		for _, r := range runs {
			if r.Scenario == scenario && r.System == name {
				values = append(values, value(r.Report))
			}
		}
		slices.Sort(values)
		return values
	}
	cpu := pick(func(r *report.Report) float64 { return r.Server.CPUMicros })
	if out.Runs = len(cpu); out.Runs == 0 {
		return out
	}
	out.CPUMicros, out.CPULeast, out.CPUMost = median(cpu), cpu[0], cpu[len(cpu)-1]
	out.DelayP50 = median(pick(func(r *report.Report) float64 { return r.Rooms.VideoDelay.P50 }))
	out.DelayP99 = median(pick(func(r *report.Report) float64 { return r.Rooms.VideoDelay.P99 }))
	out.JoinP50 = median(pick(func(r *report.Report) float64 { return r.Rooms.JoinToFirst.P50 }))
	out.MiB = median(pick(func(r *report.Report) float64 { return r.Server.PerHead.MemoryMiB }))
	out.JoinCPU = median(pick(func(r *report.Report) float64 { return r.Rooms.CPUMillisJoin }))
	for _, r := range runs {
		if r.Scenario == scenario && r.System == name {
			rooms := r.Report.Rooms
			out.Failed += rooms.Wanted - rooms.Joined
			out.Missing += rooms.Audio.Unexplained + rooms.Video.Unexplained
			out.Dropped += rooms.Audio.DroppedByServer + rooms.Video.DroppedByServer
			out.Overflow += rooms.Overflows
		}
	}
	return out
}

// median of sorted values.
func median(sorted []float64) float64 {
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// writeText as a Markdown table.
func (t table) writeText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s. Medians; CPU from least to most; counts of all runs together.\n\n", t.Machine)
	b.WriteString("| scenario | server | us CPU a packet | ratio | times the floor | delay p50 / p99, ms | join to first packet, ms | MiB a person | ms CPU a join | failed, unexplained, dropped, overflows |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range t.Rows {
		fmt.Fprintf(&b, "| %s | %s | **%.1f** (%.1f to %.1f, %d runs) | %.2f | %.1f | %.2f / %.1f | %.0f | %.2f | %.1f | %d, %d, %d, %d |\n",
			r.Scenario, r.System, r.CPUMicros, r.CPULeast, r.CPUMost, r.Runs, r.Ratio, r.Floors, r.DelayP50, r.DelayP99,
			r.JoinP50, r.MiB, r.JoinCPU, r.Failed, r.Missing, r.Dropped, r.Overflow)
	}
	fmt.Fprintf(&b, "\nThe floor:\n\n%s", t.Floor.Markdown())
	_, err := io.WriteString(w, b.String())
	return err
}

func (t table) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(t)
}
