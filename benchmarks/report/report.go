package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"callrelay/benchmarks/internal/ledger"
)

// Report of one run.
type Report struct {
	Scenario string    `json:"scenario"`
	Machine  string    `json:"machine"`
	Cores    int       `json:"cores"`
	Go       string    `json:"go"`
	When     time.Time `json:"when"`
	// Load average before the run. Figures of time from a machine that was
	// busy with other things say little.
	Load float64 `json:"load"`
	// Settings of the run, in words.
	Settings map[string]string `json:"settings"`
	// Errors that stopped calls, with how often.
	Errors map[string]int `json:"errors,omitempty"`
	// Checks that the scenario demands.
	Checks []Check `json:"checks"`

	Calls *Calls `json:"calls,omitempty"`
	Joins *Joins `json:"joins,omitempty"`
	Rooms *Rooms `json:"rooms,omitempty"`
	// Comeback after the server was killed.
	Comeback *Comeback `json:"comeback,omitempty"`
	Webinar  *Webinar  `json:"webinar,omitempty"`
	Server   *Server   `json:"server,omitempty"`
}

// Check is a demand and what was found.
type Check struct {
	Name  string  `json:"name"`
	Limit float64 `json:"limit"`
	Got   float64 `json:"got"`
	OK    bool    `json:"ok"`
}

// Demand notes that got may be at most limit.
func (r *Report) Demand(name string, got, limit float64) {
	r.Checks = append(r.Checks, Check{Name: name, Limit: limit, Got: got, OK: got <= limit})
}

// OK tells whether all demands are met.
func (r *Report) OK() bool {
	return !slices.ContainsFunc(r.Checks, func(c Check) bool { return !c.OK })
}

// Calls is what calls of two showed.
type Calls struct {
	Wanted      int `json:"wanted"`
	Established int `json:"established"`
	// Silent streams: a source of which its receiver got nothing.
	Silent int            `json:"silent_streams"`
	Audio  ledger.Account `json:"audio"`
	Video  ledger.Account `json:"video"`
	// Duplicates that a receiver was handed; WireDuplicates carried a number
	// that its SSRC had carried before.
	Duplicates      int     `json:"duplicates"`
	DuplicateShare  float64 `json:"duplicate_share"`
	WireDuplicates  int     `json:"wire_duplicates"`
	Unmarked        int     `json:"unmarked"`
	VideoLostUp     int     `json:"video_lost_up"`
	Resends         int     `json:"publisher_resends"`
	ResendsPerLost  float64 `json:"publisher_resends_per_lost"`
	VideoLostDown   int     `json:"lost_down"`
	ServerResends   uint64  `json:"server_resends"`
	KeyFrameAsked   int     `json:"key_frame_requests"`
	AudioDelay      Spread  `json:"audio_delay"`
	VideoDelay      Spread  `json:"video_delay"`
	AcceptToCallee  Spread  `json:"accept_to_callee"`
	AcceptToCaller  Spread  `json:"accept_to_caller"`
	GeneratorLateMS float64 `json:"generator_late_ms"`
	// Overflows: datagrams that the generator was too slow to read. With any,
	// the run proves nothing about the server.
	Overflows int `json:"generator_overflows"`
	// DelayBins counts packets by delay: bin i holds up to BinMS(i).
	DelayBins []int `json:"delay_bins"`
}

// Joins is what coming and going showed.
type Joins struct {
	Wanted   int     `json:"wanted"`
	Joined   int     `json:"joined"`
	Vanished int     `json:"vanished"`
	Seconds  float64 `json:"seconds"`
	// PerSecond joins, generator included.
	PerSecond float64 `json:"per_second"`
	// CPUMillis of the server for one join and its leaving.
	CPUMillis float64 `json:"server_cpu_ms_per_join"`
}

// Server is what the server's process showed.
type Server struct {
	// WindowSeconds of steady state and the packets that the server sent in it.
	WindowSeconds float64 `json:"window_seconds,omitempty"`
	Packets       uint64  `json:"packets,omitempty"`
	// CoreShare is how much of a core the server used in the window.
	CoreShare float64 `json:"share_of_a_core,omitempty"`
	// CPUMicros of the server for each packet it sent, by the kernel's account
	// and by its own metrics; 0 where not known.
	CPUMicros        float64 `json:"cpu_us_per_packet,omitempty"`
	CPUMicrosMetrics float64 `json:"cpu_us_per_packet_by_metrics,omitempty"`
	// Before anybody came, During with Participants, After all have left.
	Participants int      `json:"participants"`
	Before       Sample   `json:"before"`
	During       Sample   `json:"during"`
	After        Sample   `json:"after"`
	PerHead      Sample   `json:"per_participant"`
	SettledAfter float64  `json:"settled_after_seconds"`
	Left         []string `json:"left,omitempty"`
	// Series of samples, one a second.
	Series []Sample `json:"series"`
}

// Sample of the server's process at one moment.
type Sample struct {
	Second      float64 `json:"second,omitempty"`
	MemoryMiB   float64 `json:"memory_mib"`
	Goroutines  float64 `json:"goroutines"`
	Descriptors float64 `json:"descriptors"`
	CPUSeconds  float64 `json:"cpu_seconds,omitempty"`
}

// Spread of measured times, in milliseconds.
type Spread struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	P99   float64 `json:"p99_ms"`
	Max   float64 `json:"max_ms"`
}

// SpreadOf sorts times.
func SpreadOf(times []time.Duration) Spread {
	if len(times) == 0 {
		return Spread{}
	}
	slices.Sort(times)
	at := func(share float64) float64 {
		i := int(math.Ceil(share*float64(len(times)))) - 1
		return Millis(times[max(i, 0)])
	}
	return Spread{Count: len(times), P50: at(0.5), P95: at(0.95), P99: at(0.99), Max: at(1)}
}

// Millis with three digits after the point.
func Millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// Bins of delays: each reaches 1.5 times as far as the one before.
const Bins = 20

// BinMS is where bin i ends, in milliseconds.
func BinMS(i int) float64 { return 0.1 * math.Pow(1.5, float64(i)) }

// BinOf a delay.
func BinOf(d time.Duration) int {
	i := 0
	for i < Bins-1 && Millis(d) > BinMS(i) {
		i++
	}
	return i
}

// WriteJSON writes all of it.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteText writes what a person wants to see first.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s, %d cores, load %.1f before\n", r.Scenario, r.Machine, r.Cores, r.Load)
	for _, line := range r.Lines() {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	for text, n := range r.Errors {
		fmt.Fprintf(&b, "  error, %d times: %s\n", n, text)
	}
	for _, c := range r.Checks {
		word := "ok  "
		if !c.OK {
			word = "FAIL"
		}
		fmt.Fprintf(&b, "  %s %s: %.4g, at most %.4g\n", word, c.Name, c.Got, c.Limit)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
