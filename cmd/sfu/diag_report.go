package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Limits of what visitors may leave here.
const (
	maxReports     = 50 // the newest are kept
	maxReportBytes = 16 << 10
	maxReportRows  = 16
	maxReportName  = 32  // bytes of a code
	maxReportText  = 300 // bytes of a sentence
)

// diagReport is the result of a visitor's network test. All of it but the
// first three fields is what the visitor's page says.
type diagReport struct {
	Number  uint64     `json:"number"`
	At      time.Time  `json:"at"`
	From    string     `json:"from"`
	Agent   string     `json:"agent"`
	Verdict string     `json:"verdict"`
	Rows    []diagStep `json:"rows"`
}

// diagStep is one row of the test.
type diagStep struct {
	Name   string `json:"name"`
	State  string `json:"state"`
	MS     int    `json:"ms,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// readDiagReport reads a visitor's report and makes it fit to be logged and
// shown: few rows, short texts, no control characters.
func readDiagReport(from io.Reader) (diagReport, error) {
	var report diagReport
	decoder := json.NewDecoder(from)
	if err := decoder.Decode(&report); err != nil {
		return report, errors.New("this is no report")
	}
	if len(report.Rows) == 0 || len(report.Rows) > maxReportRows {
		return report, fmt.Errorf("a report has 1 to %d rows", maxReportRows)
	}
	report.Verdict = clipped(report.Verdict, maxReportName)
	for i, row := range report.Rows {
		const anHour = 3_600_000
		report.Rows[i] = diagStep{
			Name: clipped(row.Name, maxReportName), State: clipped(row.State, maxReportName),
			MS: min(max(row.MS, 0), anHour), Detail: clipped(row.Detail, maxReportText),
		}
	}
	return report, nil
}

// clipped is a text of at most so many bytes, in one line.
func clipped(text string, limit int) string {
	if len(text) > limit {
		text = text[:limit]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

// summary for the log: "udp=failed tcp=ok(210ms)".
func (r diagReport) summary() string {
	var parts []string
	for _, row := range r.Rows {
		part := row.Name + "=" + row.State
		if row.MS > 0 {
			part += fmt.Sprintf("(%dms)", row.MS)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

// diagReports keeps the newest reports, in memory only.
type diagReports struct {
	mu   sync.Mutex
	last uint64
	list []diagReport // oldest first
}

func newDiagReports() *diagReports { return &diagReports{} }

// keep numbers a report and drops the oldest one over the limit.
func (d *diagReports) keep(r diagReport) diagReport {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last++
	r.Number = d.last
	if len(d.list) == maxReports {
		d.list = append(d.list[:0], d.list[1:]...)
	}
	d.list = append(d.list, r)
	return r
}

// ServeHTTP lists them to an operator, newest first.
func (d *diagReports) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	d.mu.Lock()
	out := make([]diagReport, 0, len(d.list))
	for i := len(d.list) - 1; i >= 0; i-- {
		out = append(out, d.list[i])
	}
	d.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(out)
}
