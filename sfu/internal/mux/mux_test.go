package mux

import (
	"fmt"
	"io"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu/internal/batch"
)

const (
	here  = "198.51.100.1:1000"
	there = "198.51.100.2:2000"
)

func TestRequestsGoByUserNameWhateverAddressTheyComeFrom(t *testing.T) {
	r := newRig(t)
	a, b := r.conn("a", &sink{}), r.conn("b", &sink{})
	answer(t, a, here)
	r.arrive(here, stun(request, "b:x"))
	r.arrive(there, stun(request, "a:x"))
	r.arrive(there, stun(request, "nobody:x"))
	r.arrive(there, stun(request, ""))
	if next(a) == "" || next(a) != "" || next(b) == "" || next(b) != "" || r.dropped != 2 {
		t.Errorf("dropped %d, want each Conn to have its one and 2 dropped", r.dropped)
	}
}

func TestAnAddressBelongsToWhoeverAnsweredACheckFromThereWithSuccess(t *testing.T) {
	r := newRig(t)
	mine, other := &sink{}, &sink{}
	a, b := r.conn("a", mine), r.conn("b", other)
	r.arrive(here, media)
	r.arrive(here, hello)
	if r.strays != 1 || r.dropped != 1 {
		t.Fatalf("strays %d, dropped %d before any check", r.strays, r.dropped)
	}
	answer(t, a, here)
	// None of these makes it b's: a check to it, an error, and a request that
	// came with b's name and was not answered.
	for _, m := range [][]byte{stun(request, "x:b"), stun(failure, ""), hello, media} {
		if _, err := b.WriteToAddrPort(m, netip.MustParseAddrPort(here)); err != nil {
			t.Fatal(err)
		}
	}
	r.arrive(here, stun(request, "b:x"))
	r.arrive(here, media)
	r.arrive(here, hello)
	if mine.count() != 1 || other.count() != 0 || next(a) == "" {
		t.Fatalf("media %d and %d", mine.count(), other.count())
	}
	answer(t, b, here) // the NAT has given it to another
	r.arrive(here, media)
	if mine.count() != 1 || other.count() != 1 {
		t.Errorf("media %d and %d after the address has changed hands", mine.count(), other.count())
	}
}

func TestResponsesGoToWhomAskedUntilTheAddressIsSomebodys(t *testing.T) {
	r := newRig(t)
	a, b := r.conn("a", &sink{}), r.conn("b", &sink{})
	if _, err := b.WriteToAddrPort(stun(request, "x:b"), netip.MustParseAddrPort(here)); err != nil {
		t.Fatal(err)
	}
	r.arrive(here, stun(success, ""))
	if next(b) == "" {
		t.Error("the answer did not come")
	}
	answer(t, a, here)
	r.arrive(here, stun(success, ""))
	if next(a) == "" || next(b) != "" {
		t.Error("another has the address now")
	}
}

func TestARestartKeepsTheMediaAndTheNewNameGetsTheRest(t *testing.T) {
	r := newRig(t)
	s := &sink{}
	old := r.conn("old", s)
	answer(t, old, here)
	r.RemoveConnByUfrag("old")
	if _, _, err := old.ReadFromAddrPort(nil); err != io.EOF { //nolint:errorlint // as Pion compares
		t.Errorf("got %v, want EOF", err)
	}
	r.arrive(here, media)
	fresh := r.conn("fresh", s)
	r.arrive(here, media)
	r.arrive(here, hello)
	if s.count() != 2 || next(fresh) != string([]byte{touchByte}) || next(fresh) != string(hello) {
		t.Errorf("%d packets of media, want 2, and DTLS for the new name", s.count())
	}
	r.Forget(s)
	r.arrive(here, media)
	if s.count() != 2 || r.strays != 1 {
		t.Error("a forgotten sink was called")
	}
	answer(t, fresh, here)
	r.arrive(here, media)
	if s.count() != 2 {
		t.Error("a forgotten sink got an address")
	}
}

func TestWithoutASinkMediaGoToThePacketConn(t *testing.T) {
	r := newRig(t)
	c, left := r.conn("echo", nil), r.conn("left", &sink{left: true})
	answer(t, c, here)
	answer(t, left, there)
	r.arrive(here, media)
	r.arrive(there, media)
	if next(c) != string(media) || next(left) != string(media) {
		t.Error("the media did not come")
	}
	_ = c.Close()
	r.arrive(here, media)
	if r.strays != 1 || len(r.owners) != 1 {
		t.Errorf("strays %d, %d addresses are known", r.strays, len(r.owners))
	}
}

