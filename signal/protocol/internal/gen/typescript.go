package main

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"callrelay/signal/protocol"
)

// typescript writes the client's types.
func typescript(m *model) []byte {
	var b bytes.Buffer
	b.WriteString("// Generated from signal/protocol by `go generate ./signal/protocol`. Do not edit.\n")
	for _, c := range m.single {
		fmt.Fprintf(&b, "\n%sexport const %s = %s\n", comment("", c.doc), c.name, single(c.value))
	}
	for _, w := range m.words {
		writeWord(&b, w)
	}
	b.WriteString("\n/** Limits of the protocol; names ending in Ms are milliseconds, others bytes or counts. */\nexport const Limits = {\n")
	for _, c := range m.limits {
		name := lowerFirst(c.name)
		if c.duration {
			name += "Ms"
		}
		fmt.Fprintf(&b, "%s  %s: %s,\n", comment("  ", c.doc), name, c.value)
	}
	b.WriteString("} as const\n")
	for _, s := range m.structs {
		writeStructure(&b, m, s)
	}
	writeUnion(&b, "ClientMessage", "Every message from the client.", m.client)
	writeUnion(&b, "ServerMessage", "Every message from the server.", m.server)
	return b.Bytes()
}

func writeWord(b *bytes.Buffer, w word) {
	b.WriteString("\n" + comment("", w.doc))
	if len(w.values) == 0 {
		fmt.Fprintf(b, "export type %s = string\n", w.name)
		return
	}
	if w.number {
		fmt.Fprintf(b, "export const %s = {\n", w.name)
		for _, v := range w.values {
			fmt.Fprintf(b, "%s  %s: %s,\n", comment("  ", v.doc), lowerFirst(strings.TrimPrefix(v.name, "Close")), v.value)
		}
		fmt.Fprintf(b, "} as const\nexport type %s = (typeof %s)[keyof typeof %s]\n", w.name, w.name, w.name)
		return
	}
	fmt.Fprintf(b, "export type %s =\n", w.name)
	for _, v := range w.values {
		fmt.Fprintf(b, "%s  | %s\n", comment("  ", v.doc), single(v.value))
	}
	fmt.Fprintf(b, "export const %s: readonly %s[] = [\n", lowerFirst(plural(w.name)), w.name)
	for _, v := range w.values {
		fmt.Fprintf(b, "  %s,\n", single(v.value))
	}
	b.WriteString("]\n")
}

// writeStructure writes a message with the suffix Message, so that none hides
// a global name such as Error; other structs keep their names.
func writeStructure(b *bytes.Buffer, m *model, s structure) {
	name := s.name
	b.WriteString("\n" + comment("", s.doc))
	if m.isMessage(name) {
		fmt.Fprintf(b, "export interface %sMessage {\n  type: '%s'\n", name, protocol.WireName(name))
		writeEnvelope(b, m, s)
	} else {
		fmt.Fprintf(b, "export interface %s {\n", name)
	}
	for _, f := range s.fields {
		fmt.Fprintf(b, "%s  %s%s: %s\n", comment("  ", f.doc), f.name, mark(f), tsType(f))
	}
	b.WriteString("}\n")
}

func writeEnvelope(b *bytes.Buffer, m *model, s structure) {
	for _, n := range m.client {
		if n == s.name {
			b.WriteString("  /** Asks for a reply that has it as `re`. */\n  id?: number\n")
			return
		}
	}
	b.WriteString("  /** The request this replies to. */\n  re?: number\n")
	if strings.Contains(s.doc, "(cursor)") {
		b.WriteString("  /** Hand the newest one back in hello to receive what was missed. */\n  cursor?: Cursor\n")
	}
}

func writeUnion(b *bytes.Buffer, name, doc string, messages []string) {
	fmt.Fprintf(b, "\n%sexport type %s =\n", comment("", doc), name)
	for _, n := range messages {
		fmt.Fprintf(b, "  | %sMessage\n", n)
	}
}

func mark(f field) string {
	if f.optional {
		return "?"
	}
	return ""
}

func tsType(f field) string {
	if f.list {
		return f.typ + "[]"
	}
	return f.typ
}

// comment as JSDoc with an indent; nothing for no text.
func comment(indent, doc string) string {
	if doc == "" {
		return ""
	}
	lines := strings.Split(doc, "\n")
	if len(lines) == 1 {
		return indent + "/** " + doc + " */\n"
	}
	var b strings.Builder
	b.WriteString(indent + "/**\n")
	for _, l := range lines {
		b.WriteString(strings.TrimRight(indent+" * "+l, " ") + "\n")
	}
	b.WriteString(indent + " */\n")
	return b.String()
}

// single turns a JSON string into one in single quotes; numbers stay.
func single(v string) string {
	if strings.HasPrefix(v, `"`) {
		return "'" + strings.Trim(v, `"`) + "'"
	}
	return v
}

func plural(s string) string {
	if stem, ok := strings.CutSuffix(s, "y"); ok {
		return stem + "ies"
	}
	return s + "s"
}

func lowerFirst(s string) string {
	r := []rune(s)
	r[0] = unicode.ToLower(r[0])
	return string(r)
}
