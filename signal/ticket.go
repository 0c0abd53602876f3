package signal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"callrelay/signal/protocol"
)

// ticket is what a session secret holds: enough for a server with an empty
// memory to take the session, its room and its call back.
type ticket struct {
	Session SessionID
	Grants  TokenGrants
	Expires time.Time
	// Boot of the server that sealed it. While that one lives its memory
	// counts, not the ticket.
	Boot        string
	Participant protocol.ParticipantID `json:",omitempty"`
	Call        *Call                  `json:",omitempty"` // when it is active
	Room        *roomRef               `json:",omitempty"`
	Role        protocol.MemberRole    `json:",omitempty"` // in it
}

// roomRef names a room of one's own, or a call's.
type roomRef struct {
	ID    protocol.RoomID
	Name  string
	Epoch uint32
	// Options of the room.
	Options protocol.RoomOptions
}

const (
	maxSecret   = 16 << 10 // bytes of a session secret
	sealKeySize = 32
)

// sealer makes and opens session secrets.
type sealer struct{ aead cipher.AEAD }

func newSealer(stateKey []byte) (sealer, error) {
	key, err := hkdf.Key(sha256.New, stateKey, nil, "callrelay session secret v1", sealKeySize)
	if err != nil {
		return sealer{}, fmt.Errorf("session key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealer{}, fmt.Errorf("session key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return sealer{aead}, err
}

func (s sealer) seal(t ticket) (string, error) {
	plain, err := json.Marshal(t)
	if err != nil {
		return "", fmt.Errorf("session secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, plain, nil)), nil
}

// open returns what a secret holds; whether it has expired is the caller's to
// judge. Its error may be shown to the bearer.
func (s sealer) open(secret string) (ticket, error) {
	if len(secret) > maxSecret {
		return ticket{}, errors.New("the session secret is too long")
	}
	sealed, err := base64.RawURLEncoding.DecodeString(secret)
	if err != nil {
		return ticket{}, errors.New("the session secret is not one")
	}
	plain, err := s.aead.Open(nil, nil, sealed, nil)
	if err != nil {
		return ticket{}, errors.New("the session secret is of another server or was changed")
	}
	var t ticket
	if err := json.Unmarshal(plain, &t); err != nil || t.Session == "" {
		return ticket{}, errors.New("the session secret is of another version")
	}
	return t, nil
}
