package relay

import (
	"encoding/binary"
	"errors"
)

// maxFrame bytes after the header of what a client sends.
const maxFrame = 1500

var errFrame = errors.New("relay: neither STUN nor ChannelData")

// frames follows the frames of a TURN stream (RFC 8656, sections 3.1 and 12.5)
// as it is read, in pieces of any size.
type frames struct {
	header [4]byte
	have   int // bytes of the header
	left   int // bytes of the frame after the header
	// begun counts frames whose header was good.
	begun int
}

// follow takes the next bytes of the stream; an error means that it must not
// be read on.
func (f *frames) follow(b []byte) error {
	for len(b) > 0 {
		if f.left > 0 {
			n := min(f.left, len(b))
			f.left -= n
			b = b[n:]
			continue
		}
		n := copy(f.header[f.have:], b)
		f.have += n
		b = b[n:]
		if f.have < len(f.header) {
			return nil
		}
		if err := f.begin(); err != nil {
			return err
		}
	}
	return nil
}

func (f *frames) begin() error {
	f.have = 0
	n := int(binary.BigEndian.Uint16(f.header[2:]))
	switch {
	case n > maxFrame:
		return errFrame
	case f.header[0] < 4 && n%4 == 0:
		f.left = headerSize - len(f.header) + n
	case f.header[0]&0xf0 == 0x40:
		f.left = (n + 3) &^ 3
	default:
		return errFrame
	}
	f.begun++
	return nil
}
