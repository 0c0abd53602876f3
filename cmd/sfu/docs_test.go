package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/prometheus/client_golang/prometheus"
)

const (
	samplePath     = "../../docs/callrelay.example.json"
	operationsPath = "../../docs/operations.md"
)

// flags of the server in their order in the code.
func flags(t *testing.T) []*kong.Flag {
	t.Helper()
	parser, err := newParser(streams{})
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range parser.Model.Children {
		if node.Name == "serve" {
			return node.Flags
		}
	}
	t.Fatal("no serve command")
	return nil
}

// sampleFile holds every setting with its default.
func sampleFile(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("{")
	for i, flag := range fileFlags(t) {
		var value any
		switch v := flag.Target.Interface().(type) {
		case time.Duration:
			value = flag.Default
		case bool:
			value = flag.Default == "true"
		case []string:
			value = []string{}
		default:
			value = flag.Default
			_ = v
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "\n  %q: %s", flag.Name, text)
	}
	b.WriteString("\n}\n")
	return b.String()
}

func fileFlags(t *testing.T) []*kong.Flag {
	t.Helper()
	var list []*kong.Flag
	for _, flag := range flags(t) {
		if flag.Name != "config" && flag.Name != "help" {
			list = append(list, flag)
		}
	}
	return list
}

func settingsTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| flag | environment | default | effect and cost |\n| --- | --- | --- | --- |\n")
	for _, flag := range flags(t) {
		if flag.Name == "help" {
			continue
		}
		value := "none"
		if flag.Default != "" {
			value = "`" + flag.Default + "`"
		}
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", flag.Name, strings.Join(flag.Envs, "`, `"), value, flag.Help)
	}
	return b.String()
}

func metricsTable() string {
	var b strings.Builder
	b.WriteString("| metric | kind | label | what it counts |\n| --- | --- | --- | --- |\n")
	for _, m := range metricList() {
		kind, label := "gauge", ""
		if m.kind == prometheus.CounterValue {
			kind = "counter"
		}
		if m.label != "" {
			label = "`" + m.label + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", m.name, kind, label, m.help)
	}
	return b.String()
}

func TestSampleFileHasEverySettingWithItsDefault(t *testing.T) {
	want := sampleFile(t)
	compare(t, samplePath, want, func(string) string { return want })
}

func TestSampleFileMeansTheDefaults(t *testing.T) {
	plain, fromFile := parse(t), parse(t, "--config", samplePath)
	fromFile.File = ""
	for _, c := range []*Config{&plain, &fromFile} {
		for _, list := range []*[]string{&c.ACMEDomain, &c.Advertise, &c.STUN, &c.Keys, &c.Origin, &c.Dialects, &c.DialectListen, &c.DialectRooms} {
			*list = append([]string{}, *list...) // none is the same as empty
		}
	}
	if !reflect.DeepEqual(plain, fromFile) {
		t.Errorf("defaults %+v\nsample   %+v", plain, fromFile)
	}
}

func TestOperationsListsEverySetting(t *testing.T) {
	want := settingsTable(t)
	compare(t, operationsPath, want, func(doc string) string { return between(t, doc, "settings", want) })
}

func TestOperationsListsEveryMetric(t *testing.T) {
	want := metricsTable()
	compare(t, operationsPath, want, func(doc string) string { return between(t, doc, "metrics", want) })
}

func TestEverySettingSaysItsEffectAndHasAnEnvironmentVariable(t *testing.T) {
	for _, flag := range fileFlags(t) {
		if len(flag.Help) < 20 {
			t.Errorf("--%s: help %q", flag.Name, flag.Help)
		}
		if want := "CALLRELAY_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_")); len(flag.Envs) != 1 || flag.Envs[0] != want {
			t.Errorf("--%s: environment %q, want %s", flag.Name, flag.Envs, want)
		}
	}
}

// between replaces what stands between a document's two marks.
func between(t *testing.T, doc, mark, content string) string {
	t.Helper()
	begin, end := "<!-- "+mark+": from the code -->\n", "<!-- end of "+mark+" -->"
	i, j := strings.Index(doc, begin), strings.Index(doc, end)
	if i < 0 || j < i {
		t.Fatalf("no marks for %s", mark)
	}
	return doc[:i+len(begin)] + "\n" + content + "\n" + doc[j:]
}

// compare fails when a document is not what it should be; with -update it is
// made so.
func compare(t *testing.T, path, want string, should func(doc string) string) {
	t.Helper()
	is, err := os.ReadFile(path)
	if err != nil && !*update {
		t.Fatal(err)
	}
	next := should(string(is))
	if string(is) == next {
		return
	}
	if !*update {
		t.Fatalf("%s is not equal to the code; run: go test ./cmd/sfu -update\nwant:\n%s", path, want)
	}
	if err := os.WriteFile(path, []byte(next), 0o644); err != nil {
		t.Fatal(err)
	}
}
