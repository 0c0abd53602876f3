package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestGeneratedFilesAreFresh(t *testing.T) {
	t.Parallel()
	files, err := generate(filepath.Join("..", ".."), filepath.Join("..", "..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go generate ./signal/protocol", name)
		}
	}
}

func TestEveryStructOfAMessageFileIsAMessageOrPartOfOne(t *testing.T) {
	t.Parallel()
	m, err := parse(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	var used []string
	for _, s := range m.structs {
		for _, f := range s.fields {
			used = append(used, f.typ)
		}
	}
	for _, s := range m.structs {
		if !m.isMessage(s.name) && !slices.Contains(used, s.name) {
			t.Errorf("%s is neither registered as a message nor a field of one", s.name)
		}
	}
	if len(m.client) == 0 || len(m.server) == 0 {
		t.Error("no messages were found")
	}
}

func TestMarkersThatAreMissingAreAnError(t *testing.T) {
	t.Parallel()
	if _, err := fill([]byte("# no markers\n"), map[string]string{"words": "x"}); err == nil {
		t.Error("no error")
	}
}
