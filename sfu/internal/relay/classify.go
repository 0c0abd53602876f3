package relay

import "encoding/binary"

const (
	headerSize = 20
	cookie     = 0x2112a442
	// methodMask takes the class out of a STUN type (RFC 8489, section 5).
	methodMask, methodBinding = 0x3eef, 0x0001
	bindingRequest            = 0x0001
	attributeUser             = 0x0006
)

// isTURN tells what of a media port's traffic is for the TURN server:
// ChannelData, STUN of any method but Binding, and Binding requests without a
// user name, which ask for nothing but one's own address. All else is for
// ICE: its checks have user names.
func isTURN(b []byte) bool {
	if len(b) == 0 || b[0] >= 0x80 {
		return false
	}
	if b[0]&0xc0 == 0x40 {
		return true
	}
	if !isSTUN(b) {
		return false
	}
	kind := binary.BigEndian.Uint16(b)
	return kind&methodMask != methodBinding || kind == bindingRequest && !hasUser(b)
}

func isSTUN(b []byte) bool {
	return len(b) >= headerSize && b[0] < 4 && binary.BigEndian.Uint32(b[4:]) == cookie
}

func hasUser(message []byte) bool {
	for rest := message[headerSize:]; len(rest) >= 4; {
		kind, n := binary.BigEndian.Uint16(rest), int(binary.BigEndian.Uint16(rest[2:]))
		if kind == attributeUser {
			return true
		}
		rest = rest[min(len(rest), 4+(n+3)&^3):]
	}
	return false
}
