package sfu

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"

	"callrelay/sfu/internal/rewrite"
	"callrelay/sfu/internal/seq"
)

// maxPacket bytes that are taken from a publisher; longer ones are dropped.
const maxPacket = 1500

// packet is one RTP packet of a publisher, parsed once. It is immutable from
// the moment others can see it, shared by all who forward it, and returned to
// its pool when the last of them releases it.
type packet struct {
	refs atomic.Int32
	pool *packetPool

	layer *layer
	// order counts the packets of the publication as they arrived.
	order   uint64
	arrival time.Time

	number    seq.Number
	timestamp uint32
	marker    bool
	encoding  encoding
	// keyFrame: belongs to a key frame; frameStart: the first packet of its frame.
	keyFrame, frameStart bool
	// repaired: arrived as a retransmission.
	repaired bool

	// picture ids of VP8.
	picture rewrite.Picture

	payload []byte // in buf, without padding
	// Header extensions that are passed on, in buf; nil when absent.
	audioLevel, orientation, playoutDelay, dependency []byte

	buf [maxPacket]byte
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
	pool := p.pool
	p.layer = nil
	p.payload, p.audioLevel, p.orientation, p.playoutDelay, p.dependency = nil, nil, nil, nil, nil
	pool.Pool.Put(p)
}

// packetPool of one SFU.
type packetPool struct{ sync.Pool }

func (pool *packetPool) get() *packet {
	p, _ := pool.Get().(*packet)
	if p == nil {
		p = &packet{pool: pool}
	}
	p.refs.Store(1)
	p.keyFrame, p.frameStart, p.repaired, p.picture = false, false, false, rewrite.Picture{}
	return p
}

// fill copies what the header and payload say into p. payload must fit.
func (p *packet) fill(h *rtp.Header, payload []byte, ids *extensionIDs) {
	p.timestamp, p.marker = h.Timestamp, h.Marker
	used := copy(p.buf[:], payload)
	p.payload = p.buf[:used:used]
	keep := func(id uint8) []byte {
		if id == 0 {
			return nil
		}
		e := h.GetExtension(id)
		if len(e) == 0 || used+len(e) > len(p.buf) {
			return nil
		}
		start := used
		used += copy(p.buf[used:], e)
		return p.buf[start:used:used]
	}
	p.audioLevel, p.orientation = keep(ids.audioLevel), keep(ids.orientation)
	p.playoutDelay, p.dependency = keep(ids.playoutDelay), keep(ids.dependency)
}
