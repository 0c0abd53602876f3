package batch

import (
	"net"
	"net/netip"
)

// maxRounds a caller of Flush sends for others before the timer takes over.
const maxRounds = 4

// WriteTo is WriteToAddrPort for a *net.UDPAddr.
func (c *Conn) WriteTo(b []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, &net.AddrError{Err: "not a UDP address", Addr: to.String()}
	}
	return c.WriteToAddrPort(b, udp.AddrPort())
}

// WriteToAddrPort copies RTP and RTCP for the next flush; everything else
// leaves at once. b may be used again when it returns. A batched write has no
// error but net.ErrClosed: what the kernel does not take later is counted.
func (c *Conn) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if !isMedia(b) || len(b) > maxDatagram {
		c.counters.direct.Add(1)
		return c.udp.WriteToUDPAddrPort(b, to)
	}
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if c.closed {
			return 0, net.ErrClosed
		}
		if c.filling.add(b, to) {
			c.arm()
			return len(b), nil
		}
		if c.flushing {
			c.idle.Wait()
		} else {
			c.counters.full.Add(1)
			c.flushLocked()
		}
	}
}

// Flush sends what has been written so far. When another goroutine is
// flushing, that one does it as soon as its present call returns.
func (c *Conn) Flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.filling.empty() {
		return
	}
	if c.flushing {
		c.again = true
		return
	}
	c.flushLocked()
}

// flushLocked sends the filling slab, and again while others ask for it. The
// caller holds mu and nobody is flushing; mu is released while the kernel
// works.
func (c *Conn) flushLocked() {
	if c.filling.empty() {
		return
	}
	c.flushing = true
	for round := 0; ; round++ {
		full := c.filling
		c.filling, c.again = c.spare, false
		c.idle.Broadcast() // there is room again
		c.mu.Unlock()

		c.transport.send(full)
		full.reset()
		c.noteMethod(c.transport)
		c.counters.flushes.Add(1)

		c.mu.Lock()
		c.spare = full
		if !c.again || round == maxRounds {
			break
		}
	}
	c.flushing = false
	c.idle.Broadcast()
	if c.again && !c.closed {
		c.again = false
		c.arm()
		c.timer.Reset(0)
	}
}

// arm starts the timer for data that nobody flushes. It keeps running when
// they are flushed: at most one needless wake-up each MaxDelay, and none for
// a socket that is silent. The caller holds mu.
func (c *Conn) arm() {
	if c.armed || c.closed {
		return
	}
	c.armed = true
	c.timerRuns.Add(1)
	c.timer.Reset(MaxDelay)
}

// disarm notes that the timer has done its work or was stopped. The caller holds mu.
func (c *Conn) disarm() {
	c.armed = false
	c.timerRuns.Done()
}

func (c *Conn) onTimer() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.armed { // a second firing of a timer that was reset
		return
	}
	c.disarm()
	if c.filling.empty() || c.closed {
		return
	}
	if c.flushing {
		c.again = true
		return
	}
	c.counters.late.Add(1)
	c.flushLocked()
}
