package relay

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/logging"
	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quiet is a logger factory for Pion.
func quiet() logging.LoggerFactory {
	f := logging.NewDefaultLoggerFactory()
	f.DefaultLogLevel = logging.LogLevelDisabled
	return f
}

// socket is a media socket.
type socket struct{ *net.UDPConn }

func (s socket) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	return s.ReadFromUDPAddrPort(b)
}

func (s socket) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	return s.WriteToUDPAddrPort(b, to)
}

// rig is a server with one media port on loopback.
type rig struct {
	t        *testing.T
	hub      *Hub
	port     *Port
	media    netip.AddrPort
	server   *Server
	listener net.Listener
}

func newRig(t *testing.T) *rig {
	t.Helper()
	udp, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, hub: NewHub(), listener: l, media: udp.LocalAddr().(*net.UDPAddr).AddrPort()}
	r.port = r.hub.NewPort(socket{udp})
	r.hub.Announce([]netip.AddrPort{r.media}, []*Port{r.port})
	if r.server, err = New(r.hub, []net.Listener{l}, []*Port{r.port}, quiet()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = r.server.Close()
		_ = r.port.Close()
	})
	return r
}

// client over TCP with a credential; nothing is allocated yet.
func (r *rig) client(user, password string) (*turn.Client, net.Conn) {
	r.t.Helper()
	c, err := net.Dial("tcp", r.listener.Addr().String())
	if err != nil {
		r.t.Fatal(err)
	}
	client, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: r.listener.Addr().String(), Conn: turn.NewSTUNConn(c),
		Username: user, Password: password, Realm: realm, LoggerFactory: quiet(),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := client.Listen(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		client.Close()
		_ = c.Close()
	})
	return client, c
}

