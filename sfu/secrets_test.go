package sfu_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"

	"github.com/pion/dtls/v3"

	"callrelay/sfu"
	"callrelay/sfu/sfutest/bare"
)

// shown is all that is written to it and all events, as text.
type shown struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *shown) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *shown) Observe(e sfu.Event) { fmt.Fprintf(s, "%+v %#v\n", e, e) }

func TestKeysReachNoLogNoMetricNoEventNoErrorAndNoProfile(t *testing.T) {
	var out shown
	s, err := sfu.New(sfu.Config{
		Observer: &out, Log: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true})),
	})
	must(t, err)
	defer func() { _ = s.Close() }()
	a := bare.Connect(t, s, "a", 1, dtls.SRTP_AEAD_AES_128_GCM)
	defer a.Close()
	b := bare.Connect(t, s, "b", 2, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	defer b.Close()
	for _, c := range []*bare.Client{a, b} {
		must(t, s.Join(t.Context(), "room", c.ID, everything))
	}
	number := uint16(0)
	eventually(t, "b hears a", func() bool {
		number++
		a.Send(a.Seal(a.Opus(number, "from a")))
		a.Send([]byte{0x80, 111, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3})
		return heardBy(b, "from a")
	})
	secrets := append(s.Secrets("a"), s.Secrets("b")...)
	if len(secrets) != 4 || len(secrets[0]) != 16 {
		t.Fatalf("%d secrets", len(secrets))
	}
	_, err = s.Answer(t.Context(), sfu.Seat{Participant: "a", Generation: 1}, "no sdp", nil)
	fmt.Fprintf(&out, "%v %+v\n", err, s.Stats())
	for _, profile := range pprof.Profiles() {
		for debug := range 3 {
			must(t, profile.WriteTo(&out, debug))
		}
	}
	must(t, s.Remove(t.Context(), "a"))
	must(t, s.Close())
	text := out.text.String()
	if !strings.Contains(text, "media ports open") || !strings.Contains(text, "goroutine profile") {
		t.Fatal("nothing was shown")
	}
	for _, secret := range secrets {
		decimal := strings.Trim(fmt.Sprintf("%d", secret), "[]")
		for _, form := range []string{
			string(secret), hex.EncodeToString(secret), strings.ToUpper(hex.EncodeToString(secret)),
			base64.StdEncoding.EncodeToString(secret), decimal, strings.ReplaceAll(decimal, " ", ", "),
		} {
			if strings.Contains(text, form) {
				t.Error("a key is shown")
			}
		}
	}
}
