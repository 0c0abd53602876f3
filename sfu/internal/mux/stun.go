package mux

import (
	"bytes"
	"encoding/binary"
)

// kind of a datagram by its first byte (RFC 7983).
type kind uint8

const (
	kindOther kind = iota
	kindRequest
	kindResponse // success or error
	kindIndication
	kindDTLS
	kindMedia
)

const (
	stunHeader    = 20
	stunCookie    = 0x2112a442
	methodBinding = 0x0001
	methodMask    = 0x3eef
	classMask     = 0x0110
	attributeUser = 0x0006
	maxName       = 256 // of a user name's first part
	successType   = 0x0101
)

func kindOf(b []byte) kind {
	if len(b) == 0 {
		return kindOther
	}
	switch first := b[0]; {
	case first >= 128 && first <= 191:
		return kindMedia
	case first >= 20 && first <= 63:
		return kindDTLS
	case first < 4:
		return stunKind(b)
	}
	return kindOther
}

func stunKind(b []byte) kind {
	if len(b) < stunHeader || binary.BigEndian.Uint32(b[4:]) != stunCookie {
		return kindOther
	}
	t := binary.BigEndian.Uint16(b)
	if t&methodMask != methodBinding {
		return kindOther
	}
	switch t & classMask {
	case 0x0000:
		return kindRequest
	case 0x0010:
		return kindIndication
	}
	return kindResponse
}

// isSuccess tells the success response of a Binding.
func isSuccess(b []byte) bool {
	return kindOf(b) == kindResponse && binary.BigEndian.Uint16(b) == successType
}

// userName of a STUN request up to the colon: the name of whom it is for. Part
// of b; nil if there is none.
func userName(b []byte) []byte {
	for rest := b[min(len(b), stunHeader):]; len(rest) >= 4; {
		attribute, size := binary.BigEndian.Uint16(rest), int(binary.BigEndian.Uint16(rest[2:]))
		if attribute == attributeUser {
			if 4+size > len(rest) {
				return nil
			}
			name, _, _ := bytes.Cut(rest[4:4+size], []byte{':'})
			if len(name) > maxName {
				return nil
			}
			return name
		}
		rest = rest[min(len(rest), 4+(size+3)&^3):]
	}
	return nil
}
