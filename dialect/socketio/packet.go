package socketio

import (
	"errors"
	"strings"
)

// engineType is the first byte of an Engine.IO packet in text form.
type engineType byte

const (
	engineOpen    engineType = '0'
	engineClose   engineType = '1'
	enginePing    engineType = '2'
	enginePong    engineType = '3'
	engineMessage engineType = '4'
	engineUpgrade engineType = '5'
	engineNoop    engineType = '6'
)

// separator stands between the packets of one polling body.
const separator = "\x1e"

// maxBodyPackets in one polling body. The stock client sends what it has
// buffered in one body, for a page a handful.
const maxBodyPackets = 128

var (
	errEmptyPacket    = errors.New("empty packet")
	errBinaryPacket   = errors.New("binary packets are not taken")
	errUnknownPacket  = errors.New("unknown packet type")
	errTooManyPackets = errors.New("too many packets in one body")
)

// decodeEngine splits one packet into its type and what follows.
func decodeEngine(p string) (engineType, string, error) {
	if p == "" {
		return 0, "", errEmptyPacket
	}
	t := engineType(p[0])
	switch {
	case t == 'b':
		return 0, "", errBinaryPacket
	case t < engineOpen || t > engineNoop:
		return 0, "", errUnknownPacket
	}
	return t, p[1:], nil
}

// splitBody gives the packets of a polling body.
func splitBody(body string) ([]string, error) {
	if strings.Count(body, separator) >= maxBodyPackets {
		return nil, errTooManyPackets
	}
	return strings.Split(body, separator), nil
}