func TestAddressesAndQueuesOfOneClientAreBounded(t *testing.T) {
	r := newRig(t)
	a, b := r.conn("a", &sink{}), r.conn("b", &sink{})
	answer(t, b, there)
	for i := range 1000 {
		address := fmt.Sprintf("203.0.113.1:%d", 1000+i)
		answer(t, a, address)
		if _, err := a.WriteToAddrPort(stun(request, "x:a"), netip.MustParseAddrPort(fmt.Sprintf("203.0.113.2:%d", 1000+i))); err != nil {
			t.Fatal(err)
		}
		r.arrive("203.0.113.3:1", stun(request, "a:x"))
	}
	if len(r.owners) != maxAddresses+1 || len(r.asked) != maxAsked || len(a.in) != queue || r.Drops() != 1000-queue {
		t.Errorf("%d addresses, %d asked, %d wait, %d dropped", len(r.owners), len(r.asked), len(a.in), r.Drops())
	}
	if owner := r.owners[netip.MustParseAddrPort("203.0.113.1:1999")]; owner == nil {
		t.Error("the newest address is not known")
	}
	_ = a.Close()
	r.Forget(a.owner.sink)
	if len(r.owners) != 1 || len(r.asked) != 0 || len(r.conns) != 1 || len(r.clients) != 1 {
		t.Error("something is left of a")
	}
}

func TestTheAgentIsTouchedWhileOnlyMediaCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		a := r.conn("a", &sink{})
		answer(t, a, here)
		touches := 0
		for range 100 { // five seconds
			r.arrive(here, media)
			for next(a) != "" {
				touches++
			}
			time.Sleep(50 * time.Millisecond)
		}
		if touches != 10 {
			t.Errorf("touched %d times, want 10", touches)
		}
		_ = r.Close()
	})
}

func TestTheReaderHandsOutWhatItReadsAndEndsWithClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		s := &sink{}
		a := r.conn("a", s)
		answer(t, a, here)
		from := netip.MustParseAddrPort("[::ffff:198.51.100.1]:1000") // the same in other words
		turn := []byte{0x40, 0, 0, 0}
		r.socket.in <- []batch.Datagram{{Bytes: media, From: from}, {Bytes: turn, From: from}, {Bytes: nil, From: from}, {Bytes: hello, From: from}}
		synctest.Wait()
		if s.count() != 1 || r.aside != 1 || r.dropped != 1 || len(a.in) != 2 {
			t.Errorf("media %d, aside %d, dropped %d, for Pion %d", s.count(), r.aside, r.dropped, len(a.in))
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if _, err := r.GetConn("late", nil); err == nil {
			t.Error("a Conn of a closed Mux")
		}
	})
}

func TestNothingIsAllocatedForMedia(t *testing.T) {
	r := newRig(t)
	a := r.conn("a", quietSink{})
	answer(t, a, here)
	datagrams := []batch.Datagram{{Bytes: media, From: netip.MustParseAddrPort(here)}}
	to := make([]destination, 1)
	now := time.Now()
	r.deliver(datagrams, to, now)
	if n := testing.AllocsPerRun(100, func() { r.deliver(datagrams, to, now) }); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
	check := []batch.Datagram{{Bytes: stun(request, "nobody:x"), From: netip.MustParseAddrPort(there)}}
	if n := testing.AllocsPerRun(100, func() { r.deliver(check, to, now) }); n != 0 {
		t.Errorf("%v allocations for a stranger's check", n)
	}
}

type quietSink struct{}

func (quietSink) Media([]byte, netip.AddrPort, time.Time) bool { return true }

func FuzzDatagram(f *testing.F) {
	f.Add(stun(request, "a:x"))
	f.Add(stun(success, "a"))
	f.Add(stun(bindingI, "aaaaaaa:"))
	f.Add(media)
	f.Add(hello)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		name := userName(b)
		if len(name) > maxName {
			t.Fatalf("a name of %d bytes", len(name))
		}
		if k := kindOf(b); k == kindRequest && len(b) < stunHeader {
			t.Fatalf("kind %d of %d bytes", k, len(b))
		}
		_ = isSuccess(b)
	})
}
