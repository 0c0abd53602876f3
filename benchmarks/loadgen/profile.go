package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"callrelay/benchmarks/internal/flame"
	"callrelay/benchmarks/report"
)

// profiler takes a CPU profile of the server while all is steady.
type profiler struct {
	metrics, file string
	profile       []byte
	err           error
}

// maxProfile bytes.
const maxProfile = 16 << 20

// take is a scenarios.Target's OnSteady.
func (p *profiler) take(ctx context.Context, lasts time.Duration) {
	p.profile, p.err = p.fetch(ctx, lasts)
}

func (p *profiler) fetch(ctx context.Context, lasts time.Duration) ([]byte, error) {
	at, err := url.Parse(p.metrics)
	if err != nil {
		return nil, err
	}
	at.Path, at.RawQuery = "/debug/pprof/profile", fmt.Sprintf("seconds=%d", max(int(lasts.Seconds()), 1))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", at, response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, maxProfile))
}

// write the picture, if one is wanted.
func (p *profiler) write(r *report.Report) error {
	if p.file == "" {
		return nil
	}
	if p.err != nil {
		return p.err
	}
	title := fmt.Sprintf("%s: %.1f us of CPU a packet; %s", r.Scenario, r.Server.CPUMicros, r.Machine)
	return write(p.file, func(w io.Writer) error { return flame.WriteSVG(w, title, bytes.NewReader(p.profile)) })
}
