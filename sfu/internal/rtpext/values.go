package rtpext

import (
	"encoding/binary"
	"time"
)

// Level is what RFC 6464 says of a packet's sound.
type Level struct {
	Decibels uint8 // below overload: 0 is loudest, 127 silence
	Voice    bool
}

// ReadLevel reads the value of AudioLevel.
func ReadLevel(value []byte) (l Level, ok bool) {
	if len(value) == 0 {
		return l, false
	}
	return Level{Decibels: value[0] & 0x7f, Voice: value[0]&0x80 != 0}, true
}

// ReadTransportSequence reads the value of TransportSequence.
func ReadTransportSequence(value []byte) (n uint16, ok bool) {
	if len(value) < 2 {
		return 0, false
	}
	return binary.BigEndian.Uint16(value), true
}

// PlayoutDelayValue returns the value of PlayoutDelay: two 12-bit counts of
// 10 ms. Values are limited to what fits, 0 to 40.95 s.
func PlayoutDelayValue(shortest, longest time.Duration) [3]byte {
	lo, hi := tens(shortest), tens(longest)
	return [3]byte{byte(lo >> 4), byte(lo<<4 | hi>>8), byte(hi)} //nolint:gosec // 12 bits each
}

func tens(d time.Duration) uint32 {
	return uint32(min(max(d/(10*time.Millisecond), 0), 0xfff)) //nolint:gosec // limited
}

// ReadFrameNumber reads the frame number of a dependency descriptor.
func ReadFrameNumber(value []byte) (n uint16, ok bool) {
	if len(value) < 3 {
		return 0, false
	}
	return binary.BigEndian.Uint16(value[1:]), true
}
