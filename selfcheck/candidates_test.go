package selfcheck

import (
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
)

func TestCandidatesAreTakenOutOfAnAnswer(t *testing.T) {
	candidates, rest := split("v=0\r\na=candidate:1 1 udp 5 192.0.2.1 8443 typ host\r\na=mid:0\r\n" +
		"a=candidate:1 1 udp 5 192.0.2.1 8443 typ host\r\na=candidate:2 1 TCP 5 192.0.2.1 8443 typ host tcptype passive\r\na=end-of-candidates\r\n")
	if len(candidates) != 2 || rest != "v=0\r\na=mid:0\r\n" {
		t.Fatalf("%q, %q", candidates, rest)
	}
	for i, want := range []struct{ udp, tcp bool }{{true, false}, {false, true}} {
		c := webrtc.ICECandidateInit{Candidate: candidates[i]}
		if UDPOnly(c) != want.udp || TCPOnly(c) != want.tcp {
			t.Errorf("%q: udp %v, tcp %v", candidates[i], UDPOnly(c), TCPOnly(c))
		}
	}
}

func TestOnlyAddressesBecomeCandidates(t *testing.T) {
	got := hostCandidates([]string{"127.0.0.1:8443", "[fd00::1]:1", "example.org:1", ""})
	if len(got) != 2 || !strings.Contains(got[0], " 127.0.0.1 8443 typ host") || !strings.Contains(got[1], " fd00::1 1 typ host") {
		t.Errorf("%q", got)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("v=0\r\na=candidate:1 1 udp 5 192.0.2.1 8443 typ host\r\na=mid:0\r\n")
	f.Fuzz(func(t *testing.T, answer string) {
		candidates, rest := split(answer)
		if again, same := split(rest); len(again) != 0 || same != rest {
			t.Errorf("%q is split again to %q and %q", rest, again, same)
		}
		for _, c := range candidates {
			UDPOnly(webrtc.ICECandidateInit{Candidate: c})
		}
	})
}
