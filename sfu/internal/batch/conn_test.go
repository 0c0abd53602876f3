package batch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

var loopback = netip.MustParseAddrPort("127.0.0.1:0")

func listen(t testing.TB, config Config) *Conn {
	t.Helper()
	c, err := Listen(loopback, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// holdTimer lets only Flush send, however slow the machine is.
func holdTimer(t *testing.T, c *Conn) {
	c.mu.Lock()
	c.armed = true
	c.timerRuns.Add(1)
	c.mu.Unlock()
	t.Cleanup(func() {
		c.mu.Lock()
		c.disarm()
		c.mu.Unlock()
	})
}

// flushAll flushes and waits until no flush runs, not even the timer's.
func flushAll(c *Conn) {
	c.Flush()
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.flushing {
		c.idle.Wait()
	}
}

// receiver is a plain socket that the tests send to.
func receiver(t testing.TB, address netip.AddrPort) (*net.UDPConn, netip.AddrPort) {
	t.Helper()
	u, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(address))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = u.Close() })
	_ = u.SetReadBuffer(8 << 20)
	return u, u.LocalAddr().(*net.UDPAddr).AddrPort()
}

func receive(t testing.TB, u *net.UDPConn) []byte {
	t.Helper()
	b := make([]byte, 4096)
	_ = u.SetReadDeadline(time.Now().Add(5 * time.Second))
	n, err := u.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return b[:n]
}

// expectNothing fails when something has arrived. On loopback what was sent
// is there when the sending call has returned.
func expectNothing(t testing.TB, u *net.UDPConn) {
	t.Helper()
	_ = u.SetReadDeadline(time.Now().Add(time.Millisecond))
	if n, err := u.Read(make([]byte, 4096)); err == nil {
		t.Fatalf("a datagram of %d bytes that nobody should have sent", n)
	}
}

// media makes a datagram that looks like RTP and carries its number.
func media(number uint32, size int) []byte {
	b := bytes.Repeat([]byte{byte(number)}, max(size, 8))
	b[0] = 0x80
	binary.BigEndian.PutUint32(b[4:], number)
	return b
}

var allMethods = []Method{MethodGSO, MethodMMsg, MethodSingle}

func TestEveryDatagramArrivesOnceIntactAndInOrder(t *testing.T) {
	for _, method := range allMethods {
		for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
			t.Run(string(method)+" "+address, func(t *testing.T) {
				local := netip.MustParseAddrPort(address)
				c, err := Listen(local, Config{Method: method})
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				checkDelivery(t, c, local)
			})
		}
	}
}

func checkDelivery(t *testing.T, c *Conn, local netip.AddrPort) {
	const destinations, rounds, perRound = 4, 20, 80
	random := rand.New(rand.NewPCG(1, 2))
	sizes := []int{1200, 1200, 1200, 700, 90, 90, 1472}
	var to [destinations]netip.AddrPort
	var sockets [destinations]*net.UDPConn
	for i := range to {
		sockets[i], to[i] = receiver(t, local)
	}
	reused := make([]byte, 2000)
	for range rounds {
		var want [destinations][][]byte
		for n := range perRound {
			d := random.IntN(destinations)
			b := media(uint32(n), sizes[random.IntN(len(sizes))])
			want[d] = append(want[d], b)
			if _, err := c.WriteToAddrPort(reused[:copy(reused, b)], to[d]); err != nil {
				t.Fatal(err)
			}
		}
		c.Flush()
		for d, all := range want {
			for i, b := range all {
				if got := receive(t, sockets[d]); !bytes.Equal(got, b) {
					t.Fatalf("destination %d, datagram %d: got %d bytes, want %d", d, i, len(got), len(b))
				}
			}
		}
	}
	for _, u := range sockets {
		expectNothing(t, u)
	}
	flushAll(c)
	s := c.Stats()
	if s.Datagrams != rounds*perRound {
		t.Errorf("counted %d datagrams of %d; drops %v", s.Datagrams, rounds*perRound, s.Drops)
	}
	if s.Method == MethodGSO && (s.Segments == 0 || s.Messages >= s.Datagrams) {
		t.Errorf("GSO shared no message: %+v", s)
	}
}

func TestMediaWaitsForFlushAndAllElseLeavesAtOnce(t *testing.T) {
	c := listen(t, Config{})
	u, to := receiver(t, loopback)
	holdTimer(t, c)
	for _, first := range []byte{0x80, 0x90, 0xbf} {
		b := []byte{first, 1, 2, 3}
		if n, err := c.WriteTo(b, net.UDPAddrFromAddrPort(to)); n != 4 || err != nil {
			t.Fatalf("WriteTo: %d, %v", n, err)
		}
		expectNothing(t, u)
	}
	for _, first := range []byte{0, 1, 20, 63, 64, 127, 192, 255} {
		b := []byte{first, 9}
		if _, err := c.WriteToAddrPort(b, to); err != nil {
			t.Fatal(err)
		}
		if got := receive(t, u); !bytes.Equal(got, b) {
			t.Fatalf("got % x, want % x", got, b)
		}
	}
	c.Flush()
	for _, first := range []byte{0x80, 0x90, 0xbf} {
		if got := receive(t, u); got[0] != first {
			t.Fatalf("got first byte %x, want %x", got[0], first)
		}
	}
}

