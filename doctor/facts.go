package doctor

import (
	"net/netip"
	"time"
)

// Facts of the machine and of the settings, as gathered; Local judges them.
type Facts struct {
	Now time.Time
	// Ports that the settings ask for.
	Ports []Port
	// Listen is the address of --listen, invalid when it is all of them.
	Listen netip.Addr
	// Number of the public port.
	Number uint16
	// Advertised are those of --advertise; Own those of the interfaces.
	Advertised, Own []netip.Addr
	// SilentSTUN are the servers of --stun that did not answer.
	SilentSTUN  []string
	Certificate Certificate
	// StateError is why the state directory can't be used.
	StateError string
	StateDir   string
	// Open mode, and why the server would refuse it.
	Open      bool
	OpenError string
	Machine   Machine
	Server    Server
}

// Port is one address to listen on.
type Port struct {
	// Setting that names it, without the dashes; Network is "TCP" or "UDP".
	Setting, Network, Address string
	// Error of trying; empty when it is free.
	Error PortError
	// Holder has the port, as far as one can see.
	Holder Process
}

// PortError is why a port can't be had.
type PortError string

// Port errors.
const (
	PortTaken     PortError = "taken"
	PortForbidden PortError = "forbidden"
	PortNoAddress PortError = "no such address"
	PortOther     PortError = "other"
)

// Process that holds a port; PID 0 when it can't be seen.
type Process struct {
	PID  int
	Name string
}

// Certificate of the public address.
type Certificate struct {
	// Error is why there is none.
	Error               string
	NotBefore, NotAfter time.Time
	Names               []string
	// LocalCA is the file of the CA that must be trusted; empty when the
	// operator gives a certificate.
	LocalCA string
	// ACME names are those the server gets a certificate for by itself.
	ACME []string
	// Alone: given without the intermediate certificate that signed it.
	Alone bool
}

// Machine is what the kernel says. Known is false where it can't be asked.
type Machine struct {
	Known bool
	// ReceiveBuffer and SendBuffer in bytes, as a media socket gets them.
	ReceiveBuffer, SendBuffer int
	// Files that the process may open.
	Files uint64
	GSO   bool
	// ClockSynced says that something keeps the clock right.
	ClockSynced bool
	Kernel      string
}

// Server is a running one on this machine, as its /healthz answers.
type Server struct {
	Running  bool
	Status   int
	Sentence string
	URL      string
}
