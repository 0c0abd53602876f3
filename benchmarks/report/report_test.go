package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestSpreadIsByRank(t *testing.T) {
	var times []time.Duration
	for i := 100; i >= 1; i-- {
		times = append(times, time.Duration(i)*time.Millisecond)
	}
	if got, want := SpreadOf(times), (Spread{100, 50, 95, 99, 100}); got != want {
		t.Errorf("got %+v", got)
	}
	if got := SpreadOf(nil); got != (Spread{}) {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestBinHoldsItsDelays(t *testing.T) {
	for _, d := range []time.Duration{0, 100 * time.Microsecond, time.Millisecond, 30 * time.Millisecond, time.Hour} {
		i := BinOf(d)
		if i > 0 && Millis(d) <= BinMS(i-1) || i < Bins-1 && Millis(d) > BinMS(i) {
			t.Errorf("%v in bin %d", d, i)
		}
	}
}

func example() *Report {
	r := &Report{
		Scenario: "calls <of> two", Errors: map[string]int{"x & y": 2},
		Calls:  &Calls{Wanted: 2, DelayBins: []int{1, 5, 0}},
		Joins:  &Joins{Wanted: 3},
		Server: &Server{Packets: 1, Left: []string{`m{a="<b>"}`}, Series: []Sample{{Second: 1}, {Second: 2, MemoryMiB: 5, CPUSeconds: 1}}},
	}
	r.Demand("unexplained", 0, 0)
	return r
}

func TestPictureIsWellFormed(t *testing.T) {
	var b strings.Builder
	if err := example().WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(strings.NewReader(b.String())); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(b.String(), "calls &lt;of&gt; two") {
		t.Error("the scenario is not named")
	}
}

func TestReportFailsWithOneFailedCheck(t *testing.T) {
	r := example()
	if !r.OK() {
		t.Error("not ok, though all demands are met")
	}
	r.Demand("goroutines left", 6, 5)
	if r.OK() {
		t.Error("ok, though a demand is not met")
	}
	var b, text strings.Builder
	if err := r.WriteJSON(&b); err != nil || !json.Valid([]byte(b.String())) {
		t.Errorf("JSON: %v", err)
	}
	if err := r.WriteText(&text); err != nil || !strings.Contains(text.String(), "FAIL goroutines left: 6, at most 5") {
		t.Error(text.String())
	}
}
