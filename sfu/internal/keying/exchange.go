package keying

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"sync"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/prf"
	"github.com/pion/dtls/v3/pkg/protocol/extension"
	"github.com/pion/dtls/v3/pkg/protocol/handshake"
	"github.com/pion/srtp/v3"
	"github.com/pion/webrtc/v4"
)

// Errors of Keys.
var (
	// ErrNone: the handshake has not come so far, or this side is the client.
	ErrNone = errors.New("keying: no keys yet")
	// ErrUnknown: a suite or an SRTP profile that is not known here.
	ErrUnknown = errors.New("keying: the connection uses a suite or a profile that is not known")
	// ErrChanged: a second handshake gave other keys. Pion makes none; keys that
	// change would let numbers begin anew under contexts that are in use.
	ErrChanged = errors.New("keying: a second handshake")
)

// Exchange hears the handshake of one connection. Its methods may be called
// from any goroutine.
type Exchange struct {
	mu     sync.Mutex
	hello  hello
	client [handshake.RandomLength]byte // the random of the handshake that gave the keys
	keys   Keys
	err    error
}

// hello is what a ServerHello says; known is false for what we can't use.
type hello struct {
	heard, known bool
	random       [handshake.RandomLength]byte
	hash         func() hash.Hash
	profile      srtp.ProtectionProfile
}

// Listen makes the Exchange of the one connection that settings are for.
func Listen(settings *webrtc.SettingEngine) *Exchange {
	x := &Exchange{}
	settings.SetDTLSKeyLogWriter((*secrets)(x))
	settings.SetDTLSServerHelloMessageHook(x.sent)
	return x
}

// Keys of the connection, or one of this package's errors. They are the same
// for good: messages that are sent again change nothing.
func (x *Exchange) Keys() (Keys, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.err != nil:
		return Keys{}, x.err
	case x.keys.reveal == nil:
		return Keys{}, ErrNone
	}
	return x.keys, nil
}

// sent is the hook for the ServerHello. It changes nothing of it.
func (x *Exchange) sent(m handshake.MessageServerHello) handshake.Message {
	h := hello{heard: true, random: m.Random.MarshalFixed()}
	if m.CipherSuiteID != nil {
		h.hash = hashOf(dtls.CipherSuiteID(*m.CipherSuiteID))
	}
	for _, e := range m.Extensions {
		if use, ok := e.(*extension.UseSRTP); ok && len(use.ProtectionProfiles) == 1 {
			h.profile = profileOf(use.ProtectionProfiles[0])
		}
	}
	h.known = h.hash != nil && h.profile != 0
	x.mu.Lock()
	defer x.mu.Unlock()
	x.hello = h
	return &m
}

// hashOf a suite's pseudo-random function; nil for one that is not known.
func hashOf(id dtls.CipherSuiteID) func() hash.Hash {
	return map[dtls.CipherSuiteID]func() hash.Hash{
		dtls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384:       sha512.New384,
		dtls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384:         sha512.New384,
		dtls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:       sha256.New,
		dtls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256:         sha256.New,
		dtls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA:          sha256.New,
		dtls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA:            sha256.New,
		dtls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: sha256.New,
		dtls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256:   sha256.New,
		dtls.TLS_ECDHE_ECDSA_WITH_AES_128_CCM:              sha256.New,
		dtls.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8:            sha256.New,
	}[id]
}

// profileOf DTLS in SRTP's numbers; 0 for one that is not known.
func profileOf(p dtls.SRTPProtectionProfile) srtp.ProtectionProfile {
	return map[dtls.SRTPProtectionProfile]srtp.ProtectionProfile{
		dtls.SRTP_AEAD_AES_128_GCM:       srtp.ProtectionProfileAeadAes128Gcm,
		dtls.SRTP_AEAD_AES_256_GCM:       srtp.ProtectionProfileAeadAes256Gcm,
		dtls.SRTP_AES128_CM_HMAC_SHA1_80: srtp.ProtectionProfileAes128CmHmacSha1_80,
	}[p]
}

// secrets is an Exchange as the writer that Pion tells the master secret.
type secrets Exchange

// Write implements io.Writer. Its error names no secret; Pion logs it.
func (s *secrets) Write(line []byte) (int, error) {
	x := (*Exchange)(s)
	client, master, ok := parseLine(line)
	defer clear(master)
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case !ok:
		x.err = ErrUnknown
	case x.keys.reveal == nil:
		x.derive(client, master)
	case client != x.client:
		x.err = ErrChanged
	}
	if x.err != nil {
		return 0, x.err
	}
	return len(line), nil
}

// derive makes the keys; mu is held.
func (x *Exchange) derive(client [handshake.RandomLength]byte, master []byte) {
	switch {
	case !x.hello.heard: // of a client's side
		return
	case !x.hello.known:
		x.err = ErrUnknown
		return
	}
	config := srtp.Config{Profile: x.hello.profile}
	if err := config.ExtractSessionKeysFromDTLS(exporter{client, master, x.hello}, false); err != nil {
		x.err = ErrUnknown
		return
	}
	x.client = client
	made := &material{profile: config.Profile, keys: config.Keys}
	x.keys = Keys{func() *material { return made }}
}

// exporter is RFC 5705 for srtp.Config.
type exporter struct {
	client [handshake.RandomLength]byte
	master []byte
	hello  hello
}

// ExportKeyingMaterial implements srtp.KeyingMaterialExporter; there is no context.
func (e exporter) ExportKeyingMaterial(label string, _ []byte, length int) ([]byte, error) {
	seed := append([]byte(label), e.client[:]...)
	return prf.PHash(e.master, append(seed, e.hello.random[:]...), length, e.hello.hash)
}

// masterLength bytes of every TLS 1.2 master secret.
const masterLength = 48

// parseLine reads "CLIENT_RANDOM <random> <master secret>\n", both in hex.
func parseLine(line []byte) (client [handshake.RandomLength]byte, master []byte, ok bool) {
	fields := bytes.Fields(line)
	if len(fields) != 3 || string(fields[0]) != "CLIENT_RANDOM" ||
		len(fields[1]) != 2*len(client) || len(fields[2]) != 2*masterLength {
		return client, nil, false
	}
	if _, err := hex.Decode(client[:], fields[1]); err != nil {
		return client, nil, false
	}
	master = make([]byte, masterLength)
	if _, err := hex.Decode(master, fields[2]); err != nil {
		return client, nil, false
	}
	return client, master, true
}

// Format implements fmt.Formatter: an Exchange shows nothing.
func (*Exchange) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[exchange]")) }
