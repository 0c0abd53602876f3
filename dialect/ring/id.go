package ring

import (
	"crypto/rand"
	"encoding/base32"
	"strings"

	"callrelay/signal/protocol"
)

// newCallID as a client of the product makes one.
func newCallID() protocol.CallID {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	return protocol.CallID(strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:])))
}
