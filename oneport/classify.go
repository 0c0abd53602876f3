package oneport

import "encoding/binary"

// Protocol that a connection speaks.
type Protocol int

// Protocols. Undecided means that more bytes are needed.
const (
	Undecided Protocol = iota
	Unknown
	TLS
	HTTP
	TURN
	ICE
)

func (p Protocol) String() string {
	return [...]string{"undecided", "unknown", "tls", "http", "turn", "ice"}[p]
}

const (
	// enough bytes to decide in every case: a frame's length and a STUN
	// header up to the cookie.
	enough = 10
	// cookie of STUN, RFC 8489 section 5.
	cookie = 0x2112a442
	// recordHandshake is the content type of a TLS ClientHello's record.
	recordHandshake = 0x16
)

// Classify tells what a connection speaks by its first bytes. With fewer than
// ten it may answer Undecided; with ten it never does.
func Classify(first []byte) Protocol {
	switch {
	case len(first) == 0:
		return Undecided
	case first[0] == recordHandshake:
		return TLS
	case first[0] >= 'A' && first[0] <= 'Z':
		return HTTP
	// A frame's length and a STUN type both begin with a small byte; so does
	// neither of the above.
	case first[0] > 0x0f:
		return Unknown
	}
	if len(first) >= 8 && first[0] < 4 && binary.BigEndian.Uint32(first[4:]) == cookie {
		return TURN
	}
	if len(first) < enough {
		return Undecided
	}
	if binary.BigEndian.Uint32(first[6:]) == cookie && first[2] < 4 {
		return ICE
	}
	return Unknown
}
