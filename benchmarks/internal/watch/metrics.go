package watch

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Metrics of one moment.
type Metrics struct {
	// Values by name with labels, as written: name{label="value"}.
	Values map[string]float64
	// Types by name without labels: counter, gauge and so on.
	Types map[string]string
}

// Names of what every Go program with Prometheus' client exports.
const (
	CPUSeconds  = "process_cpu_seconds_total"
	Memory      = "process_resident_memory_bytes"
	Descriptors = "process_open_fds"
	Goroutines  = "go_goroutines"
)

// prefix of the server's own metrics.
const prefix = "callrelay_"

// maxBody bytes of metrics that are read.
const maxBody = 8 << 20

// Scrape reads url.
func Scrape(ctx context.Context, url string) (Metrics, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return Metrics{}, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return Metrics{}, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return Metrics{}, fmt.Errorf("%s: %s", url, response.Status)
	}
	return Parse(io.LimitReader(response.Body, maxBody))
}

// Parse reads Prometheus' text format. Lines that it does not understand are left out.
func Parse(r io.Reader) (Metrics, error) {
	m := Metrics{Values: map[string]float64{}, Types: map[string]string{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			if name, kind, ok := strings.Cut(rest, " "); ok {
				m.Types[name] = kind
			}
			continue
		}
		// A value may be followed by a time stamp, but the exporter writes none.
		at := strings.LastIndexByte(line, ' ')
		if line == "" || line[0] == '#' || at < 0 {
			continue
		}
		if value, err := strconv.ParseFloat(line[at+1:], 64); err == nil {
			m.Values[line[:at]] = value
		}
	}
	return m, lines.Err()
}

// records are maps of what has happened, each entry for a bounded time and up
// to a bounded number: they are not empty when everybody has gone.
var records = []string{"ended", "merged", "missed", "revoked"}

// isRecord tells by the labels.
func isRecord(name string) bool {
	return slices.ContainsFunc(records, func(r string) bool { return strings.Contains(name, `"`+r+`"`) })
}

// isTime tells a gauge that measures from one that counts what is there: the
// last packet's way there and back may have taken longer than one before.
func isTime(bare string) bool { return strings.HasSuffix(bare, "_seconds") }

// Left lists the server's gauges that are larger than they were, as sentences
// in order, records and times left out. After everybody has gone it should be empty.
func (m Metrics) Left(before Metrics) []string {
	var left []string
	for name, value := range m.Values {
		bare, _, _ := strings.Cut(name, "{")
		if !strings.HasPrefix(bare, prefix) || m.Types[bare] != "gauge" || isRecord(name) || isTime(bare) {
			continue
		}
		if was := before.Values[name]; value > was {
			left = append(left, fmt.Sprintf("%s is %g, was %g", name, value, was))
		}
	}
	sort.Strings(left)
	return left
}
