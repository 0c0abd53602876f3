package peerjs

import (
	"net/url"
	"strings"
	"testing"

	"callrelay/dialect/internal/leg"
)

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"type":"HEARTBEAT"}`,
		`{"type":"OFFER","dst":"bob","payload":{"sdp":{"type":"offer","sdp":"v=0\r\nm=audio 9 X 0"},"type":"media","connectionId":"mc_1","metadata":{"a":[1]}}}`,
		`{"type":"CANDIDATE","dst":"bob","payload":{"candidate":{},"type":"data","connectionId":"dc_1"}}`,
		`{"type":"ANSWER","dst":1}`, `[]`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := decode(text)
		if err != nil {
			return
		}
		if m.kind == kindMedia && m.Type != typeCandidate && m.sdp == "" {
			t.Error("a description without SDP is taken")
		}
		if m.kind != "" && (m.Dst == "" || m.connection == "") {
			t.Errorf("%+v is taken", m)
		}
		_ = described("offer", m.connection, m.sdp, m.Payload)
		if answer := refusal(m.sdp); strings.Contains(answer, "m=audio 9") {
			t.Errorf("a refusal takes a section: %q", answer)
		}
	})
}

func TestRefusalTakesNoSectionAndKeepsTheirOrder(t *testing.T) {
	got := refusal("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n" +
		"m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=mid:0\r\na=sendrecv\r\n" +
		"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:x\r\n")
	want := "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n" +
		"m=audio 0 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\na=mid:0\r\n" +
		"m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\na=mid:x\r\n"
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestBadInputEndsThatPageAndNobodyElsesCall(t *testing.T) {
	r := newRig(t, Config{})
	a, b := r.open("ann"), r.open("bob")
	caller, callee := talk(a, b, "mc_1")
	for name, text := range map[string]string{
		"not JSON":              `nonsense`,
		"too deep":              strings.Repeat("[", 100),
		"no type":               `{}`,
		"a type of the server":  `{"type":"OPEN"}`,
		"for nobody":            `{"type":"OFFER","payload":{}}`,
		"no payload":            `{"type":"OFFER","dst":"ann"}`,
		"no connection":         `{"type":"CANDIDATE","dst":"ann","payload":{"type":"media"}}`,
		"an answer as an offer": `{"type":"OFFER","dst":"ann","payload":{"type":"media","connectionId":"m","sdp":{"type":"answer","sdp":"v=0"}}}`,
		"SDP that is a number":  `{"type":"OFFER","dst":"ann","payload":{"type":"media","connectionId":"m","sdp":{"type":"offer","sdp":7}}}`,
		"SDP that is none":      `{"type":"OFFER","dst":"ann","payload":{"type":"media","connectionId":"m","sdp":{"type":"offer","sdp":"v=0 x"}}}`,
	} {
		t.Run(name, func(*testing.T) {
			bad := r.open("bad")
			if err := bad.conn.WriteMessage(1, []byte(text)); err != nil {
				t.Fatal(err)
			}
			bad.hear(typeError)
			bad.ended()
		})
	}
	for name, query := range map[string]url.Values{
		"no token":        {"key": {"peerjs"}, "id": {"x"}},
		"no id":           {"key": {"peerjs"}, "token": {"x"}},
		"an id of a path": {"key": {"peerjs"}, "id": {"../x"}, "token": {"x"}},
		"a key too long":  {"key": {strings.Repeat("k", 65)}, "id": {"x"}, "token": {"x"}},
		"a kept key":      {"key": {"kept"}, "id": {"x"}, "token": {"x"}},
	} {
		t.Run(name, func(*testing.T) {
			bad := r.dial(query)
			bad.hear(typeError)
			bad.ended()
		})
	}
	// Others' ids: an answer in the name of the callee, and to a call of nobody.
	bad := r.open("bad")
	bad.send(typeAnswer, "ann", mediaPayload{leg.Description{Type: "answer", SDP: "v=0"}, kindMedia, "mc_1", nil})
	bad.hear(typeLeave)
	callee.Close()
	caller.gone()
}

func TestAnswerThatCannotBeUsedEndsTheCalleesSocketAndIsToldTheCaller(t *testing.T) {
	r := newRig(t, Config{})
	a, b := r.open("ann"), r.open("bob")
	a.call("bob", "mc_1")
	b.hear(typeOffer)
	b.send(typeAnswer, "ann", mediaPayload{leg.Description{Type: "answer", SDP: "v=0 nonsense"}, kindMedia, "mc_1", nil})
	b.hear(typeError)
	b.ended()
	a.hear(typeAnswer)
	a.hear(typeLeave)
	r.NoMedia()
}
