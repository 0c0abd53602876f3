package sfu

import (
	"github.com/pion/rtcp"

	"callrelay/sfu/internal/batch"
	"callrelay/sfu/internal/keying"
	"callrelay/sfu/internal/seal"
	"callrelay/sfu/internal/seq"
)

// sealer says who protects what a connection sends. It is decided once, when
// the connection is up, and for good: two who seal by the same keys would use
// their numbers twice.
type sealer uint8

const (
	sealerNone sealer = iota // not up yet, or ended: nothing leaves
	sealerOwn                // this package, in the memory from which it leaves
	sealerPion               // Pion, where its keys can't be learned
)

// egress is how the packets of one connection leave: RTP and RTCP, sealed
// where they lie and put where they leave from, by the connection's present
// path. It belongs to the participant's worker.
type egress struct {
	connection *connection
	sealer     sealer
	context    *seal.Context // of sealerOwn
	path       *path         // by which to send; nil until one is known
	moved      bool          // to another, which the sender's estimate has not been told
	outbox     *batch.Outbox // of the path, if it leads through one
	to         *batch.Destination
	lost       uint64 // of to, that were reckoned with
	scratch    []byte // for what does not leave from an outbox
}

// begin decides who seals, when the connection is up and its certificate is verified.
func (e *egress) begin() {
	if e.sealer != sealerNone {
		return
	}
	e.count(-1)
	e.sealer = sealerPion
	if e.context = sealing(e.connection.inlet.exchange); e.context != nil {
		e.sealer = sealerOwn
	}
	e.count(1)
	e.follow()
}

// sealing makes the one context that seals what a connection sends; nil where
// its keys can't be learned.
func sealing(exchange *keying.Exchange) *seal.Context {
	keys, err := exchange.Keys()
	if err != nil {
		return nil
	}
	key, salt := keys.SealingMaster()
	defer clear(key)
	defer clear(salt)
	context, err := seal.New(seal.Keys{Profile: keys.Profile(), MasterKey: key, MasterSalt: salt})
	if err != nil {
		return nil
	}
	return context
}

// follow takes the connection's present path; what was sealed goes on. Without
// one it keeps to the last.
func (e *egress) follow() {
	present := e.connection.inlet.paths.present.Load()
	if present == nil || present == e.path || e.sealer != sealerOwn {
		return
	}
	e.moved = e.moved || e.path != nil && *e.path != *present
	e.count(-1)
	e.path, e.outbox, e.to, e.lost = present, nil, nil, 0
	if p, ok := present.via.(*port); ok && p.batches(present.remote) {
		e.outbox, e.to = e.connection.worker().outbox(p), batch.NewDestination(present.remote)
	}
	e.count(1)
}

// end lets nothing leave any more.
func (e *egress) end() {
	e.count(-1)
	*e = egress{connection: e.connection}
}

// room for one packet: empty, with the capacity for it and its sealing.
func (e *egress) room() []byte {
	if e.outbox != nil {
		return e.outbox.Room()
	}
	if e.scratch == nil {
		e.scratch = make([]byte, 0, batch.MaxDatagram)
	}
	return e.scratch
}

// media sends an RTP packet that was written into room: its header is so long,
// n its whole number, repair tells on which of the slot's streams. It reports
// whether the packet left.
func (e *egress) media(b []byte, header int, s *slot, repair bool, n seq.Number) bool {
	switch e.sealer {
	case sealerOwn:
		sealed, ok := e.context.RTP(b, header, s.sealed(e.context, repair), n)
		if !ok {
			e.connection.sfu.counters.drop(dropRepeated)
			return false
		}
		return e.leave(sealed)
	case sealerPion:
		if n, err := s.writer.Write(b); err == nil && n > 0 {
			return true
		}
	case sealerNone:
	}
	e.connection.sfu.counters.drop(dropNotConnected)
	return false
}

// leave is where sealed packets go.
func (e *egress) leave(sealed []byte) bool {
	if e.outbox != nil {
		e.outbox.Add(sealed, e.to)
		return true
	}
	if e.path != nil {
		if _, err := e.path.via.writeTo(sealed, e.path.remote); err == nil {
			return true
		}
	}
	e.connection.sfu.counters.drop(dropNotConnected)
	return false
}

// reports sends RTCP packets.
func (e *egress) reports(packets ...rtcp.Packet) {
	switch e.sealer {
	case sealerOwn:
		e.follow()
		e.seal(packets)
	case sealerPion:
		_ = e.connection.pc.WriteRTCP(packets)
	case sealerNone:
	}
}

// compound sends RTCP that is written already; it is only read.
func (e *egress) compound(plain []byte) {
	switch e.sealer {
	case sealerOwn:
		e.follow()
		e.sealPlain(plain)
	case sealerPion:
		if packets, err := rtcp.Unmarshal(plain); err == nil {
			_ = e.connection.pc.WriteRTCP(packets)
		}
	case sealerNone:
	}
}

// maxReport bytes of RTCP in one datagram.
const maxReport = 1200

// seal RTCP packets, together while they are short enough.
func (e *egress) seal(packets []rtcp.Packet) {
	plain, err := rtcp.Marshal(packets)
	switch {
	case err != nil:
	case len(plain) > maxReport && len(packets) > 1:
		for i := range packets {
			e.seal(packets[i : i+1])
		}
	default:
		e.sealPlain(plain)
	}
}

func (e *egress) sealPlain(plain []byte) {
	if len(plain) > maxPacket {
		return
	}
	if sealed, ok := e.context.RTCP(append(e.room(), plain...)); ok {
		e.leave(sealed)
	}
}

// overflowed tells, once, that packets of this connection found the socket full.
func (e *egress) overflowed() bool {
	if e.to == nil || e.to.Lost() == e.lost {
		return false
	}
	e.lost = e.to.Lost()
	return true
}
