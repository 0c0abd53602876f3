package seal

import (
	"crypto/aes"
	stdcipher "crypto/cipher"
	"encoding/binary"
	"errors"

	"callrelay/sfu/internal/seq"
)

const (
	rtpHeader  = 12 // the fixed part
	rtcpHeader = 8  // what stays readable
	saltSize   = 12
	encrypted  = 1 << 31 // the flag beside an SRTCP index
)

// gcm is AES-GCM as RFC 7714 has it.
type gcm struct {
	rtpAEAD, rtcpAEAD stdcipher.AEAD
	rtpSalt, rtcpSalt [saltSize]byte
	// Here and not on the stack, from where they would escape at every packet.
	nonce [saltSize]byte
	aad   [12]byte
}

func newGCM(k Keys) (*gcm, error) {
	if len(k.MasterSalt) != saltSize || len(k.MasterKey) != 16 && len(k.MasterKey) != 32 {
		return nil, errors.New("their length is not that of AES-GCM")
	}
	g := &gcm{}
	var err error
	if g.rtpAEAD, err = aead(k, labelRTPKey); err != nil {
		return nil, err
	}
	if g.rtcpAEAD, err = aead(k, labelRTCPKey); err != nil {
		return nil, err
	}
	if err = derive(g.rtpSalt[:], k, labelRTPSalt); err != nil {
		return nil, err
	}
	return g, derive(g.rtcpSalt[:], k, labelRTCPSalt)
}

func aead(k Keys, label byte) (stdcipher.AEAD, error) {
	key := make([]byte, len(k.MasterKey))
	if err := derive(key, k, label); err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return stdcipher.NewGCM(block)
}

func (g *gcm) rtp(packet []byte, header int, ssrc uint32, n seq.Number) ([]byte, error) {
	// 16 bits of zeros, SSRC, roll-over count, sequence number (section 8.1).
	g.nonce = g.rtpSalt
	xor32(g.nonce[2:], ssrc)
	xor32(g.nonce[6:], uint32(n>>16)) //nolint:gosec // 48 bits, checked by Context
	binary.BigEndian.PutUint16(g.nonce[10:], binary.BigEndian.Uint16(g.nonce[10:])^n.Wire())
	return packet[:header+len(g.rtpAEAD.Seal(packet[header:header], g.nonce[:], packet[header:], packet[:header]))], nil
}

func (g *gcm) rtcp(packet []byte, ssrc, index uint32) ([]byte, error) {
	// 16 bits of zeros, SSRC, 16 bits of zeros, index (section 9.1).
	g.nonce = g.rtcpSalt
	xor32(g.nonce[2:], ssrc)
	xor32(g.nonce[8:], index)
	copy(g.aad[:], packet[:rtcpHeader])
	binary.BigEndian.PutUint32(g.aad[8:], index|encrypted)
	sealed := packet[:rtcpHeader+len(g.rtcpAEAD.Seal(packet[rtcpHeader:rtcpHeader], g.nonce[:], packet[rtcpHeader:], g.aad[:]))]
	return binary.BigEndian.AppendUint32(sealed, index|encrypted), nil
}

func xor32(b []byte, with uint32) {
	binary.BigEndian.PutUint32(b, binary.BigEndian.Uint32(b)^with)
}

func ssrcAt(packet []byte, at int) uint32 { return binary.BigEndian.Uint32(packet[at:]) }
