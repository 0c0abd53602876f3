package codec

// REDPrimary returns the newest block of a RED payload (RFC 2198), which is a
// plain Opus payload: for a receiver that did not negotiate RED. It shares
// the payload's memory.
func REDPrimary(payload []byte) (primary []byte, ok bool) {
	redundant := 0
	for at := 0; at < len(payload); {
		if payload[at]&0x80 == 0 { // the last header: the primary block's
			if at++; at+redundant >= len(payload) {
				return nil, false
			}
			return payload[at+redundant:], true
		}
		if at+4 > len(payload) {
			return nil, false
		}
		redundant += int(payload[at+2]&3)<<8 | int(payload[at+3])
		at += 4
	}
	return nil, false
}
