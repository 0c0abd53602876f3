package batch

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestFullSocketIsToldToThoseWhomItConcerns(t *testing.T) {
	c := listen(t, Config{Method: MethodGSO})
	o := outbox(t, c)
	k := &kernel{answers: []answer{{take: 1, err: unix.EAGAIN}, {take: 2}, {take: 1, err: unix.ENETUNREACH}}}
	o.transport.(*mmsgSender).call = k.call
	a, b := NewDestination(destA), NewDestination(destB)
	for range 2 { // the first time the socket is full behind A's first three
		for i, to := range []*Destination{a, a, a, b, b, a} {
			size := 100
			if i == 5 {
				size = 200
			}
			o.Add(append(o.Room(), media(uint32(i), size)...), to)
		}
		o.Flush()
		if a.Lost() != 1 || b.Lost() != 2 {
			t.Errorf("A lost %d, B lost %d", a.Lost(), b.Lost())
		}
	}
	// The second time a destination was refused, which is not the socket's matter.
	if s := c.Stats(); s.Drops[DropSendBuffer] != 3 || len(k.taken) != 3+6-s.lostTo() {
		t.Errorf("%d datagrams left, drops %v", len(k.taken), s.Drops)
	}
}

func (s Stats) lostTo() int { return int(s.Drops[DropUnreachable]) } //nolint:gosec // small

func TestOutboxWithoutGSOIsShown(t *testing.T) {
	c := listen(t, Config{Method: MethodGSO})
	o := outbox(t, c)
	o.transport.(*mmsgSender).call = (&kernel{answers: []answer{{err: unix.EIO}}}).call
	to := NewDestination(destA)
	for range 2 {
		o.Add(append(o.Room(), media(1, 100)...), to)
	}
	o.Flush()
	if got := c.Stats().Method; got != MethodMMsg {
		t.Errorf("method %s", got)
	}
}
