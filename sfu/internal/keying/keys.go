package keying

import (
	"bytes"
	"fmt"
	"log/slog"

	"github.com/pion/srtp/v3"
)

// Keys are the SRTP master keys of both directions. A copy is the same keys.
// Printed, encoded or logged they show nothing. Read-only, so of any goroutine.
type Keys struct {
	// reveal is a function because fmt calls no method of an unexported field
	// and looks behind its pointers for some verbs, but into no function.
	reveal func() *material
}

type material struct {
	profile srtp.ProtectionProfile
	keys    srtp.SessionKeys
}

// Profile by which both directions are protected. 0 when there are no keys.
func (k Keys) Profile() srtp.ProtectionProfile {
	if k.reveal == nil {
		return 0
	}
	return k.reveal().profile
}

// Opening makes a context for what the client sends. Ask for replay
// protection in the options: it has none by default.
func (k Keys) Opening(options ...srtp.ContextOption) (*srtp.Context, error) {
	if k.reveal == nil {
		return nil, ErrNone
	}
	return k.context(k.reveal().keys.RemoteMasterKey, k.reveal().keys.RemoteMasterSalt, options)
}

// Sealing makes a context for what the client is sent. Two contexts that seal
// the same SSRC, or RTCP of any SSRC, use a nonce twice, which ends
// confidentiality: make one for each connection.
func (k Keys) Sealing(options ...srtp.ContextOption) (*srtp.Context, error) {
	if k.reveal == nil {
		return nil, ErrNone
	}
	return k.context(k.reveal().keys.LocalMasterKey, k.reveal().keys.LocalMasterSalt, options)
}

func (k Keys) context(key, salt []byte, options []srtp.ContextOption) (*srtp.Context, error) {
	return srtp.CreateContext(bytes.Clone(key), bytes.Clone(salt), k.reveal().profile, options...)
}

// SealingMaster is the master key and salt for what the client is sent, for
// those who derive session keys themselves (RFC 3711, section 4.3). What is
// said of Sealing holds. They are copies; clear them after use.
func (k Keys) SealingMaster() (key, salt []byte) {
	if k.reveal == nil {
		return nil, nil
	}
	return bytes.Clone(k.reveal().keys.LocalMasterKey), bytes.Clone(k.reveal().keys.LocalMasterSalt)
}

// Format implements fmt.Formatter and shows nothing.
func (Keys) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue implements slog.LogValuer and shows nothing.
func (Keys) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText implements encoding.TextMarshaler and shows nothing.
func (Keys) MarshalText() ([]byte, error) { return []byte(hidden), nil }

const hidden = "[keys]"
