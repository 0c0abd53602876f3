package batch

import (
	"bytes"
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"
)

func outbox(t testing.TB, c *Conn) *Outbox {
	t.Helper()
	o, err := c.NewOutbox()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestOutboxDeliversEveryDatagramOnceIntactAndInOrder(t *testing.T) {
	for _, method := range allMethods {
		for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
			t.Run(string(method)+" "+address, func(t *testing.T) {
				local := netip.MustParseAddrPort(address)
				c, err := Listen(local, Config{Method: method})
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				checkOutbox(t, c, local)
			})
		}
	}
}

func checkOutbox(t *testing.T, c *Conn, local netip.AddrPort) {
	const destinations, rounds, perRound = 4, 20, 60
	random := rand.New(rand.NewPCG(1, 2))
	sizes := []int{1200, 1200, 1200, 1200, 700, 90, MaxDatagram}
	o := outbox(t, c)
	var to [destinations]*Destination
	var sockets [destinations]*net.UDPConn
	for i := range to {
		u, address := receiver(t, local)
		sockets[i], to[i] = u, NewDestination(address)
	}
	for range rounds {
		var want [destinations][][]byte
		for n := 0; n < perRound; {
			d := random.IntN(destinations)
			for range 1 + random.IntN(7) {
				b := media(uint32(n), sizes[random.IntN(len(sizes))])
				want[d] = append(want[d], b)
				o.Add(append(o.Room(), b...), to[d])
				n++
			}
		}
		o.Flush()
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
	if s := c.Stats(); s.Method == MethodGSO && (s.Segments == 0 || s.Messages >= s.Datagrams) {
		t.Errorf("GSO shared no message: %+v", s)
	}
}

func TestOutboxSendsWhatFindsNoRoomBeforeTheNext(t *testing.T) {
	c := listen(t, Config{})
	u, address := receiver(t, loopback)
	o, to := outbox(t, c), NewDestination(address)
	const many = outboxDatagrams + 1
	for n := range many {
		o.Add(append(o.Room(), media(uint32(n), 100)...), to)
	}
	if got := c.Stats(); got.Datagrams != outboxDatagrams || got.Full != 1 {
		t.Errorf("%d datagrams left before the flush, full %d times", got.Datagrams, got.Full)
	}
	o.Flush()
	for n := range many {
		if got := receive(t, u); !bytes.Equal(got, media(uint32(n), 100)) {
			t.Fatalf("not datagram %d", n)
		}
	}
}

func TestOutboxDropsWhatIsTooLongAndKeepsTheRest(t *testing.T) {
	c := listen(t, Config{})
	u, address := receiver(t, loopback)
	o, to := outbox(t, c), NewDestination(address)
	o.Add(append(o.Room(), media(1, 100)...), to)
	o.Add(append(o.Room(), media(2, MaxDatagram+1)...), to)
	o.Add(o.Room(), to)
	o.Add(append(o.Room(), media(3, 100)...), to)
	o.Flush()
	for _, n := range []uint32{1, 3} {
		if got := receive(t, u); !bytes.Equal(got, media(n, 100)) {
			t.Fatalf("not datagram %d", n)
		}
	}
	if got := c.Stats().Drops[DropTooLarge]; got != 1 {
		t.Errorf("%d counted as too large", got)
	}
}

func TestOutboxNeverWritesAfterItsConnIsClosed(t *testing.T) {
	c := listen(t, Config{})
	u, address := receiver(t, loopback)
	o := outbox(t, c)
	_ = c.Close()
	o.Add(append(o.Room(), media(1, 100)...), NewDestination(address))
	o.Flush()
	expectNothing(t, u)
	if got := c.Stats().Drops[DropSendError]; got != 1 {
		t.Errorf("%d counted as not sent", got)
	}
}

func TestOutboxAllocatesNothing(t *testing.T) {
	c := listen(t, Config{})
	_, address := receiver(t, loopback)
	o, to, b := outbox(t, c), NewDestination(address), media(1, 1200)
	if n := testing.AllocsPerRun(200, func() {
		for range 20 {
			o.Add(append(o.Room(), b...), to)
		}
		o.Flush()
	}); n > 0 {
		t.Errorf("%v allocations for 20 datagrams and a flush", n)
	}
}
