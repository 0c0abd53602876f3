package sfu

import (
	"sync"
	"sync/atomic"
	"time"

	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/rewrite"
	"callrelay/sfu/internal/rtpext"
	"callrelay/sfu/internal/seq"
	"callrelay/sfu/internal/sieve"
)

// maxPacket bytes that are taken from a publisher; longer ones are dropped.
const maxPacket = 1500

// description is what parsing a packet found out, once and for all who
// forward it. It is a value and points nowhere, so the history keeps it too.
type description struct {
	rtp      rtpext.Packet // as it came: a repair has the repair's header
	number   seq.Number
	encoding encoding
	// keyFrame: belongs to a key frame; frameStart: the first packet of its frame.
	keyFrame, frameStart bool
	// repaired: arrived as a retransmission; its payload begins with the
	// number of what it repairs.
	repaired bool
	picture  codec.VP8Picture // VP8's own numbers, and where they lie
	frame    rewrite.FrameNumber
	sift     sieve.Frame // which layers it is of, and what it needs
	mask     codec.Mask  // where its descriptor tells which layers are sent
}

// numbers of a packet as its publisher sent it.
func (d *description) numbers() rewrite.Numbers {
	return rewrite.Numbers{Seq: d.number, Timestamp: d.rtp.Timestamp, Frame: d.frame, Picture: rewrite.Picture{
		Bits: d.picture.Bits, ID: d.picture.ID, HasTL0: d.picture.HasTL0, TL0: d.picture.TL0,
	}}
}

// body is the payload in a packet's bytes, without padding.
func (d *description) body(b []byte) []byte {
	payload := d.rtp.Payload(b)
	if d.repaired {
		return payload[2:]
	}
	return payload
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

	size int // of the bytes in use in buf
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

// bytes of the packet as it came.
func (p *packet) bytes() []byte { return p.buf[:p.size] }

// payload without padding, and without what a repair puts before it.
func (p *packet) payload() []byte { return p.body(p.bytes()) }

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
