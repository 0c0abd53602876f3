package oneport

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"io"
	"math/big"
	"net"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stun is a STUN message of a type, without attributes.
func stun(kind uint16) []byte {
	b := make([]byte, 20)
	binary.BigEndian.PutUint16(b, kind)
	binary.BigEndian.PutUint32(b[4:], cookie)
	return b
}

func framed(b []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...)
}

func TestClassifyTellsProtocolsApart(t *testing.T) {
	for name, row := range map[string]struct {
		in   []byte
		want Protocol
	}{
		"nothing":                  {nil, Undecided},
		"ClientHello":              {[]byte{0x16, 3, 1}, TLS},
		"GET":                      {[]byte("G"), HTTP},
		"allocate":                 {stun(0x0003), TURN},
		"allocate, short":          {stun(0x0003)[:7], Undecided},
		"binding, framed":          {framed(stun(0x0001)), ICE},
		"binding, framed, short":   {framed(stun(0x0001))[:9], Undecided},
		"framed, length like STUN": {framed(append(stun(0x0001), make([]byte, 0x300)...)), ICE},
		"garbage":                  {[]byte{0xff, 0xff}, Unknown},
		"small garbage":            {make([]byte, 10), Unknown},
		"SSH":                      {[]byte("SSH-2.0-x\r\n"), HTTP}, // the HTTP server refuses it
	} {
		if got := Classify(row.in); got != row.want {
			t.Errorf("%s: %v, want %v", name, got, row.want)
		}
	}
}

func FuzzClassify(f *testing.F) {
	f.Add([]byte{0x16})
	f.Add(stun(1))
	f.Add(framed(stun(1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		got := Classify(b)
		if len(b) >= enough && got == Undecided {
			t.Errorf("%x is undecided", b)
		}
		// What is decided stays decided, however the bytes arrive.
		for n := range b {
			if early := Classify(b[:n]); early != Undecided && early != got {
				t.Errorf("%x: %v after %d bytes, then %v", b, early, n, got)
			}
		}
	})
}

func testTLS(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		NextProtos:   []string{"h2", "http/1.1"},
	}
}

func newSplitter(t *testing.T, config Config) *Splitter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config.TLS = testTLS(t)
	s, err := Split(l, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func dial(t *testing.T, s *Splitter) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.ice.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// arrives accepts one connection and checks that all bytes are there.
func arrives(t *testing.T, l net.Listener, want []byte) {
	t.Helper()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	got := make([]byte, len(want))
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %x (%v), want %x", got, err, want)
	}
}

func send(t *testing.T, c net.Conn, pieces ...[]byte) {
	t.Helper()
	for _, p := range pieces {
		if _, err := c.Write(p); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEachProtocolArrivesWholeAtItsListener(t *testing.T) {
	s := newSplitter(t, Config{})
	allocate, check := stun(0x0003), framed(stun(0x0001))
	send(t, dial(t, s), allocate[:1], allocate[1:])
	arrives(t, s.TURN(), allocate)
	send(t, dial(t, s), check[:3], check[3:])
	arrives(t, s.ICE(), check)
	send(t, dial(t, s), []byte("GET / HTTP/1.1\r\n\r\n"))
	arrives(t, s.HTTP(), []byte("GET / HTTP/1.1\r\n\r\n"))

	turns := tls.Client(dial(t, s), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // a test's own certificate
	go func() { _, _ = turns.Write(allocate) }()
	arrives(t, s.TURNS(), allocate)

	old := tls.Client(dial(t, s), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // a test's own certificate
	go func() { _, _ = old.Write([]byte("GET /old HTTP/1.0\r\n\r\n")) }()
	arrives(t, s.HTTPS(), []byte("GET /old HTTP/1.0\r\n\r\n"))

	if got, want := s.Stats(), (Stats{HTTPS: 1, HTTP: 1, TURN: 1, TURNS: 1, ICE: 1}); got != want {
		t.Errorf("counted %+v, want %+v", got, want)
	}
}

func TestBrowsersHTTPSKeepsHTTP2(t *testing.T) {
	s := newSplitter(t, Config{})
	server := &http.Server{
		ReadHeaderTimeout: time.Second,
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }),
		TLSConfig:         s.config.TLS,
	}
	go func() { _ = server.Serve(s.HTTPS()) }()
	defer func() { _ = server.Close() }()
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true} //nolint:gosec // a test's own certificate
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport}).Get("https://" + s.ice.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if body, _ := io.ReadAll(res.Body); string(body) != "HTTP/2.0" {
		t.Errorf("served by %s", body)
	}
}

func TestGarbageAndSilenceAreClosedAndDisturbNobody(t *testing.T) {
	s := newSplitter(t, Config{Patience: time.Second, MaxUndecided: 4})
	closed := func(name string, c net.Conn) {
		t.Helper()
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.ReadAll(c); isTimeout(err) {
			t.Errorf("%s: still open", name)
		}
	}
	garbage := dial(t, s)
	send(t, garbage, []byte{0xde, 0xad, 0xbe, 0xef})
	closed("garbage", garbage)
	bad := dial(t, s)
	send(t, bad, []byte{0x16, 3, 1, 0, 4, 'n', 'o', 'p', 'e'})
	closed("a broken handshake", bad)
	silent, half := dial(t, s), dial(t, s)
	send(t, half, []byte{0x00, 0x03})
	closed("silence", silent)
	closed("two bytes", half)
	check := framed(stun(0x0001))
	send(t, dial(t, s), check)
	arrives(t, s.ICE(), check)
	if got := s.Stats(); got.Refused != 2 || got.Silent != 2 {
		t.Errorf("counted %+v", got)
	}
}

func TestListenersEndWithTheSplitter(t *testing.T) {
	s := newSplitter(t, Config{Patience: time.Hour})
	dial(t, s) // says nothing, and Close does not wait for it
	ended := make(chan error, 1)
	go func() { _, err := s.TURN().Accept(); ended <- err }()
	_ = s.Close()
	if err := <-ended; err == nil {
		t.Error("accepted after the end")
	}
}

func isTimeout(err error) bool {
	timeout, ok := err.(net.Error) //nolint:errorlint // as the net package returns it
	return ok && timeout.Timeout()
}
