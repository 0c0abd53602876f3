package watch

import (
	"slices"
	"strings"
	"testing"
)

const text = `# HELP go_goroutines Number.
# TYPE go_goroutines gauge
go_goroutines 12
# TYPE callrelay_rooms gauge
callrelay_rooms 0
# TYPE callrelay_map_size gauge
callrelay_map_size{map="seats"} 2
callrelay_map_size{map="a b"} 1
callrelay_map_size{map="revoked"} 9
# TYPE callrelay_media_path_rtt_seconds gauge
callrelay_media_path_rtt_seconds 0.002
# TYPE callrelay_calls_total counter
callrelay_calls_total{reason="hangup"} 7
nonsense
callrelay_bad x
`

func TestParseKeepsValuesWithTheirLabels(t *testing.T) {
	m, err := Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{
		"go_goroutines": 12, "callrelay_rooms": 0, `callrelay_map_size{map="a b"}`: 1, `callrelay_calls_total{reason="hangup"}`: 7,
	} {
		if got, ok := m.Values[name]; !ok || got != want {
			t.Errorf("%s: got %v, %v", name, got, ok)
		}
	}
	if len(m.Values) != 7 {
		t.Errorf("%d values: %v", len(m.Values), m.Values)
	}
}

func TestLeftNamesOnlyGaugesOfTheServerThatGrew(t *testing.T) {
	before, _ := Parse(strings.NewReader(`callrelay_map_size{map="a b"} 1`))
	after, _ := Parse(strings.NewReader(text))
	if got := after.Left(before); !slices.Equal(got, []string{`callrelay_map_size{map="seats"} is 2, was 0`}) {
		t.Errorf("got %q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(text)
	f.Fuzz(func(_ *testing.T, s string) {
		m, _ := Parse(strings.NewReader(s))
		m.Left(Metrics{})
	})
}
