package client

import (
	"net"

	"github.com/pion/ice/v4"
)

// link is a peer's way to the network.
type link interface {
	net.PacketConn
	ice.AddrPortReaderWriter
	// vanish makes it deaf and dumb, as a cable that is pulled.
	vanish()
	// setTransportID names the header extension of the transport-wide number.
	setTransportID(id uint8)
	// overflows are datagrams that this program was too slow to read.
	overflows() int
}

func (p *Peer) openLink() (link, error) {
	if p.cfg.Crowd != nil {
		return p.cfg.Crowd.open(p.cfg.Local, p)
	}
	return newSocket(p.cfg.Local, p, p.cfg.LossUp, p.cfg.LossDown, seeded(p.cfg.Seed, 2))
}
