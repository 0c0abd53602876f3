package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/pion/stun/v4"
)

func TestAdvertiseTakesAddressesNamesAndWhatIsBehindThem(t *testing.T) {
	c := parse(t, "--advertise", "203.0.113.5=10.0.0.7", "--advertise", "calls.example.org", "--advertise", "2001:db8::5")
	s, err := c.check()
	if err != nil {
		t.Fatal(err)
	}
	resolve := func(context.Context, string, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("203.0.113.6"), netip.MustParseAddr("2001:db8::5")}, nil
	}
	if err = s.discover(t.Context(), resolve, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range s.advertise {
		got = append(got, a.String())
	}
	if want := []string{"203.0.113.5", "203.0.113.6", "2001:db8::5"}; !slices.Equal(got, want) {
		t.Errorf("advertised %q, want %q", got, want)
	}
	if local := s.behind[netip.MustParseAddr("203.0.113.5")]; local.String() != "10.0.0.7" {
		t.Errorf("behind it is %v", local)
	}
}

func TestAWrongAdvertiseIsASentenceThatNamesTheSetting(t *testing.T) {
	for _, value := range []string{"203.0.113.300", "1.2.3", "a b", "0.0.0.0", "224.0.0.1", "203.0.113.5=here", "203.0.113.5=fd00::1", "", "-x.org", "=10.0.0.1"} {
		_, err := Config{Advertise: []string{value}}.check()
		if err == nil || !strings.Contains(err.Error(), "--advertise (CALLRELAY_ADVERTISE)") {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func TestANameThatDoesNotExistEndsTheStartAndOneThatCannotBeAskedDoesNot(t *testing.T) {
	for _, row := range []struct {
		err  error
		ends bool
	}{
		{&net.DNSError{Err: "no such host", IsNotFound: true}, true},
		{&net.DNSError{Err: "server misbehaving", IsTemporary: true}, false},
		{errors.New("no network"), false},
	} {
		s := settings{rules: []advertised{{text: "calls.example.org"}}}
		err := s.discover(t.Context(), func(context.Context, string, string) ([]netip.Addr, error) { return nil, row.err }, slog.New(slog.NewTextHandler(io.Discard, nil)))
		if (err != nil) != row.ends {
			t.Errorf("%v: %v", row.err, err)
		}
		if err != nil && !strings.Contains(err.Error(), "--advertise") {
			t.Errorf("the setting is not named: %v", err)
		}
	}
}

// stunServer answers on loopback as a NAT's outside would be seen.
func stunServer(t *testing.T, answer func(request *stun.Message) []byte) string {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = c.Close()
		<-done
	})
	go func() {
		defer close(done)
		b := make([]byte, 1500)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			m := &stun.Message{Raw: b[:n]}
			if m.Decode() != nil {
				continue
			}
			if out := answer(m); out != nil {
				_, _ = c.WriteTo(out, from)
			}
		}
	}()
	return c.LocalAddr().String()
}

func TestASTUNServerTellsThePublicAddress(t *testing.T) {
	loopback := netip.MustParseAddr("127.0.0.1")
	server := stunServer(t, func(m *stun.Message) []byte {
		return stun.MustBuild(m, stun.BindingSuccess, &stun.XORMappedAddress{IP: net.ParseIP("203.0.113.9"), Port: 1}).Raw
	})
	found := askSTUN(t.Context(), []string{server}, []netip.Addr{loopback})
	if len(found) != 1 || found[0].err != nil || found[0].public.String() != "203.0.113.9" || found[0].local != loopback {
		t.Errorf("found %+v", found)
	}
}

func TestASTUNServerThatIsSilentDoesNotStopTheStart(t *testing.T) {
	silent := []string{stunServer(t, func(*stun.Message) []byte { return nil }), "no.such.host.invalid:1"}
	s := settings{Config: Config{STUN: silent}}
	ctx, cancel := context.WithTimeout(t.Context(), stunAgain)
	defer cancel()
	if err := s.discover(ctx, net.DefaultResolver.LookupNetIP, slog.New(slog.DiscardHandler)); err != nil || len(s.advertise) != 0 {
		t.Errorf("advertised %v, error %v", s.advertise, err)
	}
	if !slices.Equal(s.silentSTUN, silent) {
		t.Errorf("silent: %v", s.silentSTUN)
	}
}

func FuzzReadSTUN(f *testing.F) {
	request := stun.MustBuild(stun.TransactionID, stun.BindingRequest)
	f.Add(stun.MustBuild(request, stun.BindingSuccess, &stun.XORMappedAddress{IP: net.ParseIP("203.0.113.9"), Port: 1}).Raw)
	f.Fuzz(func(t *testing.T, b []byte) {
		if addr, ok := readSTUN(b, request.TransactionID); ok && !addr.IsGlobalUnicast() {
			t.Errorf("%x gives %v", b, addr)
		}
	})
}