func (r *rig) allocate() net.PacketConn {
	r.t.Helper()
	client, _ := r.client(r.server.Credential("s", time.Now()))
	conn, err := client.Allocate()
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestAPacketGoesToTheMediaPortAndBack(t *testing.T) {
	r := newRig(t)
	conn := r.allocate()
	if _, err := conn.WriteTo([]byte{0x80, 1, 2}, net.UDPAddrFromAddrPort(r.media)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 2000)
	n, from, err := r.port.ReadFromAddrPort(b)
	if err != nil || n != 3 || from.String() != conn.LocalAddr().String() {
		t.Fatalf("%x from %v (%v), want 3 bytes from %v", b[:n], from, err, conn.LocalAddr())
	}
	if from.Port() == r.media.Port() {
		t.Error("the relayed address is the media port's")
	}
	if _, err = r.port.WriteToAddrPort([]byte{0x81, 5, 1, 2, 3, 4, 5, 6, 7, 8}, from); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if n, back, err := conn.ReadFrom(b); err != nil || n != 10 || back.String() != r.media.String() {
		t.Errorf("%x from %v (%v)", b[:n], back, err)
	}
}

func TestAWaitingReaderOfTheSocketSeesWhatIsRelayed(t *testing.T) {
	r := newRig(t)
	conn := r.allocate()
	read := make(chan int, 3)
	go func() {
		b := make([]byte, 2000)
		for {
			n, _, err := r.port.ReadFromAddrPort(b)
			if err != nil {
				close(read)
				return
			}
			read <- n
		}
	}()
	direct, err := net.Dial("udp", r.media.String())
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Close()
	for i := 1; i <= 3; i++ {
		if i == 2 {
			_, err = direct.Write(make([]byte, 100+i))
		} else {
			_, err = conn.WriteTo(append([]byte{0x80}, make([]byte, 100+i-1)...), net.UDPAddrFromAddrPort(r.media))
		}
		if err != nil {
			t.Fatal(err)
		}
		select {
		case n := <-read:
			if n != 100+i {
				t.Errorf("packet %d has %d bytes", i, n)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("packet %d was not read", i)
		}
	}
	_ = r.port.Close()
	for range read { //nolint:revive // until the reader has ended
	}
}

// special are addresses that a relay must never reach.
func special() []string {
	return []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.2", "127.255.255.254", "169.254.169.254", "169.254.1.1",
		"172.16.0.1", "172.31.255.254", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1",
		"203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "8.8.8.8",
		"::", "::1", "::ffff:127.0.0.2", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1",
		"fc00::1", "fe80::1", "ff02::1",
	}
}

func TestNothingIsRelayedToSpecialAddresses(t *testing.T) {
	r := newRig(t)
	conn := r.allocate()
	if len(special()) != 32 {
		t.Fatalf("%d addresses", len(special()))
	}
	for _, text := range special() {
		_, err := conn.WriteTo([]byte{0x80, 1}, &net.UDPAddr{IP: net.ParseIP(text), Port: int(r.media.Port())})
		if err == nil {
			t.Errorf("%s is allowed", text)
		}
	}
	if !r.hub.permits(r.media.Addr().AsSlice()) {
		t.Error("the media address is refused")
	}
	for _, text := range special() {
		if r.hub.permits(net.ParseIP(text)) {
			t.Errorf("%s is permitted", text)
		}
	}
}

func TestNothingIsRelayedToOtherPortsOfThisHost(t *testing.T) {
	r := newRig(t)
	conn := r.allocate()
	other, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	// The address is permitted, so only the port can stop it.
	for range 3 {
		if _, err = conn.WriteTo([]byte{0x80, 1}, other.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	// When this has come, the three before it have been dealt with.
	if _, err = conn.WriteTo([]byte{0x80, 2}, net.UDPAddrFromAddrPort(r.media)); err != nil {
		t.Fatal(err)
	}
	if _, _, err = r.port.ReadFromAddrPort(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if got := r.server.Stats()["turn_refused_peer"]; got != 3 {
		t.Errorf("%d packets were refused, want 3", got)
	}
	_ = other.SetReadDeadline(time.Unix(1, 0))
	if n, _, err := other.ReadFrom(make([]byte, 100)); err == nil {
		t.Errorf("the other port got %d bytes", n)
	}
}

func TestACredentialIsGoodForFourAllocations(t *testing.T) {
	r := newRig(t)
	user, password := r.server.Credential("s", time.Now())
	for i := range 40 {
		client, _ := r.client(user, password)
		conn, err := client.Allocate()
		if i < maxPerCredential {
			if err != nil {
				t.Fatalf("allocation %d: %v", i, err)
			}
			defer conn.Close()
			continue
		}
		if err == nil || !strings.Contains(err.Error(), "486") {
			t.Fatalf("allocation %d: %v, want 486", i, err)
		}
	}
	// Another credential of the session has its own.
	client, _ := r.client(r.server.Credential("s", time.Now()))
	if conn, err := client.Allocate(); err != nil {
		t.Error(err)
	} else {
		defer conn.Close()
	}
	if got := r.server.Stats()["turn_quota_reached"]; got != 36 {
		t.Errorf("%d refusals are counted", got)
	}
}

func TestWhatIsFreedMayBeAllocatedAgain(t *testing.T) {
	r := newRig(t)
	user, password := r.server.Credential("s", time.Now())
	for range 3 * maxPerCredential {
		client, c := r.client(user, password)
		conn, err := client.Allocate()
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
		_ = c.Close()
		for r.hub.uses(user) {
			time.Sleep(time.Millisecond)
		}
	}
}

func TestOnlyOurFreshCredentialsAreGood(t *testing.T) {
	r := newRig(t)
	stale, password := r.server.Credential("s", time.Now().Add(-TTL-time.Second))
	fresh, _ := r.server.Credential("s", time.Now())
	for name, row := range map[string][2]string{
		"expired": {stale, password}, "of another": {fresh, password}, "invented": {"9999999999:x:s", "p"}, "without a time": {"ann", "p"},
	} {
		client, _ := r.client(row[0], row[1])
		if conn, err := client.Allocate(); err == nil {
			_ = conn.Close()
			t.Errorf("%s: allowed", name)
		}
	}
}

func TestACredentialThatExpiresKeepsItsAllocation(t *testing.T) {
	r := newRig(t)
	user, _ := r.server.Credential("s", time.Now())
	late := time.Now().Add(TTL + time.Second)
	if r.server.good(user, stun.MethodRefresh, late) {
		t.Error("without an allocation it is good for refreshing")
	}
	one, err := r.hub.open(false, user)
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	if !r.server.good(user, stun.MethodRefresh, late) || r.server.good(user, stun.MethodAllocate, late) {
		t.Error("want it good for refreshing, and for nothing new")
	}
}

func TestStrangersOverUDPGetFewReplies(t *testing.T) {
	r := newRig(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := make([]byte, 2000)
		for {
			if _, _, err := r.port.ReadFromAddrPort(b); err != nil {
				return
			}
		}
	}()
	c, err := net.Dial("udp", r.media.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	allocate := stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest))
	began := time.Now()
	sent, in := 2500, 0
	for range sent {
		if _, err = c.Write(allocate.Raw); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Fatal(err)
		}
	}
	b := make([]byte, 2000)
	replies := 0
	for {
		_ = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		n, err := c.Read(b)
		if err != nil {
			break
		}
		replies++
		in += n
	}
	seconds := int(time.Since(began)/time.Second) + 1
	if replies == 0 || replies > 10*seconds || in > sent*len(allocate.Raw) {
		t.Errorf("%d replies of %d bytes to %d messages in %d s", replies, in, sent, seconds)
	}
	_ = r.port.Close()
	<-done
}

func TestASignedMessageIsKnownBeforeAnythingIsDoneForIt(t *testing.T) {
	r := newRig(t)
	user, password := r.server.Credential("s", time.Now())
	build := func(user, password string) []byte {
		return stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest),
			stun.NewUsername(user), stun.NewRealm(realm), stun.NewLongTermIntegrity(user, realm, password)).Raw
	}
	if !r.server.signed(build(user, password)) {
		t.Error("ours is not known")
	}
	if r.server.signed(build(user, "guess")) || r.server.signed(build("9:x:s", password)) || r.server.signed([]byte{0x40, 0}) {
		t.Error("a forged one is taken for ours")
	}
}

