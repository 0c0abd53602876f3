package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// document is the part of an OpenAPI description that the tests hold the API to.
type document struct {
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	Parameters []struct {
		Name string `json:"name"`
	} `json:"parameters"`
	RequestBody *body           `json:"requestBody"`
	Responses   map[string]body `json:"responses"`
}

type body struct {
	Content map[string]struct {
		Schema schema `json:"schema"`
	} `json:"content"`
}

type schema struct {
	Ref        string            `json:"$ref"`
	Type       string            `json:"type"`
	Required   []string          `json:"required"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
	Enum       []string          `json:"enum"`
}

func described(t *testing.T) document {
	t.Helper()
	var d document
	if err := json.Unmarshal(description, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// fits tells where a JSON value is not as a schema says. Properties that the
// schema does not know are wrong, so that none goes undescribed.
func (d document) fits(s schema, v any, at string) error {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		target, known := d.Components.Schemas[name]
		if !known {
			return fmt.Errorf("%s: no schema %s", at, name)
		}
		return d.fits(target, v, at)
	}
	ok := false
	switch v := v.(type) {
	case map[string]any:
		return d.fitsObject(s, v, at)
	case []any:
		for i, item := range v {
			if err := d.fits(*s.Items, item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		ok = s.Type == "array"
	case string:
		ok = s.Type == "string" && (s.Enum == nil || slices.Contains(s.Enum, v))
	case bool:
		ok = s.Type == "boolean"
	case float64:
		ok = s.Type == "number" || s.Type == "integer" && v == float64(int64(v))
	}
	if !ok {
		return fmt.Errorf("%s: %v is no %s %v", at, v, s.Type, s.Enum)
	}
	return nil
}

func (d document) fitsObject(s schema, v map[string]any, at string) error {
	if s.Type != "object" {
		return fmt.Errorf("%s: an object is no %s", at, s.Type)
	}
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			return fmt.Errorf("%s: %s is missing", at, name)
		}
	}
	for name, value := range v {
		property, known := s.Properties[name]
		if !known {
			return fmt.Errorf("%s: %s is not described", at, name)
		}
		if err := d.fits(property, value, at+"."+name); err != nil {
			return err
		}
	}
	return nil
}

func TestEveryRouteIsDescribedAndNothingElse(t *testing.T) {
	t.Parallel()
	var served, written []string
	for _, rt := range routes() {
		served = append(served, rt.method+" "+rt.path)
	}
	d := described(t)
	for path, methods := range d.Paths {
		for method, op := range methods {
			written = append(written, strings.ToUpper(method)+" "+path)
			if n := strings.Count(path, "{"); n != len(op.Parameters) {
				t.Errorf("%s has %d parameters, %d are described", path, n, len(op.Parameters))
			}
		}
	}
	slices.Sort(served)
	slices.Sort(written)
	if !slices.Equal(served, written) {
		t.Errorf("served:\n%s\ndescribed:\n%s", strings.Join(served, "\n"), strings.Join(written, "\n"))
	}
}
