package whip

import (
	"errors"
	"strings"

	"callrelay/signal/protocol"
)

// frag is what a trickle-ice-sdpfrag (RFC 8840) says: credentials, and
// candidates with the section that they are for.
type frag struct {
	ufrag, pwd string
	media      string // the first section's line and mid
	candidates []candidate
}

type candidate struct{ mid, text string }

const (
	// maxCandidates in one fragment.
	maxCandidates = 64
	// maxCredential characters, as RFC 8839 section 5.4 has it.
	maxCredential = 256
)

// parseFrag reads a fragment; unknown lines are passed over. Safe for any input.
func parseFrag(text string) (frag, error) {
	f := iceOf(text)
	switch {
	case len(f.candidates) > maxCandidates:
		return f, errors.New("too many candidates in one fragment")
	case f.ufrag == "" && len(f.candidates) == 0:
		return f, errors.New("the fragment has neither credentials nor candidates")
	case !credential(f.ufrag) || !credential(f.pwd) || (f.ufrag == "") != (f.pwd == ""):
		return f, errors.New("the fragment's ICE credentials are not such")
	}
	for _, c := range f.candidates {
		if len(c.text) > protocol.MaxCandidate || len(c.mid) > protocol.MaxMID {
			return f, errors.New("a candidate is too long")
		}
	}
	return f, nil
}

// credential tells whether s is made of ice-chars, or is not there.
func credential(s string) bool {
	return len(s) <= maxCredential && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '+' && r != '/'
	})
}

// iceOf a fragment or a whole description: the first credentials, all
// candidates.
func iceOf(text string) frag {
	var f frag
	mid := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch key, value, _ := strings.Cut(line, ":"); {
		case key == "a=ice-ufrag" && f.ufrag == "":
			f.ufrag = value
		case key == "a=ice-pwd" && f.pwd == "":
			f.pwd = value
		case strings.HasPrefix(line, "m=") && f.media == "":
			f.media = line
		case key == "a=mid":
			if mid = value; !strings.Contains(f.media, "a=mid") && f.media != "" {
				f.media += "\r\n" + line
			}
		case key == "a=candidate" && len(f.candidates) <= maxCandidates:
			f.candidates = append(f.candidates, candidate{mid, strings.TrimPrefix(line, "a=")})
		}
	}
	return f
}

// withICE puts a fragment's credentials and candidates into a whole
// description, in place of its own.
func withICE(offer string, f frag) string {
	var b strings.Builder
	first := true
	for line := range strings.Lines(offer) {
		line = strings.TrimRight(line, "\r\n")
		switch key, _, _ := strings.Cut(line, ":"); key {
		case "a=candidate", "a=end-of-candidates":
			continue
		case "a=ice-ufrag":
			line = "a=ice-ufrag:" + f.ufrag
		case "a=ice-pwd":
			line = "a=ice-pwd:" + f.pwd
		}
		b.WriteString(line + "\r\n")
		if first && strings.HasPrefix(line, "a=mid:") { // all is bundled with the first section
			first = false
			for _, c := range f.candidates {
				b.WriteString("a=" + c.text + "\r\n")
			}
		}
	}
	return b.String()
}

// String is the fragment as it is sent.
func (f frag) String() string {
	lines := []string{"a=ice-ufrag:" + f.ufrag, "a=ice-pwd:" + f.pwd}
	if f.media != "" {
		lines = append(lines, f.media)
	}
	for _, c := range f.candidates {
		lines = append(lines, "a="+c.text)
	}
	return strings.Join(append(lines, "a=end-of-candidates", ""), "\r\n")
}
