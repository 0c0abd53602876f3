package leg

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"unicode"

	"callrelay/signal/protocol"
)

// maxRoomID bytes of a room's id as a page says it.
const maxRoomID = 48

// ValidRoom tells whether a page may name a room so: anything that can be
// printed, without a slash, which parts room and seat in a user's name.
func ValidRoom(id string) bool {
	for _, c := range id {
		if c == unicode.ReplacementChar || !unicode.IsPrint(c) || c == '/' {
			return false
		}
	}
	return id != "" && len(id) <= maxRoomID && strings.TrimSpace(id) == id
}

// RoomName is the name of the product's room that pages with this room id
// share: the id itself where it can be in a link, else one made from it.
func RoomName(id string) string {
	if protocol.ValidRoomName(id) {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	const letters = 16
	return "room-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:letters])
}
