package icetcp

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

const (
	// maxFirst bytes of the first message: a check has no more than this.
	maxFirst   = 512
	headerSize = 20
	// A Binding request and the attribute with the names, RFC 8489.
	bindingRequest = 0x0001
	cookie         = 0x2112a442
	attributeUser  = 0x0006
)

var errNoCheck = errors.New("no connectivity check")

// readFirst reads one frame and returns it, its length bytes too.
func readFirst(r io.Reader) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(length[:]))
	if n < headerSize || n > maxFirst {
		return nil, errNoCheck
	}
	frame := make([]byte, 2+n)
	copy(frame, length[:])
	_, err := io.ReadFull(r, frame[2:])
	return frame, err
}

// awaited returns the server's name fragment from a check, the part before
// the colon of its USERNAME.
func awaited(message []byte) (string, error) {
	if len(message) < headerSize || binary.BigEndian.Uint16(message) != bindingRequest ||
		binary.BigEndian.Uint32(message[4:]) != cookie ||
		int(binary.BigEndian.Uint16(message[2:])) != len(message)-headerSize {
		return "", errNoCheck
	}
	for rest := message[headerSize:]; len(rest) >= 4; {
		kind, n := binary.BigEndian.Uint16(rest), int(binary.BigEndian.Uint16(rest[2:]))
		rest = rest[4:]
		if n > len(rest) {
			break
		}
		if kind == attributeUser {
			ours, _, found := strings.Cut(string(rest[:n]), ":")
			if !found || ours == "" {
				break
			}
			return ours, nil
		}
		rest = rest[min(len(rest), (n+3)&^3):]
	}
	return "", errNoCheck
}
