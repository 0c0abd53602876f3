package sfu

import (
	"errors"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
)

type unobserved struct{}

func (unobserved) Observe(Event) {}

// dataOffer of a client that is never heard of again.
func dataOffer(t testing.TB) string {
	t.Helper()
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pc.GracefulClose() }()
	if _, err = pc.CreateDataChannel("check", nil); err != nil {
		t.Fatal(err)
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	return offer.SDP
}

func TestEchoesAreBoundedAndEndWithTheServer(t *testing.T) {
	s, err := New(Config{Observer: unobserved{}})
	if err != nil {
		t.Fatal(err)
	}
	offer := dataOffer(t)
	for i := range MaxEchoes {
		if _, err = s.Echo(t.Context(), offer, MaxEchoes); err != nil {
			t.Fatalf("echo %d: %v", i, err)
		}
	}
	if _, err = s.Echo(t.Context(), offer, MaxEchoes); !errors.Is(err, ErrBusy) {
		t.Errorf("one too many: %v", err)
	}
	if _, err = s.Echo(t.Context(), offer, 1000); !errors.Is(err, ErrBusy) {
		t.Errorf("with a bound above: %v", err)
	}
	if err = s.Close(); err != nil {
		t.Fatal(err)
	}
	if s.echoes != 0 {
		t.Errorf("%d are left", s.echoes)
	}
	if _, err = s.Echo(t.Context(), offer, MaxEchoes); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

func TestEchoRefusesWhatIsNoCheck(t *testing.T) {
	s, err := New(Config{Observer: unobserved{}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	section := "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
	head := "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
	for name, text := range map[string]string{
		"nothing": "", "no SDP": "hello", "no section": head, "four sections": head + strings.Repeat(section, 4),
		"too long": head + strings.Repeat("a=x\r\n", maxEchoOffer), "no keys": head + section,
	} {
		if _, err := s.Echo(t.Context(), text, MaxEchoes); !errors.Is(err, ErrBadSDP) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.tasks.Wait() // the refused ones are closed in the background
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.echoes != 0 {
		t.Errorf("%d are left", s.echoes)
	}
}
