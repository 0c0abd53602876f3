package signal

import (
	"net"
	"slices"
	"strings"
	"testing"
)

// noted keeps what is written, call by call.
type noted struct {
	net.Conn
	writes []string
}

func (n *noted) Write(b []byte) (int, error) {
	n.writes = append(n.writes, string(b))
	return len(b), nil
}

func TestWhatWaitsBehindTheCorkLeavesTogetherAndInOrder(t *testing.T) {
	to := &noted{}
	c := &cork{Conn: to}
	write := func(text string) {
		if n, err := c.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatal(n, err)
		}
	}
	write("a")
	c.close()
	write("b")
	write("c")
	if err := c.open(); err != nil {
		t.Fatal(err)
	}
	write("d")
	if want := []string{"a", "bc", "d"}; !slices.Equal(to.writes, want) {
		t.Errorf("%q, want %q", to.writes, want)
	}
}

func TestCorkHoldsNoMoreThanItsBound(t *testing.T) {
	to := &noted{}
	c := &cork{Conn: to}
	c.close()
	for range 5 {
		if _, err := c.Write([]byte(strings.Repeat("x", mostHeld/2))); err != nil {
			t.Fatal(err)
		}
	}
	if len(to.writes) != 1 || len(c.held) > mostHeld {
		t.Errorf("%d writes, %d bytes held", len(to.writes), len(c.held))
	}
}
