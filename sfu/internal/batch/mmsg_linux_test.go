package batch

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// kernel stands in for sendmmsg: it takes messages until the next answer.
type kernel struct {
	answers []answer // used up one a call; then everything is taken
	taken   [][]byte // datagrams, as cut
}

type answer struct {
	take int // messages before the error, or before the call just ends early
	err  error
}

func (k *kernel) call(_ uintptr, headers []mmsghdr) (int, error) {
	take := len(headers)
	if len(k.answers) > 0 {
		a := k.answers[0]
		if a.err != nil && a.take == 0 {
			k.answers = k.answers[1:]
			return 0, a.err
		}
		take = min(take, a.take)
		k.answers[0].take = 0
		if a.err == nil {
			k.answers = k.answers[1:]
		}
	}
	for i := range headers[:take] {
		k.taken = append(k.taken, cut(&headers[i])...)
	}
	return take, nil
}

// cut reads a header as the kernel does.
func cut(h *mmsghdr) [][]byte {
	var whole []byte
	for _, v := range iovecsOf(h) {
		whole = append(whole, bytesOf(v)...)
	}
	size := len(whole)
	if h.hdr.Control != nil {
		size = int(controlOf(h).size)
	}
	var all [][]byte
	for len(whole) > size {
		all = append(all, whole[:size])
		whole = whole[size:]
	}
	return append(all, whole)
}

// faulty is a Conn whose kernel gives the answers.
func faulty(t *testing.T, answers ...answer) (*Conn, *kernel) {
	c := listen(t, Config{Method: MethodGSO})
	holdTimer(t, c)
	k := &kernel{answers: answers}
	c.transport.(*mmsgSender).call = k.call
	return c, k
}

// writeThree gives A three datagrams, then B two, then A a longer one: three messages.
func writeThree(t *testing.T, c *Conn) (all [][]byte) {
	for i, to := range []netip.AddrPort{destA, destA, destA, destB, destB, destA} {
		b := media(uint32(i), 100)
		if i == 5 {
			b = media(5, 200)
		}
		all = append(all, b)
		if _, err := c.WriteToAddrPort(b, to); err != nil {
			t.Fatal(err)
		}
	}
	flushAll(c)
	return all
}

func TestSendErrorsCostOnlyWhatTheyMust(t *testing.T) {
	for name, row := range map[string]struct {
		answers []answer
		arrive  []int // numbers
		drop    Drop
		method  Method
		resent  uint64
	}{
		"all taken":                              {nil, []int{0, 1, 2, 3, 4, 5}, "", MethodGSO, 0},
		"partial call goes on":                   {[]answer{{take: 1}, {take: 1}}, []int{0, 1, 2, 3, 4, 5}, "", MethodGSO, 0},
		"interrupted call is repeated":           {[]answer{{err: unix.EINTR}}, []int{0, 1, 2, 3, 4, 5}, "", MethodGSO, 0},
		"bad first message is skipped":           {[]answer{{err: unix.ENETUNREACH}}, []int{3, 4, 5}, DropUnreachable, MethodGSO, 0},
		"bad message in the middle is skipped":   {[]answer{{take: 1, err: unix.EPERM}}, []int{0, 1, 2, 5}, DropUnreachable, MethodGSO, 0},
		"bad last message is skipped":            {[]answer{{take: 2, err: unix.EMSGSIZE}}, []int{0, 1, 2, 3, 4}, DropTooLarge, MethodGSO, 0},
		"full send buffer drops the rest":        {[]answer{{take: 1, err: unix.EAGAIN}}, []int{0, 1, 2}, DropSendBuffer, MethodGSO, 0},
		"full device queue drops the rest":       {[]answer{{err: unix.ENOBUFS}}, nil, DropSendBuffer, MethodGSO, 0},
		"EIO ends GSO, nothing is lost":          {[]answer{{err: unix.EIO}}, []int{0, 1, 2, 3, 4, 5}, "", MethodMMsg, 1},
		"EIO later ends GSO, nothing is doubled": {[]answer{{take: 1, err: unix.EIO}}, []int{0, 1, 2, 3, 4, 5}, "", MethodMMsg, 1},
		"EINVAL ends GSO if its pieces pass":     {[]answer{{err: unix.EINVAL}, {take: 3}, {err: unix.EINVAL}}, []int{0, 1, 2, 3, 4, 5}, "", MethodMMsg, 2},
		"EINVAL of a bad address leaves GSO on":  {[]answer{{err: unix.EINVAL}, {err: unix.EINVAL}, {err: unix.EINVAL}, {err: unix.EINVAL}}, []int{3, 4, 5}, DropSendError, MethodGSO, 1},
		"EINVAL later cuts that message":         {[]answer{{take: 1, err: unix.EINVAL}}, []int{0, 1, 2, 3, 4, 5}, "", MethodGSO, 1},
		"narrow path cuts that message":          {[]answer{{err: unix.EMSGSIZE}}, []int{0, 1, 2, 3, 4, 5}, "", MethodGSO, 1},
		"cut message with a bad piece":           {[]answer{{err: unix.EMSGSIZE}, {take: 1, err: unix.EMSGSIZE}}, []int{0, 2, 3, 4, 5}, DropTooLarge, MethodGSO, 1},
	} {
		t.Run(name, func(t *testing.T) {
			c, k := faulty(t, row.answers...)
			all := writeThree(t, c)
			if len(k.taken) != len(row.arrive) {
				t.Fatalf("%d datagrams left, want %d", len(k.taken), len(row.arrive))
			}
			for i, n := range row.arrive {
				if !bytes.Equal(k.taken[i], all[n]) {
					t.Errorf("place %d: not datagram %d", i, n)
				}
			}
			s := c.Stats()
			if s.Method != row.method || s.Resent != row.resent || s.Datagrams != uint64(len(row.arrive)) {
				t.Errorf("stats %+v", s)
			}
			if lost := uint64(len(all) - len(row.arrive)); row.drop != "" && s.Drops[row.drop] != lost {
				t.Errorf("drops %v, want %d %s", s.Drops, lost, row.drop)
			}
		})
	}
}

