package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"callrelay/benchmarks/internal/floor"
	"callrelay/benchmarks/report"
	"callrelay/benchmarks/scenarios"
)

func runOf(name, scenario string, micros float64) single {
	return single{System: name, Scenario: scenario, Report: &report.Report{
		Scenario: scenario, Server: &report.Server{CPUMicros: micros}, Rooms: &report.Rooms{Wanted: 3, Joined: 2},
	}}
}

func example() *series {
	c := scenarios.Pairs(2)
	return &series{
		systems: []system{{name: "a"}, {name: "<b>"}}, configs: []scenarios.RoomsConfig{c},
		floor: floor.Prices{{Name: floor.SendGSO, Micros: 1}, {Name: floor.Seal, Micros: 1}, {Name: floor.Receive, Micros: 1}, {Name: floor.Open, Micros: 1}},
		runs: []single{
			runOf("a", c.Name, 9), runOf("<b>", c.Name, 16), runOf("a", c.Name, 8),
			runOf("<b>", c.Name, 15), runOf("a", c.Name, 70), runOf("<b>", c.Name, 20),
		},
	}
}

func TestTableHasMediansAndRatiosToTheFirst(t *testing.T) {
	rows := example().table().Rows
	if len(rows) != 2 || rows[0].CPUMicros != 9 || rows[1].CPUMicros != 16 || rows[0].CPUMost != 70 {
		t.Errorf("got %+v", rows)
	}
	if rows[0].Ratio != 1 || rows[1].Ratio != 16.0/9 || rows[1].Floors != 4 || rows[0].Failed != 3 {
		t.Errorf("got %+v", rows)
	}
}

func TestPictureOfTheTableIsWellFormed(t *testing.T) {
	var b strings.Builder
	if err := example().table().writeSVG(&b); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(strings.NewReader(b.String())); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestScenarioIsNamedByKindAndNumber(t *testing.T) {
	configs, err := configsOf(options{Run: []string{"viewers:7", "pairs:2", "meeting:3"}})
	if err != nil || configs[0].Members != 8 || configs[1].Rooms != 2 || configs[2].Publishers != 3 {
		t.Errorf("got %+v, %v", configs, err)
	}
	for _, text := range []string{"viewers", "viewers:0", "viewers:x", "talk:3", ""} {
		if _, err := configsOf(options{Run: []string{text}}); err == nil {
			t.Errorf("%q is taken for a scenario", text)
		}
	}
}
