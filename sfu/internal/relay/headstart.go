package relay

import (
	"encoding/binary"
	"time"
)

// headStart of ICE-TCP: an allocation over TCP is told of so much later.
// Chromium connects its relays first and its own TCP candidates 100 ms later,
// and gathers no more once something works: on a path with hardly any delay a
// relay would be used for good where ICE-TCP, which is shorter, works too.
// Longer is safer there, and makes those wait who have nothing but TURN.
const headStart = 200 * time.Millisecond

const allocateSuccess = 0x0103

// Write holds the news of an allocation back. Pion writes it in the
// connection's own goroutine, and nothing else before the client knows.
func (c *client) Write(b []byte) (int, error) {
	if len(b) >= headerSize && binary.BigEndian.Uint16(b) == allocateSuccess {
		time.Sleep(headStart)
	}
	return c.Conn.Write(b)
}
