package ring

import "testing"

func FuzzDecodeRaw(f *testing.F) {
	for _, seed := range []string{
		`{"event":"joinRoom","roomId":"001"}`,
		`{"event":"sendOffer","roomId":"001","offer":"` + encodeDescription("offer", "v=0") + `"}`,
		`{"event":"sendAnswer","answer":"%%%"}`, `[]`, `{"event":1}`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, ok := decodeRaw(b)
		if ok && m.Event == "" {
			t.Error("an event without a name is taken")
		}
		for _, kind := range []string{"offer", "answer"} {
			if sdp, ok := decodeDescription(m.Offer, kind); ok && sdp == "" {
				t.Error("an empty description is taken")
			}
		}
	})
}

func TestBadInputClosesThatPageOnly(t *testing.T) {
	r := newRig(t)
	a, b := r.open("raw-ws", "001"), r.open("ring-a", "001")
	call(a, b)
	for _, text := range []string{
		"not json", `{"event":""}`, `{"event":"sendOffer","offer":"%"}`,
		`{"event":"sendAnswer","answer":"` + encodeDescription("offer", "v=0") + `"}`, `{"event":"joinRoom","roomId":"other"}`,
	} {
		bad := r.open("raw-ws", "001")
		bad.write(text)
		for range bad.heard { // until it is closed
		}
	}
	b.say("hangUp", "001") // the call is there still
	b.hear("hangUp")
	r.NoMedia()
}
