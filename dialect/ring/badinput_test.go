package ring

import (
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"

	"callrelay/dialect/dialecttest"
	"callrelay/dialect/internal/leg"
)

// tenSections is an offer that is good but for having more than a page of two has.
func tenSections(t *testing.T) string {
	t.Helper()
	c := dialecttest.Connect(t)
	for range 8 {
		if _, err := c.PC.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio); err != nil {
			t.Fatal(err)
		}
	}
	return c.Offer()
}

func TestDescriptionsThatAreNoneEndThatPageAndNobodyElsesCall(t *testing.T) {
	r := newRig(t)
	a, b := r.open("ring-a", "001"), r.open("ring-b", "001")
	call(a, b)
	for name, text := range map[string]string{
		"an offer that is a number":    `42["sendOffer",{"roomId":"001","offer":7}]`,
		"an offer of the wrong kind":   `42["sendOffer",{"roomId":"001","offer":{"type":"answer","sdp":"v=0"}}]`,
		"no offer":                     `42["sendOffer","001"]`,
		"an answer without SDP":        `42["sendAnswer",{"answer":{"type":"answer"}}]`,
		"an event that is not JSON":    `42["sendOffer",{]`,
		"an event nested without end":  `42["sendOffer",` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `]`,
		"a binary event":               `451-["sendOffer",{"_placeholder":true,"num":0}]`,
		"an event of another's socket": `42/other,["hangUp","001"]`,
	} {
		t.Run(name, func(*testing.T) {
			bad := r.open("ring-a", "001")
			bad.write(text)
			for range bad.heard { // until it is closed
			}
		})
	}
	b.say("hangUp", "001") // the call is there still
	a.hear("hangUp")
	r.NoMedia()
}

func TestSDPThatCannotBeUsedEndsThatPagesOwnCallOnly(t *testing.T) {
	for name, sdp := range map[string]string{
		"malformed": "v=0 nonsense", "without sections": "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", "ten sections": tenSections(t),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			others := [2]*browser{r.open("ring-a", "002"), r.open("ring-b", "002")}
			call(others[0], others[1])
			caller, callee := r.open("ring-a", "001"), r.open("ring-b", "001")
			caller.say("callRemote", "001")
			callee.hear(callee.ring())
			callee.say("acceptCall", "001")
			caller.hear("acceptCall")
			callee.hear("sendOffer")
			caller.say("sendOffer", map[string]any{"offer": leg.Description{Type: "offer", SDP: sdp}})
			caller.hear("callError")
			for range caller.heard { // until it is closed
			}
			callee.hear("hangUp")

			caller = r.open("ring-a", "001")
			caller.say("callRemote", "001")
			callee.hear(callee.ring())
			callee.say("acceptCall", "001")
			callee.hear("sendOffer")
			callee.say("sendAnswer", map[string]any{"answer": leg.Description{Type: "answer", SDP: sdp}})
			callee.hear("callError")
			caller.hear("hangUp")
			others[1].say("hangUp", "002")
			others[0].hear("hangUp")
		})
	}
}

func TestOfferOfTheCalleeAndAnswerNobodyAskedForAreRefused(t *testing.T) {
	r := newRig(t)
	a, b := r.open("ring-a", "001"), r.open("ring-b", "001")
	stranger := r.open("ring-a", "002") // who leaves while it alone is rung ends the call
	stranger.say("sendAnswer", map[string]any{"answer": leg.Description{Type: "answer", SDP: "v=0"}})
	stranger.hear("callError")
	stranger.close()
	call(a, b)
	second := dialecttest.Connect(t)
	b.say("sendOffer", map[string]any{"offer": leg.Description{Type: "offer", SDP: second.Offer()}})
	b.hear("callError")
	a.say("sendAnswer", map[string]any{"answer": leg.Description{Type: "answer", SDP: "v=0"}})
	a.hear("callError")
	b.say("hangUp", "001") // the call went on
	a.hear("hangUp")
	r.NoMedia()
}

func TestNothingOfOneBrowserReachesTheOther(t *testing.T) {
	r := newRig(t)
	a, b := r.open("ring-a", "001"), r.open("ring-b", "001")
	secret := map[string]any{"roomId": "001", "candidate": map[string]any{
		"candidate": "candidate:1 1 udp 2122260223 192.0.2.77 50000 typ host", "sdpMid": "0",
	}}
	a.say("callRemote", "001")
	b.hear(b.ring())
	a.say("sendCandidate", secret)
	b.say("acceptCall", "001")
	b.say("sendCandidate", secret)
	a.makeOffer()
	b.takeOffer()
	for _, page := range []*browser{a, b} {
		other := a
		if page == a {
			other = b
		}
		dialecttest.ForTwo(t, page.pc.PC.RemoteDescription().SDP, 2, other.pc.PC.LocalDescription().SDP)
	}
	a.say("hangUp", "001")
	for _, page := range []*browser{a, b} {
		for heard := range page.heard {
			if strings.Contains(heard.name, "andidate") || strings.Contains(string(heard.arg), "192.0.2.77") {
				t.Errorf("%s heard %s %s", page.kind, heard.name, heard.arg)
			}
			if heard.name == "hangUp" {
				break
			}
		}
	}
}
