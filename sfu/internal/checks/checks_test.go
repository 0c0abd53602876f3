package checks

import (
	"bytes"
	"net"
	"net/netip"
	"testing"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

var (
	server = Side{"server", "server's password, long"}
	client = Side{"client", "client's password, long"}
	from   = netip.MustParseAddrPort("192.0.2.7:4000")
)

// check of the client's, as Pion makes them.
func check(t *testing.T, more ...stun.Setter) []byte {
	t.Helper()
	setters := append([]stun.Setter{
		stun.BindingRequest, stun.TransactionID, stun.NewUsername("server:client"),
	}, more...)
	m, err := stun.Build(append(setters, stun.NewShortTermIntegrity(server.Password), stun.Fingerprint)...)
	if err != nil {
		t.Fatal(err)
	}
	return m.Raw
}

func TestAnswersAreWhatAnotherStackTakes(t *testing.T) {
	for _, address := range []string{"192.0.2.7:4000", "[2001:db8::7]:65535", "[::ffff:192.0.2.7]:1"} {
		own := netip.MustParseAddrPort(address)
		b := check(t, ice.AttrControlling(7), ice.PriorityAttr(1), ice.UseCandidate())
		out, ok := New(server, client, false).Answer(b, own, []byte("before"))
		if !ok || !bytes.HasPrefix(out, []byte("before")) {
			t.Fatalf("%s: no answer", address)
		}
		m := &stun.Message{Raw: out[len("before"):]}
		if err := m.Decode(); err != nil {
			t.Fatal(err)
		}
		var mapped stun.XORMappedAddress
		if err := mapped.GetFrom(m); err != nil {
			t.Fatal(err)
		}
		switch {
		case m.Type != stun.BindingSuccess || !bytes.Equal(m.TransactionID[:], b[8:20]):
			t.Errorf("%s: not the answer: %v", address, m)
		case stun.NewShortTermIntegrity(server.Password).Check(m) != nil || stun.Fingerprint.Check(m) != nil:
			t.Errorf("%s: broken", address)
		case !mapped.IP.Equal(net.IP(own.Addr().Unmap().AsSlice())) || mapped.Port != int(own.Port()):
			t.Errorf("%s: told as %v", address, mapped)
		}
	}
}

func TestOnlyAuthenticChecksThatAskForNoMoreAreAnswered(t *testing.T) {
	good := check(t, ice.AttrControlling(7), ice.PriorityAttr(1))
	forged := bytes.Clone(good)
	forged[len(forged)-12]++ // of the integrity
	changed := bytes.Clone(good)
	changed[8]++ // another transaction
	plain := stun.MustBuild(stun.BindingRequest, stun.TransactionID, stun.NewUsername("server:client"), ice.AttrControlling(7))
	other := stun.MustBuild(stun.BindingRequest, stun.TransactionID, stun.NewUsername("server:another"),
		ice.AttrControlling(7), stun.NewShortTermIntegrity(server.Password))
	after := append(bytes.Clone(good), 0x80, 0x22, 0, 0)
	after[3] += 4
	for name, row := range map[string]struct {
		b           []byte
		controlling bool
		want        bool
	}{
		"a check":                           {good, false, true},
		"of our own role":                   {good, true, false},
		"without a role":                    {check(t, ice.PriorityAttr(1)), false, false},
		"forged":                            {forged, false, false},
		"changed":                           {changed, false, false},
		"without integrity":                 {plain.Raw, false, false},
		"for others":                        {other.Raw, false, false},
		"with more after its integrity":     {after, false, false},
		"with what must be understood":      {check(t, ice.AttrControlling(7), stun.RawAttribute{Type: 0x0030, Value: []byte{0, 0, 0, 1}}), false, false},
		"with what may be ignored":          {check(t, ice.AttrControlling(7), stun.RawAttribute{Type: 0xc057, Value: []byte{0, 1, 0, 2}}), false, true},
		"cut off":                           {good[:len(good)-4], false, false},
		"an indication":                     {stun.MustBuild(stun.NewType(stun.MethodBinding, stun.ClassIndication), stun.TransactionID).Raw, false, false},
		"with a longer attribute than fits": {append(append(bytes.Clone(good[:3]), 8), append(good[4:20:20], 0, 6, 0, 9, 1, 2, 3, 4)...), false, false},
	} {
		if _, ok := New(server, client, row.controlling).Answer(row.b, from, nil); ok != row.want {
			t.Errorf("%s: answered %v", name, ok)
		}
	}
}

func TestOurChecksAreTakenByAnotherStackAndItsAnswersByUs(t *testing.T) {
	for _, controlling := range []bool{false, true} {
		c := New(server, client, controlling)
		m := &stun.Message{Raw: c.Ask(nil)}
		if err := m.Decode(); err != nil {
			t.Fatal(err)
		}
		var user stun.Username
		var role ice.AttrControl
		if user.GetFrom(m) != nil || user.String() != "client:server" || role.GetFrom(m) != nil || (role.Role == ice.Controlling) != controlling {
			t.Errorf("controlling %v: user %q, role %v", controlling, user, role)
		}
		if stun.NewShortTermIntegrity(client.Password).Check(m) != nil || stun.Fingerprint.Check(m) != nil {
			t.Error("a check that nobody takes")
		}
		answer := func(password string, id stun.Setter) []byte {
			return stun.MustBuild(id, stun.BindingSuccess, &stun.XORMappedAddress{IP: net.IPv4(192, 0, 2, 1), Port: 9},
				stun.NewShortTermIntegrity(password), stun.Fingerprint).Raw
		}
		for name, row := range map[string]struct {
			b               []byte
			authentic, ours bool
		}{
			"its answer":         {answer(client.Password, m), true, true},
			"to another":         {answer(client.Password, stun.TransactionID), true, false},
			"a forged one":       {answer(server.Password, m), false, false},
			"a check, no answer": {check(t, ice.AttrControlling(7)), false, false},
		} {
			if authentic, ours := c.Answered(row.b); authentic != row.authentic || ours != row.ours {
				t.Errorf("%s: authentic %v, ours %v", name, authentic, ours)
			}
		}
	}
}

func FuzzNoMessageBreaksTheParser(f *testing.F) {
	c := New(server, client, false)
	f.Add(c.Ask(nil))
	f.Add([]byte{0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 6, 0, 4, 'a', ':', 'b', 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		if _, ok := c.Answer(b, from, nil); ok {
			t.Error("somebody without the password was answered")
		}
		if authentic, _ := c.Answered(b); authentic {
			t.Error("somebody without the password has answered")
		}
		if !bytes.Equal(b, before) {
			t.Error("the message was changed")
		}
	})
}
