package client

import (
	"encoding/binary"
	"math/rand/v2"
	"time"
)

const (
	frameTime  = time.Second / 30
	packetTime = time.Second / 50 // of Opus
	// videoPayload bytes in a packet at most, so that it fits any path.
	videoPayload = 1160
	// frameBytes of an ordinary picture: 1.2 Mbit/s at 30 a second, key frames
	// left out.
	frameBytes = 5000
	// keyFrameBytes of a picture of 1280 x 720.
	keyFrameBytes = 40000
	opusBytes     = 80 // 32 kbit/s
	width, height = 1280, 720
)

// vp8 makes the payloads of one VP8 stream as an encoder and a packetizer
// would (RFC 7741): sizes that vary, one key frame at first and then on demand.
type vp8 struct {
	scale     int // a layer's frames are so many times smaller; 0 is 1
	random    *rand.Rand
	pictureID uint16 // 15 bits
	begun     bool
	keyAt     time.Duration // of the last key frame
	keyWanted bool
}

// minKeyFrameGap is kept by browsers too: a request soon after a key frame is
// answered late.
const minKeyFrameGap = 300 * time.Millisecond

// frame returns the sizes of a new frame's packets, and whether it is a key frame.
func (v *vp8) frame(now time.Duration) (sizes []int, key bool) {
	key = !v.begun || v.keyWanted && now-v.keyAt >= minKeyFrameGap
	scale := max(v.scale, 1)
	left := (frameBytes/2 + v.random.IntN(frameBytes)) / (scale * scale)
	if key {
		v.begun, v.keyWanted, v.keyAt = true, false, now
		left = keyFrameBytes / (scale * scale)
	}
	v.pictureID = (v.pictureID + 1) & 0x7fff
	// A packetizer makes the packets of a frame equally long.
	count := (left + videoPayload - 1) / videoPayload
	for ; count > 0; count-- {
		size := max(left/count, vp8Header+MarkSize)
		sizes = append(sizes, size)
		left -= size
	}
	return sizes, key
}

// vp8Header bytes: the descriptor with a 15 bit picture id, and the uncompressed
// head of a key frame.
const vp8Header = 4 + 10

// fill writes payload descriptor and frame header of a frame's packet.
func (v *vp8) fill(payload []byte, first, key bool) {
	payload[0] = 0x80 // extended
	payload[1] = 0x80 // picture id follows
	binary.BigEndian.PutUint16(payload[2:], v.pictureID|0x8000)
	if !first {
		return
	}
	payload[0] |= 0x10 // start of the partition
	payload[4] = 0x11  // P: not a key frame; shown
	if key {
		payload[4] = 0x10
		copy(payload[7:], []byte{0x9d, 0x01, 0x2a})
		scale := uint16(max(v.scale, 1))
		binary.LittleEndian.PutUint16(payload[10:], width/scale)
		binary.LittleEndian.PutUint16(payload[12:], height/scale)
	}
}

// fillOpus writes the head of an Opus packet: 20 ms of one CELT frame.
func fillOpus(payload []byte) { payload[0] = 0xf8 }
