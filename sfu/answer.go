package sfu

import (
	"fmt"
	"slices"
	"strings"
)

// finishAnswer makes the text that is sent of the one that Pion made.
func finishAnswer(answer string, o offer, kbps int) string {
	if o.extensions.Mixed && !strings.Contains(answer, "a="+allowMixed) {
		answer = strings.Replace(answer, "\r\nm=", "\r\na="+allowMixed+"\r\nm=", 1)
	}
	return withStartBitrate(udpFirst(answer), kbps)
}

// udpFirst puts the candidates of each section in order, UDP before TCP: Pion
// lists them in any.
func udpFirst(text string) string {
	lines := strings.Split(text, "\r\n")
	for from := 0; from < len(lines); from++ {
		to := from
		for to < len(lines) && strings.HasPrefix(lines[to], "a=candidate:") {
			to++
		}
		slices.SortStableFunc(lines[from:to], func(a, b string) int {
			return strings.Compare(transportOf(b), transportOf(a)) // "udp" is after "tcp"
		})
		from = to
	}
	return strings.Join(lines, "\r\n")
}

// transportOf a candidate: the third field (RFC 8839, section 5.1).
func transportOf(candidate string) string {
	fields := strings.SplitN(candidate, " ", 4)
	if len(fields) < 4 {
		return ""
	}
	return strings.ToLower(fields[2])
}

// withStartBitrate adds x-google-start-bitrate to the video codecs of the
// sections on which the client sends, in the text of our own answer: Pion has
// no setting for it. Without it Chromium's encoder begins at a quarter of the
// pixels and drops its first frames.
func withStartBitrate(answer string, kbps int) string {
	if kbps <= 0 {
		return answer
	}
	var out strings.Builder
	out.Grow(len(answer) + 512)
	head, rest, _ := strings.Cut(answer, "m=")
	out.WriteString(head)
	for section := range strings.SplitSeq(rest, "\r\nm=") {
		if out.Len() > len(head) {
			out.WriteString("\r\n")
		}
		out.WriteString("m=")
		if strings.HasPrefix(section, "video ") && sentByClient(section) {
			section = startBitrateInSection(section, kbps)
		}
		out.WriteString(section)
	}
	return out.String()
}

// sentByClient tells whether the client sends on a section of our answer.
func sentByClient(section string) bool {
	return strings.Contains(section, "\r\na=recvonly") || strings.Contains(section, "\r\na=sendrecv")
}

func startBitrateInSection(section string, kbps int) string {
	lines := strings.Split(section, "\r\n")
	formats := map[string]bool{} // payload types that have an fmtp line
	for _, line := range lines {
		if rest, ok := strings.CutPrefix(line, "a=fmtp:"); ok {
			pt, _, _ := strings.Cut(rest, " ")
			formats[pt] = true
		}
	}
	out := make([]string, 0, len(lines)+1)
	for _, line := range lines {
		if strings.HasPrefix(line, "a=fmtp:") && !strings.Contains(line, "apt=") {
			line += fmt.Sprintf(";x-google-start-bitrate=%d", kbps)
		}
		out = append(out, line)
		if rest, ok := strings.CutPrefix(line, "a=rtpmap:"); ok {
			pt, name, _ := strings.Cut(rest, " ")
			if !formats[pt] && !strings.HasPrefix(strings.ToLower(name), "rtx/") {
				out = append(out, fmt.Sprintf("a=fmtp:%s x-google-start-bitrate=%d", pt, kbps))
			}
		}
	}
	return strings.Join(out, "\r\n")
}