func TestRefusedDestinationHarmsNoOther(t *testing.T) {
	for _, method := range allMethods {
		c := listen(t, Config{Method: method})
		u, to := receiver(t, loopback)
		refused := netip.MustParseAddrPort("127.0.0.1:0") // EINVAL, which a kernel without GSO says too
		for i := range 5 {
			for _, d := range []netip.AddrPort{refused, to} {
				if _, err := c.WriteToAddrPort(media(uint32(i), 100), d); err != nil {
					t.Fatal(err)
				}
			}
		}
		flushAll(c)
		for i := range 5 {
			if got := receive(t, u); !bytes.Equal(got, media(uint32(i), 100)) {
				t.Fatalf("%s: datagram %d is not the one", method, i)
			}
		}
		if s := c.Stats(); s.Drops[DropSendError] != 5 || s.Datagrams != 5 || s.Method != method {
			t.Errorf("%s: %+v", method, s)
		}
	}
}

func TestMoreMessagesThanOneCallTakes(t *testing.T) {
	for _, method := range []Method{MethodGSO, MethodMMsg} {
		c := listen(t, Config{Method: method})
		k := &kernel{}
		c.transport.(*mmsgSender).call = k.call
		const n = maxMessages + 500
		for i := range n {
			to := netip.AddrPortFrom(destA.Addr(), uint16(1+i/2))
			_, _ = c.WriteToAddrPort(media(uint32(i), 60), to)
		}
		flushAll(c)
		if len(k.taken) != n {
			t.Fatalf("%s: %d of %d left", method, len(k.taken), n)
		}
		for i, b := range k.taken {
			if !bytes.Equal(b, media(uint32(i), 60)) {
				t.Fatalf("%s: place %d holds another", method, i)
			}
		}
	}
}

func TestReaderSurvivesTransientErrors(t *testing.T) {
	c := listen(t, Config{})
	u, _ := receiver(t, loopback)
	r := c.reader.(*mmsgReader)
	errs := []error{unix.ECONNREFUSED, unix.EHOSTUNREACH, unix.EINTR, unix.ENOMEM, unix.EMSGSIZE}
	r.call = func(fd uintptr, headers []mmsghdr) (int, error) {
		if len(errs) > 0 {
			err := errs[0]
			errs = errs[1:]
			return 0, err
		}
		return recvMMsg(fd, headers)
	}
	if _, err := u.WriteTo(media(3, 40), c.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 100)
	n, _, err := c.ReadFromAddrPort(b)
	if err != nil || !bytes.Equal(b[:n], media(3, 40)) {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if got := c.Stats().Drops[DropReadError]; got != 5 {
		t.Errorf("counted %d errors", got)
	}
}

func TestReaderEndsWhenTheSocketIsGone(t *testing.T) {
	c := listen(t, Config{})
	c.reader.(*mmsgReader).call = func(uintptr, []mmsghdr) (int, error) { return 0, syscall.EBADF }
	if _, _, err := c.ReadFromAddrPort(make([]byte, 10)); !errors.Is(err, syscall.EBADF) {
		t.Errorf("got %v", err)
	}
}

func TestReaderDropsWhatIsTooLong(t *testing.T) {
	c := listen(t, Config{})
	u, _ := receiver(t, loopback)
	for _, b := range [][]byte{media(1, maxDatagram+1), media(2, maxDatagram)} {
		if _, err := u.WriteTo(b, c.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	b := make([]byte, 8192)
	n, _, err := c.ReadFrom(b)
	if err != nil || !bytes.Equal(b[:n], media(2, maxDatagram)) {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if got := c.Stats().Drops[DropTruncated]; got != 1 {
		t.Errorf("counted %d truncated", got)
	}
}

func TestReadingAllocatesNothing(t *testing.T) {
	c := listen(t, Config{})
	u, _ := receiver(t, loopback)
	to, b := c.LocalAddr().(*net.UDPAddr).AddrPort(), make([]byte, 2048)
	packet := media(1, 500)
	if n := testing.AllocsPerRun(100, func() {
		_, _ = u.WriteToUDPAddrPort(packet, to)
		_, _, _ = c.ReadFromAddrPort(b)
	}); n > 0 {
		t.Errorf("%v allocations a datagram", n)
	}
}

func TestDatagramsThatFindTheReceiveBufferFullAreCounted(t *testing.T) {
	c := listen(t, Config{ReceiveBuffer: 1 << 12})
	u, _ := receiver(t, loopback)
	const n = 200
	for range n {
		if _, err := u.WriteTo(media(1, 1000), c.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	dropped := int(c.Stats().Drops[DropReceiveBuffer])
	if dropped == 0 || dropped >= n {
		t.Errorf("counted %d of %d", dropped, n)
	}
}
