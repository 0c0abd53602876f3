package peerjs

import "strings"

// refusal is an answer to an offer that takes none of its sections: with it a
// caller's page counts the call as open, and then tells of its close.
func refusal(offer string) string {
	var b strings.Builder
	b.WriteString("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n")
	mid := ""
	section := func(m string) {
		fields := strings.Fields(m)
		const kindPortProtocolFormat = 4
		if len(fields) < kindPortProtocolFormat {
			return
		}
		b.WriteString("m=" + fields[0] + " 0 " + fields[2] + " " + fields[3] + "\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\n")
		if mid != "" {
			b.WriteString("a=mid:" + mid + "\r\n")
		}
	}
	_, sections, _ := strings.Cut(strings.ReplaceAll(offer, "\r\n", "\n"), "\nm=")
	for text := range strings.SplitSeq(sections, "\nm=") {
		head, rest, _ := strings.Cut(text, "\n")
		mid = ""
		for line := range strings.SplitSeq(rest, "\n") {
			if value, ok := strings.CutPrefix(line, "a=mid:"); ok {
				mid = value
			}
		}
		section(head)
	}
	return b.String()
}
