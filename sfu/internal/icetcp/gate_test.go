package icetcp

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// check is a framed Binding request for a name.
func check(name string) []byte {
	user := []byte(name + ":client")
	body := binary.BigEndian.AppendUint16(nil, attributeUser)
	body = binary.BigEndian.AppendUint16(body, uint16(len(user)))
	body = append(body, user...)
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	message := make([]byte, headerSize, headerSize+len(body))
	binary.BigEndian.PutUint16(message, bindingRequest)
	binary.BigEndian.PutUint16(message[2:], uint16(len(body)))
	binary.BigEndian.PutUint32(message[4:], cookie)
	message = append(message, body...)
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(message))), message...)
}

func newGate(t *testing.T) *Gate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := New(l)
	t.Cleanup(func() { _ = g.Close() })
	return g
}

func dial(t *testing.T, g *Gate, first []byte) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", g.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := c.Write(first); err != nil {
		t.Fatal(err)
	}
	return c
}

func closes(t *testing.T, c net.Conn) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, err := io.ReadAll(c)
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() { //nolint:errorlint // of a connection
		t.Error("still open")
	}
}

func TestOnlyAwaitedNamesPassWhole(t *testing.T) {
	g := newGate(t)
	g.Expect("ours")
	closes(t, dial(t, g, check("theirs")))
	closes(t, dial(t, g, check("")))
	closes(t, dial(t, g, []byte{0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}))
	closes(t, dial(t, g, []byte{0xff, 0xff}))
	want := check("ours")
	dial(t, g, want)
	c, err := g.Accept()
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %x (%v), want %x", got, err, want)
	}
	if s := g.Stats(); s.Open != 1 || s.Accepted != 1 || s.Unknown != 4 {
		t.Errorf("counted %+v", s)
	}
	_ = c.Close()
	_ = c.Close()
	if s := g.Stats(); s.Open != 0 {
		t.Errorf("%d open after the close", s.Open)
	}
	g.Forget("ours")
	closes(t, dial(t, g, check("ours")))
}

func TestOneNameHasABoundedNumberOfConnections(t *testing.T) {
	g := newGate(t)
	g.Expect("ours")
	for range maxPerName {
		dial(t, g, check("ours"))
		c, err := g.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
	}
	closes(t, dial(t, g, check("ours")))
}

func TestCloseEndsWhoeverHasNotSaidWhoItIs(t *testing.T) {
	g := newGate(t)
	silent := dial(t, g, []byte{0})
	passed := dial(t, g, check("ours")) // nobody accepts it
	g.Expect("ours")
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	closes(t, silent)
	closes(t, passed)
}

func FuzzAwaited(f *testing.F) {
	f.Add(check("ours")[2:])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		name, err := awaited(b)
		if (err == nil) != (name != "") {
			t.Errorf("%x: name %q, error %v", b, name, err)
		}
	})
}

func FuzzReadFirst(f *testing.F) {
	f.Add(check("ours"))
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := readFirst(bytes.NewReader(b))
		if err == nil && (!bytes.HasPrefix(b, frame) || len(frame) > 2+maxFirst) {
			t.Errorf("%x read as %x", b, frame)
		}
	})
}
