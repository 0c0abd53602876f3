package sfu

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"

	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/rewrite"
	"callrelay/sfu/internal/seq"
)

// maxPacket bytes that are taken from a publisher; longer ones are dropped.
const maxPacket = 1500

// description is what parsing a packet found out, once and for all who
// forward it. It is a value and points nowhere, so the history keeps it too.
type description struct {
	number    seq.Number
	timestamp uint32
	marker    bool
	encoding  encoding
	// keyFrame: belongs to a key frame; frameStart: the first packet of its frame.
	keyFrame, frameStart bool
	// repaired: arrived as a retransmission.
	repaired bool
	picture  codec.VP8Picture // VP8's own numbers, and where they lie

	// Lengths in the packet's bytes: the payload without padding, then the
	// header extensions that are passed on, 0 for one that is absent.
	payload                                           uint16
	audioLevel, orientation, playoutDelay, dependency uint8
}

// numbers of a packet as its publisher sent it.
func (d *description) numbers() rewrite.Numbers {
	return rewrite.Numbers{Seq: d.number, Timestamp: d.timestamp, Picture: rewrite.Picture{
		Bits: d.picture.Bits, ID: d.picture.ID, HasTL0: d.picture.HasTL0, TL0: d.picture.TL0,
	}}
}

// packet is one RTP packet of a publisher on its way. It is immutable from the
// moment others can see it, shared by all who forward it, and returned to its
// pool when the last of them releases it.
type packet struct {
	refs atomic.Int32
	pool *packetPool

	description
	layer *layer
	// order counts the packets of the publication as they arrived; 0 from the history.
	order   uint64
	arrival time.Time

	size int // of bytes in use in buf
	buf  [maxPacket]byte
}

// retain adds a user.
func (p *packet) retain() *packet {
	p.refs.Add(1)
	return p
}

// release takes a user away; the last one gives the memory back.
func (p *packet) release() {
	if n := p.refs.Add(-1); n > 0 {
		return
	} else if n < 0 {
		panic("sfu: packet released more often than retained")
	}
	p.layer = nil
	p.pool.Put(p)
}

// bytes of the payload and the kept extensions.
func (p *packet) bytes() []byte { return p.buf[:p.size] }

// body is the payload.
func (p *packet) body() []byte { return p.buf[:p.payload] }

// kept returns the extensions in the order in which fill stored them.
func (p *packet) kept() (audioLevel, orientation, playoutDelay, dependency []byte) {
	rest := p.buf[p.payload:p.size]
	take := func(n uint8) []byte {
		e := rest[:n:n]
		rest = rest[n:]
		return e
	}
	return take(p.audioLevel), take(p.orientation), take(p.playoutDelay), take(p.dependency)
}

// packetPool of one SFU.
type packetPool struct{ sync.Pool }

// get returns a packet with one reference and nothing in it.
func (pool *packetPool) get() *packet {
	p, _ := pool.Get().(*packet)
	if p == nil {
		p = &packet{pool: pool}
	}
	p.refs.Store(1)
	p.description, p.layer, p.order, p.size = description{}, nil, 0, 0
	return p
}

// fill copies payload and extensions into p. The payload must fit.
func (p *packet) fill(h *rtp.Header, payload []byte, ids *extensionIDs) {
	p.timestamp, p.marker = h.Timestamp, h.Marker
	p.size = copy(p.buf[:], payload)
	p.payload = uint16(p.size) //nolint:gosec // at most maxPacket
	p.audioLevel = p.keep(h, ids.audioLevel)
	p.orientation = p.keep(h, ids.orientation)
	p.playoutDelay = p.keep(h, ids.playoutDelay)
	p.dependency = p.keep(h, ids.dependency)
}

func (p *packet) keep(h *rtp.Header, id uint8) uint8 {
	if id == 0 {
		return 0
	}
	e := h.GetExtension(id)
	if len(e) > 255 || p.size+len(e) > len(p.buf) {
		return 0
	}
	p.size += copy(p.buf[p.size:], e)
	return uint8(len(e)) //nolint:gosec // checked above
}

// recall fills p from the history.
func (p *packet) recall(l *layer, d description, bytes []byte, arrival time.Time) {
	p.layer, p.description, p.arrival = l, d, arrival
	p.size = len(bytes)
}
