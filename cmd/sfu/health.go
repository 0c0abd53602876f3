package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"callrelay/selfcheck"
)

// health answers /healthz: 200 while the server takes new calls and media
// pass through its port, else 503, with each check's state in words.
type health struct {
	checks []healthCheck
	media  *selfcheck.Watch
}

type healthCheck struct {
	name string
	// fails returns what is wrong, or "". It must not block.
	fails func() string
}

// healthReport is the answer's body.
type healthReport struct {
	Status string `json:"status"` // "ok" or "failing"
	// Sentence says what fails, empty when nothing does.
	Sentence string            `json:"sentence"`
	Version  string            `json:"version"`
	Checks   map[string]string `json:"checks"`
	Media    *mediaReport      `json:"media,omitempty"`
}

// mediaReport is the last loop through the media port.
type mediaReport struct {
	// Stage is how far it came: offer, ice, dtls, media, done.
	Stage     selfcheck.Stage `json:"stage"`
	Pair      string          `json:"pair,omitempty"`
	ConnectMS float64         `json:"connect_ms"`
	RTTMS     float64         `json:"rtt_ms"`
	AgoMS     int64           `json:"ago_ms"`
	SinceMS   int64           `json:"since_ms"` // how long the state is what it is
}

// firstCheck is how long an answer waits for the loop made at the start.
const firstCheck = 5 * time.Second

func (h health) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), firstCheck)
	defer cancel()
	report := h.report(ctx)
	status := http.StatusOK
	if report.Status != "ok" {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(report)
}

func (h health) report(ctx context.Context) healthReport {
	report := healthReport{Status: "ok", Version: version, Checks: map[string]string{}}
	say := func(name, wrong string) {
		report.Checks[name] = "ok"
		if wrong != "" {
			report.Checks[name] = wrong
			report.Status = "failing"
			if report.Sentence != "" {
				report.Sentence += " "
			}
			report.Sentence += name + ": " + wrong + "."
		}
	}
	for _, check := range h.checks {
		say(check.name, check.fails())
	}
	if h.media != nil {
		v := h.media.Verdict(ctx)
		say("media", mediaWrong(v))
		report.Media = newMediaReport(v, time.Now())
	}
	return report
}

func mediaWrong(v selfcheck.Verdict) string {
	if v.Trips == 0 {
		return "the first loop through the media port is still under way"
	}
	return v.Sentence
}

func newMediaReport(v selfcheck.Verdict, now time.Time) *mediaReport {
	if v.Trips == 0 {
		return nil
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return &mediaReport{
		Stage: v.Result.Stage, Pair: v.Result.Pair, ConnectMS: ms(v.Result.Connect), RTTMS: ms(v.Result.RTT),
		AgoMS: now.Sub(v.At).Milliseconds(), SinceMS: now.Sub(v.Since).Milliseconds(),
	}
}
