package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"callrelay/sfu"
	"callrelay/signal"
	"callrelay/signal/protocol"
)

const answerSDP = "v=0 and so on"

func (noMedia) Answer(context.Context, sfu.Seat, string, []sfu.Section) (string, error) {
	return answerSDP, nil
}

// seated is a session in a room, and an offer for its seat.
func (r *rig) seated() (secret, offer string) {
	r.t.Helper()
	var welcome protocol.Welcome
	page, err := r.server.Enter(signal.TokenGrants{User: "ann", Rooms: []string{"review"}, Publish: true}, func(m protocol.ServerMessage) {
		switch m := m.(type) {
		case protocol.Welcome:
			welcome = m
		case protocol.Ticket:
			welcome.Session = m.Session
		}
	})
	if err != nil {
		r.t.Fatal(err)
	}
	reply, err := page.Ask(r.t.Context(), protocol.JoinRoom{Name: "review"})
	joined, ok := reply.(protocol.Joined)
	if !ok {
		r.t.Fatal(reply, err)
	}
	text, err := protocol.Encode(protocol.Envelope{}, protocol.Offer{Participant: joined.Room.Self, Generation: 1, SDP: "v=0"})
	if err != nil {
		r.t.Fatal(err)
	}
	return welcome.Session, string(text)
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func post(server *signal.Server, secret, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/offer", strings.NewReader(body))
	if secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	EarlyOffer(server).ServeHTTP(w, r)
	return w
}

func TestAnEarlyOfferIsAnsweredByHTTP(t *testing.T) {
	r := newRig(t, nil)
	secret, offer := r.seated()
	plain := post(r.server, secret, offer)
	short := post(r.server, secret, packed(t, offer), "Content-Encoding", "gzip", "Accept-Encoding", "gzip, br")
	if short.Header().Get("Content-Encoding") != "gzip" || plain.Header().Get("Content-Encoding") != "" {
		t.Fatalf("%d %v, %d %v", plain.Code, plain.Header(), short.Code, short.Header())
	}
	unpacked, err := gzip.NewReader(short.Body)
	if err != nil {
		t.Fatal(err)
	}
	for what, body := range map[string]io.Reader{"plain": plain.Body, "packed": unpacked} {
		var answer protocol.Answer
		if err := json.NewDecoder(body).Decode(&answer); err != nil || answer.SDP != answerSDP || answer.Generation != 1 {
			t.Errorf("%s: %+v, %v", what, answer, err)
		}
	}
	if cache := plain.Header().Get("Cache-Control"); cache != "no-store" {
		t.Errorf("an answer may be kept: %q", cache)
	}
}

func TestWhatIsNoEarlyOfferIsRefused(t *testing.T) {
	r := newRig(t, nil)
	secret, offer := r.seated()
	for _, row := range []struct {
		what, secret, body, encoding string
		status                       int
		code                         protocol.ErrorCode
	}{
		{"no secret", "", offer, "", http.StatusUnauthorized, protocol.ErrUnauthorized},
		{"another's secret", "x" + secret, offer, "", http.StatusUnauthorized, protocol.ErrUnauthorized},
		{"no JSON", secret, "{", "", http.StatusBadRequest, protocol.ErrBadMessage},
		{"another message", secret, `{"type":"bye"}`, "", http.StatusBadRequest, protocol.ErrUnknownType},
		{"a generation that is past", secret, strings.Replace(offer, `"generation":1`, `"generation":0`, 1), "", http.StatusUnprocessableEntity, protocol.ErrInvalid},
		{"not packed", secret, offer, "gzip", http.StatusBadRequest, protocol.ErrBadMessage},
		{"packed and cut off", secret, packed(t, offer)[:30], "gzip", http.StatusBadRequest, protocol.ErrBadMessage},
		{"too long", secret, offer + strings.Repeat(" ", protocol.MaxOfferMessage), "", http.StatusRequestEntityTooLarge, protocol.ErrTooLarge},
		{"too long once unpacked", secret, packed(t, strings.Repeat(" ", 100<<20)+offer), "gzip", http.StatusRequestEntityTooLarge, protocol.ErrTooLarge},
	} {
		w := post(r.server, row.secret, row.body, "Content-Encoding", row.encoding)
		var refusal protocol.Error
		if err := json.NewDecoder(w.Body).Decode(&refusal); err != nil || w.Code != row.status || refusal.Code != row.code || refusal.Message == "" {
			t.Errorf("%s: %d %+v %v, want %d %s", row.what, w.Code, refusal, err, row.status, row.code)
		}
	}
}

func FuzzEarlyOffer(f *testing.F) {
	f.Add([]byte(`{"type":"offer","participant":"p","generation":1,"sdp":"v=0"}`), false)
	f.Add([]byte("\x1f\x8b\x08\x00"), true)
	f.Fuzz(func(t *testing.T, body []byte, gzipped bool) {
		r := newRig(t, nil)
		secret, _ := r.seated()
		encoding := ""
		if gzipped {
			encoding = "gzip"
		}
		if w := post(r.server, secret, string(body), "Content-Encoding", encoding); w.Code >= http.StatusInternalServerError {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}
