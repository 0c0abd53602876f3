package relay

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
)

// TestAClientThatNamesNoFamilyGetsARelay at a server whose addresses are of one family, whichever it comes by.
func TestAClientThatNamesNoFamilyGetsARelay(t *testing.T) {
	for _, row := range []struct{ media, door string }{
		{"[::1]", "[::1]:0"}, {"[::1]", "127.0.0.1:0"}, {"[::1]", ":0"}, {"127.0.0.1", "[::1]:0"}, {"127.0.0.1", "127.0.0.1:0"},
	} {
		t.Run(row.media+" by "+row.door, func(t *testing.T) {
			udp, err := net.ListenPacket("udp", row.media+":0")
			if err != nil {
				t.Fatal(err)
			}
			media := udp.LocalAddr().(*net.UDPAddr).AddrPort()
			l, err := net.Listen("tcp", row.door)
			if err != nil {
				t.Fatal(err)
			}
			hub := NewHub()
			port := hub.NewPort(socket{udp.(*net.UDPConn)})
			defer port.Close()
			hub.Announce([]netip.AddrPort{media}, []*Port{port})
			server, err := New(hub, []net.Listener{l}, []*Port{port}, quiet())
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			user, password := server.Credential("s", time.Now())
			relayed, code := allocateWithoutFamily(t, l.Addr().String(), user, password)
			if code != 0 || relayed.Unmap() != media.Addr() {
				t.Errorf("relayed at %v (error %d), want %v", relayed, code, media.Addr())
			}
		})
	}
}

// allocateWithoutFamily asks as a browser does, without REQUESTED-ADDRESS-FAMILY.
func allocateWithoutFamily(t *testing.T, door, user, password string) (relayed netip.Addr, code int) {
	t.Helper()
	c, err := net.Dial("tcp", door)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	conn := turn.NewSTUNConn(c)
	ask := func(more ...stun.Setter) *stun.Message {
		setters := append([]stun.Setter{
			stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest),
			stun.RawAttribute{Type: stun.AttrRequestedTransport, Value: []byte{17, 0, 0, 0}},
		}, more...)
		if _, err := conn.WriteTo(stun.MustBuild(setters...).Raw, nil); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 1500)
		n, _, err := conn.ReadFrom(b)
		if err != nil {
			t.Fatal(err)
		}
		m := &stun.Message{Raw: b[:n]}
		if err := m.Decode(); err != nil {
			t.Fatal(err)
		}
		return m
	}
	var nonce stun.Nonce
	if err := nonce.GetFrom(ask()); err != nil {
		t.Fatal(err)
	}
	answer := ask(stun.NewUsername(user), stun.NewRealm(realm), nonce, stun.NewLongTermIntegrity(user, realm, password))
	var failed stun.ErrorCodeAttribute
	if failed.GetFrom(answer) == nil {
		return netip.Addr{}, int(failed.Code)
	}
	var at stun.XORMappedAddress
	if err := at.GetFromAs(answer, stun.AttrXORRelayedAddress); err != nil {
		t.Fatal(err)
	}
	addr, _ := netip.AddrFromSlice(at.IP)
	return addr, 0
}
