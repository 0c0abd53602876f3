package main

import (
	"encoding/json"
	"net/http"
)

// health answers /healthz: 200 while the server takes new calls, else 503,
// with each check's state in words.
type health struct {
	checks []healthCheck
}

type healthCheck struct {
	name string
	// fails returns what is wrong, or "". It must not block.
	fails func() string
}

func (h health) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	report := struct {
		Status  string            `json:"status"`
		Version string            `json:"version"`
		Checks  map[string]string `json:"checks"`
	}{"ok", version, map[string]string{}}
	status := http.StatusOK
	for _, check := range h.checks {
		if wrong := check.fails(); wrong != "" {
			report.Checks[check.name] = wrong
			report.Status, status = "failing", http.StatusServiceUnavailable
		} else {
			report.Checks[check.name] = "ok"
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(report)
}
