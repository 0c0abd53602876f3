package jsondepth

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestExceedsCountsObjectsAndArraysOutsideOfStrings(t *testing.T) {
	for _, row := range []struct {
		text  string
		limit int
		want  bool
	}{
		{`{}`, 1, false},
		{`[[]]`, 1, true},
		{`[[]]`, 2, false},
		{`{"a":[{"b":1}]}`, 2, true},
		{`["[[[[", "\"[[["]`, 1, false},
		{`["\\",[1]]`, 1, true},
		{`"[[[[`, 0, false},
		{strings.Repeat("[", 1000), 16, true},
		{``, 0, false},
		{`]]]][`, 0, false}, // broken text; a decoder refuses it at once
	} {
		if got := Exceeds(row.text, row.limit); got != row.want {
			t.Errorf("%q over %d: %v", row.text, row.limit, got)
		}
		if got := Exceeds([]byte(row.text), row.limit); got != row.want {
			t.Errorf("bytes %q over %d: %v", row.text, row.limit, got)
		}
	}
}

func FuzzExceedsAgreesWithADecoder(f *testing.F) {
	f.Add([]byte(`{"a":["[{",{"b":[]}]}`), uint8(3))
	f.Fuzz(func(t *testing.T, text []byte, limit uint8) {
		got := Exceeds(text, int(limit))
		if !json.Valid(text) {
			return
		}
		depth, deepest := 0, 0
		for d := json.NewDecoder(strings.NewReader(string(text))); ; {
			token, err := d.Token()
			if err != nil {
				break
			}
			switch token {
			case json.Delim('['), json.Delim('{'):
				depth++
				deepest = max(deepest, depth)
			case json.Delim(']'), json.Delim('}'):
				depth--
			}
		}
		if got != (deepest > int(limit)) {
			t.Errorf("%q nests %d, over %d: %v", text, deepest, limit, got)
		}
	})
}
