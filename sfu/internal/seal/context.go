package seal

import (
	"fmt"

	"github.com/pion/srtp/v3"

	"callrelay/sfu/internal/seq"
)

// Overhead is by how many bytes sealing lengthens a packet at most.
const Overhead = 20

// Keys of one direction, as DTLS agreed on them (RFC 5764, section 4.2).
type Keys struct {
	Profile    srtp.ProtectionProfile
	MasterKey  []byte
	MasterSalt []byte
}

// cipher seals what has been numbered. Both append to the packet's own
// memory, which has room for Overhead.
type cipher interface {
	rtp(packet []byte, header int, ssrc uint32, n seq.Number) ([]byte, error)
	rtcp(packet []byte, ssrc, index uint32) ([]byte, error)
}

// Context seals what one connection sends.
type Context struct {
	cipher  cipher
	streams map[uint32]*Stream
	index   uint32 // of the last RTCP packet
}

// maxIndex is where an SRTCP index ends; it has 31 bits.
const maxIndex = 1<<31 - 1

// New makes the context of these keys: of its own for AES-GCM, Pion's for
// AES-CM. Make one only for each key.
func New(k Keys) (*Context, error) {
	c, err := newCipher(k)
	if err != nil {
		return nil, fmt.Errorf("srtp keys: %w", err)
	}
	return &Context{cipher: c, streams: map[uint32]*Stream{}}, nil
}

func newCipher(k Keys) (cipher, error) {
	switch k.Profile {
	case srtp.ProtectionProfileAeadAes128Gcm, srtp.ProtectionProfileAeadAes256Gcm:
		return newGCM(k)
	default:
		return newCounterMode(k)
	}
}

// Stream of an SSRC, one for each: the same SSRC has the same numbers behind
// it, whoever asks.
func (c *Context) Stream(ssrc uint32) *Stream {
	s := c.streams[ssrc]
	if s == nil {
		s = &Stream{ssrc: ssrc}
		c.streams[ssrc] = s
	}
	return s
}

// RTP seals a packet of a stream in its own memory, whose capacity must have Overhead
// bytes more than its length. Its first header bytes stay readable. n is the
// whole extended number of the packet, its lower 16 bits those in the header.
// It reports false, and the packet must not leave, if n has been used before
// or is too old to tell, or if the packet is none of the stream.
func (c *Context) RTP(packet []byte, header int, s *Stream, n seq.Number) (sealed []byte, ok bool) {
	if header < rtpHeader || header > len(packet) || cap(packet)-len(packet) < Overhead ||
		ssrcAt(packet, 8) != s.ssrc || n>>48 != 0 || !s.claim(n) {
		return nil, false
	}
	sealed, err := c.cipher.rtp(packet, header, s.ssrc, n)
	return sealed, err == nil
}

// RTCP seals a compound packet in its own memory, with room as for RTP. It
// reports false when the packet is no RTCP, or the last index is used up.
func (c *Context) RTCP(packet []byte) (sealed []byte, ok bool) {
	if len(packet) < rtcpHeader || cap(packet)-len(packet) < Overhead || c.index >= maxIndex {
		return nil, false
	}
	c.index++
	sealed, err := c.cipher.rtcp(packet, ssrcAt(packet, 4), c.index)
	return sealed, err == nil
}

// Format implements fmt.Formatter: a Context shows nothing.
func (*Context) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[seal]")) }
