package sfu_test

import (
	"testing"
	"time"

	"github.com/pion/dtls/v3"

	"callrelay/sfu"
	"callrelay/sfu/sfutest/bare"
)

// eventually waits for a condition on the real clock, generously.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	late := time.Now().Add(30 * time.Second)
	for !done() {
		if time.Now().After(late) {
			t.Fatalf("not in time: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// bareCall is a room of two bare clients over real sockets.
func bareCall(t *testing.T, config sfu.Config, profile dtls.SRTPProtectionProfile) (s *sfu.SFU, a, b *bare.Client) {
	t.Helper()
	config.Observer = ignore{}
	s, err := sfu.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	a, b = bare.Connect(t, s, "a", 1, profile), bare.Connect(t, s, "b", 2, profile)
	t.Cleanup(a.Close)
	t.Cleanup(b.Close)
	for _, c := range []*bare.Client{a, b} {
		must(t, s.Join(t.Context(), "room", c.ID, everything))
	}
	return s, a, b
}

// heardBy tells whether a client has received a payload.
func heardBy(c *bare.Client, payload string) bool {
	for _, p := range c.Received() {
		if string(p.Payload) == payload {
			return true
		}
	}
	return false
}

func TestMediaPassOverRealSocketsByEitherIngress(t *testing.T) {
	for _, row := range []struct {
		name    string
		config  sfu.Config
		profile dtls.SRTPProtectionProfile
	}{
		{"own, GCM", sfu.Config{}, dtls.SRTP_AEAD_AES_128_GCM},
		{"own, GCM-256", sfu.Config{}, dtls.SRTP_AEAD_AES_256_GCM},
		{"own, CM", sfu.Config{}, dtls.SRTP_AES128_CM_HMAC_SHA1_80},
		{"own, IPv6", sfu.Config{Listen: "[::1]:0"}, dtls.SRTP_AEAD_AES_128_GCM},
		{"Pion's", sfu.Config{PlainIngress: true}, dtls.SRTP_AEAD_AES_128_GCM},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, a, b := bareCall(t, row.config, row.profile)
			want := map[bool]string{false: "own", true: "pion"}[row.config.PlainIngress]
			if got := s.Stats().Transport["ingress"]; got != want {
				t.Errorf("ingress %q, want %q", got, want)
			}
			number := uint16(0)
			eventually(t, "b hears a", func() bool {
				number++
				a.Send(a.Seal(a.Opus(number, "from a")))
				return heardBy(b, "from a")
			})
			if n := s.Stats().Dropped["unopened"]; n != 0 {
				t.Errorf("%d packets could not be opened", n)
			}
		})
	}
}
