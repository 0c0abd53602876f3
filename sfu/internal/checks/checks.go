package checks

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // what STUN has
	"encoding/binary"
	"hash/crc32"
	"net/netip"
)

// Side of a pair: its name and password, as its description has them.
type Side struct{ Name, Password string }

// Checks of one pair of sides. Not safe for concurrent use.
type Checks struct {
	local, remote Side
	hears, says   string // user names of the checks that come and that go
	role          uint16 // of the client: the attribute that its checks must have
	tie           [8]byte
	asked         [transactionSize]byte // by the last check
}

// New checks between two sides. controlling: this side chooses pairs.
func New(local, remote Side, controlling bool) *Checks {
	c := &Checks{
		local: local, remote: remote,
		hears: local.Name + ":" + remote.Name, says: remote.Name + ":" + local.Name,
		role: attributeControlling,
	}
	if controlling {
		c.role = attributeControlled
	}
	_, _ = rand.Read(c.tie[:])
	return c
}

const (
	headerSize      = 20
	transactionAt   = 8
	transactionSize = 12
	cookie          = 0x2112a442

	typeRequest = 0x0001
	typeSuccess = 0x0101

	attributeUser        = 0x0006
	attributeIntegrity   = 0x0008
	attributeMapped      = 0x0020
	attributePriority    = 0x0024
	attributeUse         = 0x0025
	attributeFingerprint = 0x8028
	attributeControlled  = 0x8029
	attributeControlling = 0x802a

	// optional is the first attribute that may be ignored (RFC 8489, section 14).
	optional        = 0x8000
	integritySize   = sha1.Size
	fingerprintMask = 0x5354554e
	// priority of a peer-reflexive candidate (RFC 8445, section 5.1.2.1). The
	// pair is chosen; nobody compares it any more.
	priority = 110<<24 | 0xffff<<8 | 0xff
)

// Answer appends the answer to a check that came from an address. ok is false
// for all that is not an authentic check of the other side's, or asks for more
// than an answer.
func (c *Checks) Answer(b []byte, from netip.AddrPort, to []byte) (answer []byte, ok bool) {
	m, ok := parse(b, typeRequest)
	if !ok || m.role != c.role || string(m.user) != c.hears || !m.authentic(b, c.local.Password) {
		return to, false
	}
	start := len(to)
	to = begin(to, typeSuccess, b[transactionAt:headerSize])
	to = appendMapped(to, from, b[4:headerSize])
	return finish(to, start, c.local.Password), true
}

// Ask appends a check of this side's.
func (c *Checks) Ask(to []byte) []byte {
	_, _ = rand.Read(c.asked[:])
	start := len(to)
	to = begin(to, typeRequest, c.asked[:])
	to = appendAttribute(to, attributeUser, []byte(c.says))
	role := uint16(attributeControlled)
	if c.role == attributeControlled {
		role = attributeControlling
	}
	to = appendAttribute(to, role, c.tie[:])
	to = appendAttribute(to, attributePriority, binary.BigEndian.AppendUint32(nil, priority))
	return finish(to, start, c.remote.Password)
}

// Answered tells whether b is an authentic answer of the other side's, and
// whether to the last check of Ask.
func (c *Checks) Answered(b []byte) (authentic, ours bool) {
	m, ok := parse(b, typeSuccess)
	if !ok || !m.authentic(b, c.remote.Password) {
		return false, false
	}
	return true, bytes.Equal(b[transactionAt:headerSize], c.asked[:])
}

// message is where the parts of one lie that are needed here.
type message struct {
	user      []byte
	role      uint16
	integrity int // where it begins; 0: it has none
}

// parse a message of a type, false if it is not one, is broken, or has what
// must be understood and is not.
func parse(b []byte, kind uint16) (m message, ok bool) {
	if len(b) < headerSize || binary.BigEndian.Uint16(b) != kind || binary.BigEndian.Uint32(b[4:]) != cookie ||
		int(binary.BigEndian.Uint16(b[2:])) != len(b)-headerSize {
		return m, false
	}
	for at := headerSize; at < len(b); {
		if at+4 > len(b) {
			return m, false
		}
		attribute, size := binary.BigEndian.Uint16(b[at:]), int(binary.BigEndian.Uint16(b[at+2:]))
		end := at + 4 + (size+3)&^3
		if end > len(b) || m.integrity > 0 && attribute != attributeFingerprint {
			return m, false
		}
		switch attribute {
		case attributeUser:
			m.user = b[at+4 : at+4+size]
		case attributeIntegrity:
			if size != integritySize {
				return m, false
			}
			m.integrity = at
		case attributeControlled, attributeControlling:
			m.role = attribute
		case attributePriority, attributeUse, attributeMapped:
		default:
			if attribute < optional {
				return m, false
			}
		}
		at = end
	}
	return m, m.integrity > 0
}

// authentic tells whether the message was made with a password.
func (m *message) authentic(b []byte, password string) bool {
	given := b[m.integrity+4 : m.integrity+4+integritySize]
	made := integrity(b[:m.integrity], password)
	return hmac.Equal(given, made[:])
}

// integrity of a message up to its place, whose length is then taken to be
// that of the message with it and no more (RFC 8489, section 14.5).
func integrity(b []byte, password string) (sum [integritySize]byte) {
	mac := hmac.New(sha1.New, []byte(password))
	mac.Write(b[:2])
	mac.Write(binary.BigEndian.AppendUint16(nil, uint16(len(b)-headerSize+4+integritySize))) //nolint:gosec // a datagram
	mac.Write(b[4:])
	mac.Sum(sum[:0])
	return sum
}

// begin a message at the end of b.
func begin(b []byte, kind uint16, transaction []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, kind)
	b = binary.BigEndian.AppendUint16(b, 0)
	b = binary.BigEndian.AppendUint32(b, cookie)
	return append(b, transaction...)
}

// finish the message that begins at start: integrity, fingerprint, length.
func finish(b []byte, start int, password string) []byte {
	sum := integrity(b[start:], password)
	b = appendAttribute(b, attributeIntegrity, sum[:])
	const fingerprintSize = 4
	binary.BigEndian.PutUint16(b[start+2:], uint16(len(b)-start-headerSize+4+fingerprintSize)) //nolint:gosec // short
	return appendAttribute(b, attributeFingerprint,
		binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b[start:])^fingerprintMask))
}

func appendAttribute(b []byte, attribute uint16, value []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, attribute)
	b = binary.BigEndian.AppendUint16(b, uint16(len(value))) //nolint:gosec // short
	b = append(b, value...)
	return append(b, make([]byte, -len(value)&3)...)
}

// appendMapped appends an address, hidden by the cookie and the transaction
// (RFC 8489, section 14.2).
func appendMapped(b []byte, a netip.AddrPort, mask []byte) []byte {
	const ipv4, ipv6 = 1, 2
	ip := a.Addr().Unmap()
	value := append(make([]byte, 0, 20), 0, ipv6)
	if ip.Is4() {
		value[1] = ipv4
	}
	value = binary.BigEndian.AppendUint16(value, a.Port()^cookie>>16)
	for i, octet := range ip.AsSlice() {
		value = append(value, octet^mask[i])
	}
	return appendAttribute(b, attributeMapped, value)
}