func TestForgottenMediaLeavesByItself(t *testing.T) {
	c := listen(t, Config{})
	u, to := receiver(t, loopback)
	for i := range 3 {
		b := media(uint32(i), 100)
		if _, err := c.WriteToAddrPort(b, to); err != nil {
			t.Fatal(err)
		}
		if got := receive(t, u); !bytes.Equal(got, b) {
			t.Fatal("not what was written")
		}
	}
	flushAll(c)
	if s := c.Stats(); s.Late == 0 {
		t.Errorf("no flush by the timer: %+v", s)
	}
}

func TestFullSlabIsFlushedByItsWriter(t *testing.T) {
	c := listen(t, Config{})
	_, to := receiver(t, loopback)
	const n = 5000
	for i := range n {
		if _, err := c.WriteToAddrPort(media(uint32(i), 1200), to); err != nil {
			t.Fatal(err)
		}
	}
	flushAll(c)
	s := c.Stats()
	if got := s.Datagrams + s.Drops[DropSendBuffer]; got != n || s.Full+s.Late == 0 {
		t.Errorf("%d of %d accounted for: %+v", got, n, s)
	}
}

func TestConcurrentWritersLoseNothing(t *testing.T) {
	c := listen(t, Config{})
	const writers, each = 8, 300
	var all sync.WaitGroup
	for range writers {
		u, to := receiver(t, loopback)
		all.Go(func() {
			for i := range each {
				_, _ = c.WriteToAddrPort(media(uint32(i), 200+i%2), to)
				if i%7 == 0 {
					c.Flush()
				}
			}
			c.Flush()
			for i := range each {
				if got := receive(t, u); binary.BigEndian.Uint32(got[4:]) != uint32(i) {
					t.Errorf("datagram %d: got number %d", i, binary.BigEndian.Uint32(got[4:]))
					return
				}
			}
		})
	}
	all.Wait()
	flushAll(c)
	if s := c.Stats(); s.Datagrams != writers*each {
		t.Errorf("%d of %d datagrams left; drops %v", s.Datagrams, writers*each, s.Drops)
	}
}

func TestReaderHandsOutEveryDatagramWithItsSender(t *testing.T) {
	for _, method := range allMethods {
		c := listen(t, Config{Method: method})
		u, from := receiver(t, loopback)
		to := c.LocalAddr().(*net.UDPAddr).AddrPort()
		const n = 500
		for i := range n {
			if _, err := u.WriteToUDPAddrPort(media(uint32(i), 20+i), to); err != nil {
				t.Fatal(err)
			}
		}
		b := make([]byte, 8192)
		for i := range n {
			size, sender, err := c.ReadFromAddrPort(b)
			if err != nil || sender.Port() != from.Port() || sender.Addr().Unmap() != from.Addr() || !bytes.Equal(b[:size], media(uint32(i), 20+i)) {
				t.Fatalf("%s: datagram %d: %d bytes from %v, %v", method, i, size, sender, err)
			}
		}
	}
}

func TestReadDeadlineWakesTheReaderWithATimeout(t *testing.T) {
	for _, method := range allMethods {
		c := listen(t, Config{Method: method})
		done := make(chan error)
		go func() {
			_, _, err := c.ReadFrom(make([]byte, 100))
			done <- err
		}()
		_ = c.SetReadDeadline(time.Now().Add(-time.Second))
		if err := <-done; !os.IsTimeout(err) {
			t.Errorf("%s: got %v, want a timeout", method, err)
		}
	}
}

func TestCloseSendsWhatWaitsEndsReadersAndLeavesNoGoroutine(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	u, to := receiver(t, loopback)
	c, err := Listen(loopback, Config{})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		_, _, err := c.ReadFromAddrPort(make([]byte, 100))
		done <- err
	}()
	_, _ = c.WriteToAddrPort(media(7, 50), to)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, net.ErrClosed) {
		t.Errorf("reader got %v", err)
	}
	if got := receive(t, u); !bytes.Equal(got, media(7, 50)) {
		t.Error("what waited did not leave")
	}
	if _, err := c.WriteToAddrPort(media(8, 50), to); !errors.Is(err, net.ErrClosed) {
		t.Errorf("write after close: %v", err)
	}
	if err := c.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("second close: %v", err)
	}
	c.Flush()
}

func TestPlainWritesAtOnce(t *testing.T) {
	u, to := receiver(t, loopback)
	other, _ := receiver(t, loopback)
	p := Plain(other)
	if _, err := p.WriteTo(media(1, 30), net.UDPAddrFromAddrPort(to)); err != nil {
		t.Fatal(err)
	}
	p.Flush()
	if got := receive(t, u); !bytes.Equal(got, media(1, 30)) {
		t.Error("not what was written")
	}
}

func TestWritingAllocatesNothing(t *testing.T) {
	c := listen(t, Config{})
	_, to := receiver(t, loopback)
	b := media(1, 1200)
	if n := testing.AllocsPerRun(200, func() {
		for range 20 {
			_, _ = c.WriteToAddrPort(b, to)
		}
		c.Flush()
	}); n > 0 {
		t.Errorf("%v allocations for 20 datagrams and a flush", n)
	}
}
