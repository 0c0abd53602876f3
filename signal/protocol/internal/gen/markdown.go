package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"callrelay/signal/protocol"
)

// tables are the generated parts of docs/protocol.md by the name in their
// markers: <!-- begin NAME --> and <!-- end NAME -->.
func tables(m *model) map[string]string {
	return map[string]string{
		"words":           words(m),
		"limits":          limits(m),
		"client messages": messages(m, m.client),
		"server messages": messages(m, m.server),
		"shapes":          shapes(m),
	}
}

// fill replaces what stands between the markers. Every table needs its place.
func fill(doc []byte, tables map[string]string) ([]byte, error) {
	for name, table := range tables {
		begin := []byte("<!-- begin " + name + " -->\n")
		end := []byte("<!-- end " + name + " -->")
		from, to := bytes.Index(doc, begin), bytes.Index(doc, end)
		if from < 0 || to < from {
			return nil, fmt.Errorf("no markers for %q", name)
		}
		doc = slices.Concat(doc[:from+len(begin)], []byte("\n"+table+"\n"), doc[to:])
	}
	return doc, nil
}

func messages(m *model, names []string) string {
	var b strings.Builder
	for _, n := range names {
		s := m.structure(n)
		fmt.Fprintf(&b, "### `%s`\n\n%s\n\n", protocol.WireName(n), prose(s.doc))
		writeFields(&b, s)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// shapes are the structs inside messages.
func shapes(m *model) string {
	var b strings.Builder
	for _, s := range m.structs {
		if !m.isMessage(s.name) {
			fmt.Fprintf(&b, "### %s\n\n%s\n\n", s.name, prose(s.doc))
			writeFields(&b, s)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func writeFields(b *strings.Builder, s structure) {
	if len(s.fields) == 0 {
		b.WriteString("No fields of its own.\n\n")
		return
	}
	b.WriteString("| field | type | |\n|---|---|---|\n")
	for _, f := range s.fields {
		may := ""
		if f.optional {
			may = "optional"
		}
		if may != "" && f.doc != "" {
			may += ". "
		}
		fmt.Fprintf(b, "| `%s` | %s | %s%s |\n", f.name, tsType(f), may, cell(f.doc))
	}
	b.WriteString("\n")
}

func words(m *model) string {
	var b strings.Builder
	for _, w := range m.words {
		if len(w.values) == 0 {
			continue
		}
		fmt.Fprintf(&b, "### %s\n\n%s\n\n| value | |\n|---|---|\n", w.name, prose(w.doc))
		for _, v := range w.values {
			fmt.Fprintf(&b, "| `%s` | %s |\n", strings.Trim(v.value, `"`), cell(v.doc))
		}
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func limits(m *model) string {
	var b strings.Builder
	b.WriteString("| limit | value | |\n|---|---|---|\n")
	for _, c := range m.limits {
		value := c.value
		if c.duration {
			value += " ms"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", c.name, value, cell(c.doc))
	}
	return b.String()
}

// prose keeps a Go comment's paragraphs and joins their lines.
func prose(doc string) string {
	paragraphs := strings.Split(doc, "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(p), " ")
	}
	return strings.Join(paragraphs, "\n\n")
}

// cell is prose that may stand in a table.
func cell(doc string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(doc), " "), "|", `\|`)
}
