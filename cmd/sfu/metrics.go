package main

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"callrelay/dialect/socketio"
	"callrelay/selfcheck"
	"callrelay/sfu"
	"callrelay/signal"
)

// metric is one name on /metrics; docs/operations.md has the same list.
type metric struct {
	name, help string
	kind       prometheus.ValueType
	label      string // "" for none
	collect    func(*sample, func(value float64, label string))
}

// sample is what one scrape reads, once.
type sample struct {
	media    sfu.Snapshot
	entrance map[string]uint64
	signal   signal.Stats
	expiry   time.Time
	draining bool
	path     selfcheck.Verdict
	pages    socketio.Stats // of --dialects
}

// collector turns the parts' counts into metrics when it is scraped; nothing
// is counted twice and the packet path knows nothing of it.
type collector struct {
	read    func() sample
	metrics []metric
	descs   []*prometheus.Desc
}

func newMetrics(read func() sample) (*prometheus.Registry, error) {
	c := &collector{read: read, metrics: metricList()}
	for _, m := range c.metrics {
		var labels []string
		if m.label != "" {
			labels = []string{m.label}
		}
		c.descs = append(c.descs, prometheus.NewDesc(m.name, m.help, labels, nil))
	}
	registry := prometheus.NewRegistry()
	for _, one := range []prometheus.Collector{
		c, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := registry.Register(one); err != nil {
			return nil, fmt.Errorf("metrics: %w", err)
		}
	}
	return registry, nil
}

func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		to <- d
	}
}

func (c *collector) Collect(to chan<- prometheus.Metric) {
	s := c.read()
	for i, m := range c.metrics {
		m.collect(&s, func(value float64, label string) {
			var labels []string
			if m.label != "" {
				labels = []string{label}
			}
			to <- prometheus.MustNewConstMetric(c.descs[i], m.kind, value, labels...)
		})
	}
}