func TestTheLengthThatHangsTheParserEndsTheConnection(t *testing.T) {
	r := newRig(t)
	c, err := net.Dial("tcp", r.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	message := stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest)).Raw
	message[2], message[3] = 0xff, 0xec
	if _, err = c.Write(message); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	if n, err := c.Read(make([]byte, 100)); err == nil {
		t.Errorf("answered with %d bytes", n)
	} else if timeout, ok := err.(net.Error); ok && timeout.Timeout() { //nolint:errorlint // of a connection
		t.Error("still open")
	}
	if got := r.server.Stats()["turn_bad_frames"]; got != 1 {
		t.Errorf("%d bad frames are counted", got)
	}
}

func TestAConnectionWithoutAnAllocationSaysOnlySoMuch(t *testing.T) {
	r := newRig(t)
	c, err := net.Dial("tcp", r.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	message := stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest)).Raw
	go func() {
		for range 1000 {
			if _, err := c.Write(message); err != nil {
				return
			}
		}
	}()
	total := 0
	b := make([]byte, 4096)
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		n, err := c.Read(b)
		total += n
		if err != nil {
			break
		}
	}
	if total > maxBefore*200 {
		t.Errorf("%d bytes were answered", total)
	}
}

func TestMediaIsNotTakenForTURN(t *testing.T) {
	build := func(s ...stun.Setter) []byte {
		return stun.MustBuild(append([]stun.Setter{stun.TransactionID}, s...)...).Raw
	}
	for name, row := range map[string]struct {
		b    []byte
		want bool
	}{
		"RTP":              {[]byte{0x80, 96, 0, 0}, false},
		"DTLS":             {[]byte{22, 254, 253}, false},
		"nothing":          {nil, false},
		"ChannelData":      {[]byte{0x40, 0, 0, 1, 9}, true},
		"check":            {build(stun.BindingRequest, stun.NewUsername("a:b")), false},
		"answer":           {build(stun.BindingSuccess), false},
		"error":            {build(stun.BindingError), false},
		"plain STUN":       {build(stun.BindingRequest), true},
		"allocate":         {build(stun.NewType(stun.MethodAllocate, stun.ClassRequest)), true},
		"send":             {build(stun.NewType(stun.MethodSend, stun.ClassIndication)), true},
		"refresh, too few": {build(stun.NewType(stun.MethodRefresh, stun.ClassRequest))[:19], false},
	} {
		if got := isTURN(row.b); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzIsTURN(f *testing.F) {
	f.Add(stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("a:b")).Raw)
	f.Fuzz(func(t *testing.T, b []byte) {
		if isTURN(b) && b[0] >= 0x80 {
			t.Errorf("%x is media", b)
		}
	})
}

func FuzzFrames(f *testing.F) {
	f.Add(stun.MustBuild(stun.TransactionID, stun.BindingRequest).Raw, 3)
	f.Add([]byte{0x40, 0, 0, 2, 1, 2, 0, 0, 0x40, 0, 0, 0}, 1)
	f.Fuzz(func(t *testing.T, b []byte, piece int) {
		var whole, parts frames
		want := whole.follow(b)
		var got error
		for rest := b; len(rest) > 0 && got == nil; {
			n := min(max(1, piece), len(rest))
			got = parts.follow(rest[:n])
			rest = rest[n:]
		}
		if fmt.Sprint(want) != fmt.Sprint(got) || want == nil && whole != parts {
			t.Errorf("%x in pieces of %d: %v %+v, want %v %+v", b, piece, got, parts, want, whole)
		}
	})
}

func FuzzUser(f *testing.F) {
	f.Add("1:a:s")
	f.Fuzz(func(t *testing.T, user string) {
		if expiry(user).IsZero() && strings.Count(user, ":") > 1 && sessionOf(user) == user {
			t.Errorf("%q", user)
		}
	})
}

func TestAllocationOverTCPLeavesICETCPAHeadStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer near.Close()
		defer far.Close()
		c := &client{Conn: near}
		told := func(kind uint16) time.Duration {
			message := make([]byte, headerSize)
			binary.BigEndian.PutUint16(message, kind)
			begun := time.Now()
			go func() { _, _ = c.Write(message) }()
			if _, err := io.ReadFull(far, message); err != nil {
				t.Error(err)
			}
			return time.Since(begun)
		}
		if after := told(allocateSuccess); after != headStart {
			t.Errorf("an allocation is told of after %v", after)
		}
		if after := told(0x0113); after != 0 {
			t.Errorf("an error is told of after %v", after)
		}
	})
}
