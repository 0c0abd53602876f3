package selfcheck

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/pion/webrtc/v4"
)

// split takes the candidates out of an answer, so that they can be added one
// by one, as a page does with what its server tells it later.
func split(answer string) (candidates []string, rest string) {
	var keep strings.Builder
	seen := map[string]bool{}
	for line := range strings.SplitSeq(answer, "\r\n") {
		if text, ok := strings.CutPrefix(line, "a=candidate:"); ok {
			if !seen[text] {
				seen[text] = true
				candidates = append(candidates, "candidate:"+text)
			}
			continue
		}
		if line == "a=end-of-candidates" || line == "" {
			continue
		}
		keep.WriteString(line + "\r\n")
	}
	return candidates, keep.String()
}

// hostCandidates of UDP addresses; what is no address is left out.
func hostCandidates(addresses []string) (out []string) {
	for i, text := range addresses {
		at, err := netip.ParseAddrPort(text)
		if err != nil {
			continue
		}
		const priority = 2130706431 // host, first component
		out = append(out, fmt.Sprintf("candidate:%d 1 udp %d %s %d typ host", 900+i, priority, at.Addr(), at.Port()))
	}
	return out
}

// UDPOnly and TCPOnly choose the server's candidates of one kind.
func UDPOnly(c webrtc.ICECandidateInit) bool { return over(c.Candidate, "udp") }

// TCPOnly chooses those of ICE-TCP.
func TCPOnly(c webrtc.ICECandidateInit) bool { return over(c.Candidate, "tcp") }

func over(candidate, transport string) bool {
	fields := strings.Fields(candidate)
	return len(fields) > 2 && strings.EqualFold(fields[2], transport)
}
