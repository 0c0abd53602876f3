package sfu

import (
	"net/netip"

	"callrelay/sfu/internal/batch"
)

// exit says how a connection's packets leave, for operators.
type exit uint8

const (
	exitBatch exit = iota // sealed here, many in a system call
	exitPlain             // sealed here, one by one: ICE-TCP, TURN, a virtual network
	exitPion              // sealed by Pion
	exits
)

func (x exit) String() string { return [exits]string{"batch", "plain", "pion"}[x] }

// count the connection in or out.
func (e *egress) count(by int64) {
	counts := &e.connection.sfu.exits
	switch {
	case e.sealer == sealerNone:
	case e.sealer == sealerPion:
		counts[exitPion].Add(by)
	case e.outbox != nil:
		counts[exitBatch].Add(by)
	default:
		counts[exitPlain].Add(by)
	}
}

// batches tells whether what goes to an address can leave from an outbox:
// relayed clients and sockets that know no batches are written to one by one.
func (p *port) batches(to netip.AddrPort) bool {
	if p.relay != nil && p.relay.Relays(to) {
		return false
	}
	_, ok := p.conn.(*batch.Conn)
	return ok
}

// outbox from a port, the worker's own; nil when the port knows no batches or
// is closed.
func (w *worker) outbox(p *port) *batch.Outbox {
	if o := w.outboxes[p]; o != nil {
		return o
	}
	conn, ok := p.conn.(*batch.Conn)
	if !ok {
		return nil
	}
	o, err := conn.NewOutbox()
	if err != nil {
		return nil
	}
	w.outboxes[p] = o
	return o
}
