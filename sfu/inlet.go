package sfu

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
	"github.com/pion/webrtc/v4"

	"callrelay/sfu/internal/keying"
)

const (
	// maxHeld packets wait for the connection to be up: until then nobody has
	// compared the client's certificate with its offer.
	maxHeld = 32
	// packetsPerSecond that are opened for one connection, and burst at once: a
	// screen in 4K with three layers of a camera needs a third of it.
	packetsPerSecond = 6000
	packetBurst      = 2000
	// triesPerSecond to open what an address of the connection sends: whoever
	// can forge the address takes no more than this from it.
	triesPerSecond = 20_000
)

// inlet opens what a connection receives: SRTP and SRTCP, by contexts of our
// own, whatever way it comes by. Where the keys can't be learned it stands
// aside and Pion opens; see stand.
//
// Packets come from readers of sockets and of TCP connections; mu orders them
// and is held while one is handled, never across I/O.
type inlet struct {
	connection *connection
	exchange   *keying.Exchange
	paths      paths

	mu      sync.Mutex
	stand   stand
	context *srtp.Context
	header  rtp.Header // of the packet at hand; kept for its memory
	streams map[uint32]*stream
	held    []heldPacket
	tried   allowance // also of what turns out to be forged
	allowed allowance
	scratch []byte // for what may be another's
	// claimed are the SSRCs by which strangers finds this inlet.
	claimed []uint32
}

// stand is what an inlet does with packets.
type stand uint8

// waiting --begin, keys--> opening --end--> over
// waiting --begin, none--> aside   --end--> over
const (
	waiting stand = iota // for the connection to be up
	opening              // by our own contexts
	aside                // Pion opens
	over
)

// heldPacket came before the connection was up.
type heldPacket struct {
	bytes []byte
	path  path
}

func newInlet(c *connection) *inlet {
	return &inlet{
		connection: c, streams: map[uint32]*stream{},
		tried: allowance{rate: triesPerSecond, burst: packetBurst}, allowed: allowance{rate: packetsPerSecond, burst: packetBurst},
	}
}

// begin opens what is held and all that comes. Only call it when the
// connection's state is connected.
func (in *inlet) begin() {
	keys, err := in.exchange.Keys()
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.stand != waiting {
		return
	}
	in.paths.begun(time.Now())
	if err == nil {
		in.context, err = keys.Opening(srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow))
	}
	counters := &in.connection.sfu.counters
	if err != nil {
		in.stand = aside
		counters.count(countOpenedByPion)
		in.connection.sfu.counters.dropMany(dropNotReady, len(in.held))
	} else {
		in.stand = opening
		now := time.Now()
		for _, h := range in.held {
			in.open(h.bytes, h.path, now)
		}
	}
	in.held = nil
}

// selected follows what ICE selects, for clients that send little.
func (in *inlet) selected(pair *webrtc.ICECandidatePair) {
	address, err := netip.ParseAddr(pair.Remote.Address)
	if err != nil {
		return
	}
	remote := canonical(netip.AddrPortFrom(address, pair.Remote.Port))
	if one, ok := in.paths.find(remote, pair.Local.Protocol == webrtc.ICEProtocolTCP); ok {
		in.paths.prefer(one, time.Now())
	}
}

// end drops all that comes from now on.
func (in *inlet) end() {
	in.mu.Lock()
	in.stand, in.held, in.context = over, nil, nil
	in.paths.end()
	claimed := in.claimed
	in.claimed = nil
	in.mu.Unlock()
	in.connection.sfu.strangers.release(in, claimed)
	in.connection.sfu.ports.forget(in)
}

// isMedia tells SRTP and SRTCP from STUN, DTLS and TURN by the first byte (RFC 7983).
func isMedia(b []byte) bool { return len(b) > 0 && b[0] >= 128 && b[0] <= 191 }

// isControl tells SRTCP from SRTP (RFC 5761).
func isControl(b []byte) bool { return len(b) > 1 && b[1] >= 192 && b[1] <= 223 }

// arrive takes a packet for which isMedia holds; false leaves it to Pion. b is
// used as scratch memory, and not after arrive returns.
func (in *inlet) arrive(b []byte, from path, now time.Time) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	counters := &in.connection.sfu.counters
	switch in.stand {
	case aside:
		return false
	case over:
		counters.drop(dropNotReady)
	case waiting:
		if len(in.held) == maxHeld || len(b) > maxPacket {
			counters.drop(dropNotReady)
			break
		}
		in.held = append(in.held, heldPacket{bytes.Clone(b), from})
	case opening:
		in.open(b, from, now)
	}
	return true
}

// open a packet and hand it on; mu is held.
func (in *inlet) open(b []byte, from path, now time.Time) {
	counters := &in.connection.sfu.counters
	if !in.tried.take(now) {
		counters.drop(dropTooFast)
		return
	}
	if !in.authentic(b, from, now) {
		in.refuse(from)
	}
}

// authentic opens a packet in its own memory and hands it on; false if it is
// forged, broken, or was here before. mu is held.
func (in *inlet) authentic(b []byte, from path, now time.Time) bool {
	counters := &in.connection.sfu.counters
	control := isControl(b)
	var plain []byte
	var err error
	if control {
		plain, err = in.context.DecryptRTCP(b, b, nil)
	} else {
		plain, err = in.context.DecryptRTP(b, b, &in.header)
	}
	if err != nil {
		return false
	}
	in.paths.heard(from, now)
	if !in.allowed.take(now) {
		counters.drop(dropTooFast)
		return true
	}
	if control {
		in.claim(binary.BigEndian.Uint32(plain[4:]))
		in.connection.controlBytes(plain, now)
		return true
	}
	if s := in.stream(in.header.SSRC); s != nil {
		s.write(plain, now)
		return true
	}
	counters.drop(dropTooManySSRCs)
	return true
}

// refuse counts what could not be opened: forged, broken, or seen before.
func (in *inlet) refuse(from path) {
	if !in.paths.knows(from) {
		in.connection.sfu.counters.drop(dropUnchecked)
		return
	}
	in.connection.sfu.counters.drop(dropUnopened)
}

// stream of an SSRC; nil when there are too many. mu is held.
func (in *inlet) stream(ssrc uint32) *stream {
	s := in.streams[ssrc]
	if s == nil {
		if len(in.streams) >= maxStreams {
			in.connection.abandon("too many SSRCs")
			return nil
		}
		s = &stream{uplink: in.connection.uplink, ssrc: ssrc}
		in.streams[ssrc] = s
		in.claim(ssrc)
	}
	return s
}

// allowance is a bucket of burst tokens that fills at rate tokens a second.
type allowance struct {
	rate, burst float64
	tokens      float64
	at          time.Time
}

func (a *allowance) take(now time.Time) bool {
	if a.at.IsZero() {
		a.tokens = a.burst
	} else if passed := now.Sub(a.at); passed > 0 {
		a.tokens = min(a.burst, a.tokens+passed.Seconds()*a.rate)
	}
	a.at = now
	if a.tokens < 1 {
		return false
	}
	a.tokens--
	return true
}

// path is one way between a client and here: a socket of ours, or a TCP
// connection of the client's, and the client's address.
type path struct {
	via    way
	remote netip.AddrPort
}

// way carries packets to an address.
type way interface {
	writeTo(b []byte, to netip.AddrPort) (int, error)
}
