package main

import (
	"context"
	"net"
	"sync"
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/signal/protocol"
)

func helloOf(name string) protocol.Hello { return protocol.Hello{Name: name, Client: "floods"} }

// slack for this machine to notice that a connection was closed.
const slack = 2 * time.Second

// silent connections, and such that say a byte a second or nonsense, must be
// closed within ten seconds, while the page is served to others.
func (a *attack) silent(ctx context.Context, _ *client.Conn) error {
	says := map[string][]byte{
		"nothing": nil, "garbage": {0xff, 0x13, 0x37, 0, 1, 2, 3, 4, 5, 6, 7, 8},
		"half a TLS handshake": {0x16, 3, 1, 2, 0, 1, 0}, "half an ICE check": {0, 0x70, 0, 1, 0, 0x5c, 0x21, 0x12},
		"half a TURN message": {0, 3, 0, 8, 0x21, 0x12, 0xa4}, "half an HTTP request": []byte("GET / HT"),
	}
	var mu sync.Mutex
	var waiting sync.WaitGroup
	open, longest := 0, time.Duration(0)
	for _, first := range says {
		for _, drip := range []bool{false, true} {
			for range 20 {
				waiting.Go(func() {
					took, closed := a.hold(ctx, first, drip)
					mu.Lock()
					defer mu.Unlock()
					longest = max(longest, took)
					if !closed {
						open++
					}
				})
			}
		}
	}
	time.Sleep(time.Second)
	others := 0
	for range 10 {
		conn, err := client.Dial(ctx, a.target.URL, helloOf("earnest"))
		if err != nil {
			others++
			continue
		}
		conn.Close()
	}
	waiting.Wait()
	a.report.Demand("sign-ins that failed meanwhile", float64(others), 0)
	a.report.Demand("silent, slow or odd TCP connections that stayed open", float64(open), 0)
	a.report.Demand("longest of them, s", longest.Seconds(), (10*time.Second + slack).Seconds())
	return nil
}

// hold opens a connection, says something, and with drip a byte a second more,
// and tells when it was closed.
func (a *attack) hold(ctx context.Context, first []byte, drip bool) (took time.Duration, closed bool) {
	began := time.Now()
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", a.media.String())
	if err != nil {
		return time.Since(began), true // refused at once is closed, too
	}
	defer c.Close()
	_, _ = c.Write(first)
	b := make([]byte, 4096)
	for time.Since(began) < 20*time.Second {
		_ = c.SetReadDeadline(time.Now().Add(time.Second))
		_, err := c.Read(b)
		if timeout, ok := err.(net.Error); err != nil && (!ok || !timeout.Timeout()) { //nolint:errorlint // of a connection, never wrapped
			return time.Since(began), true
		}
		if drip {
			_, _ = c.Write([]byte{0})
		}
	}
	return time.Since(began), false
}
