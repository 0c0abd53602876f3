package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callrelay/benchmarks/report"
	"callrelay/benchmarks/scenarios"
)

// The tests here start the real server, as an operator would, and put people
// on it: short versions of the scenarios in benchmarks/README.md.

// build the server, without a page.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "sfu")
	command := exec.Command("go", "build", "-o", binary, "callrelay/cmd/sfu")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// attempts of a run whose only fault is of time, on a machine that was too
// busy to run it in time.
const attempts = 3

func runReal(t *testing.T, o options) {
	t.Helper()
	dir := t.TempDir()
	o.Server, o.ServerLog = build(t), filepath.Join(dir, "log")
	o.Local, o.LossUp, o.LossDown, o.Seed = "127.0.0.1", -1, -1, 1
	o.ServerFlag = []string{"--grace=1s", "--away-grace=1s"}
	o.JSON, o.SVG = filepath.Join(dir, "report.json"), filepath.Join(dir, "report.svg")
	for n := 1; ; n++ {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		var out strings.Builder
		ok, err := run(ctx, o, &out)
		cancel()
		t.Log(out.String())
		if err == nil && ok {
			break
		}
		if err == nil && n < attempts && lateOnly(t, o.JSON) {
			t.Log("the generator itself was late: once more")
			continue
		}
		log, _ := os.ReadFile(o.ServerLog)
		t.Fatalf("%v\nthe server's log:\n%s", err, tail(log))
	}
	if info, err := os.Stat(o.SVG); err != nil || info.Size() == 0 {
		t.Errorf("no picture: %v", err)
	}
}

// lateOnly tells that what was not met depends on time, and that the
// generator did not get the time it needs.
func lateOnly(t *testing.T, name string) bool {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var r report.Report
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Checks {
		if !c.OK && c.Name != scenarios.DemandDuplicates && c.Name != scenarios.DemandResends {
			return false
		}
	}
	const late = 100 // ms: as long as the pause between two requests for a packet
	return r.Calls != nil && r.Calls.GeneratorLateMS > late
}

func tail(b []byte) string {
	const most = 4000
	return string(b[max(0, len(b)-most):])
}

func TestLossyCallsLeaveNoPacketUnexplained(t *testing.T) {
	runReal(t, options{Calls: 3, Duration: 6 * time.Second, Loss: 0.05, Patience: 20 * time.Second})
}

func TestThoseWhoVanishLeaveNothingBehind(t *testing.T) {
	runReal(t, options{Joins: 300, Vanish: 0.5, AtATime: 6, Patience: 60 * time.Second})
}
