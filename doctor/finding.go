package doctor

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Level of a finding.
type Level int

// Levels, from fine to broken.
const (
	Good    Level = iota
	Note          // nothing to do, but good to know
	Warning       // works, but not for everybody or not well
	Bad           // does not work
)

func (l Level) String() string {
	return [...]string{"ok", "note", "warn", "FAIL"}[l]
}

// Finding is one thing that was looked at.
type Finding struct {
	Level   Level
	Subject string
	// Sentence says what is the case, Do what to change; empty when nothing.
	Sentence, Do string
	// Took is how long it took, where that tells something.
	Took time.Duration
}

func good(subject, format string, args ...any) Finding {
	return Finding{Level: Good, Subject: subject, Sentence: fmt.Sprintf(format, args...)}
}

func note(subject, format string, args ...any) Finding {
	return Finding{Level: Note, Subject: subject, Sentence: fmt.Sprintf(format, args...)}
}

func warning(subject, sentence, do string) Finding {
	return Finding{Level: Warning, Subject: subject, Sentence: sentence, Do: do}
}

func bad(subject, sentence, do string) Finding {
	return Finding{Level: Bad, Subject: subject, Sentence: sentence, Do: do}
}

// Worst level of the findings.
func Worst(findings []Finding) Level {
	worst := Good
	for _, f := range findings {
		worst = max(worst, f.Level)
	}
	return worst
}

// Print one finding for a person.
func (f Finding) Print(w io.Writer) {
	took := ""
	if f.Took > 0 {
		took = fmt.Sprintf(" (%d ms)", max(f.Took.Milliseconds(), 1))
	}
	const indent = "\n                     "
	_, _ = fmt.Fprintf(w, "%-5s %-14s %s%s\n", f.Level, f.Subject, strings.ReplaceAll(f.Sentence, "\n", indent), took)
	if f.Do != "" {
		_, _ = fmt.Fprintf(w, "%-5s %-14s -> %s\n", "", "", f.Do)
	}
}
