package client

import (
	"encoding/binary"
	"hash/crc32"
	"time"
)

// Source tells a participant's streams apart.
type Source uint8

// Sources.
const (
	Audio Source = iota
	Video        // alone, or the largest layer
	VideoMiddle
	VideoSmall
	sources
)

// Sources that there are.
func Sources() []Source { return []Source{Audio, Video, VideoMiddle, VideoSmall} }

func (s Source) String() string {
	return [...]string{"audio", "video", "video, middle", "video, small"}[s]
}

// rid of a layer.
func (s Source) rid() string { return [...]string{"", "f", "h", "q"}[s] }

// Mark is the last MarkSize bytes of each packet's payload, where a server
// that forwards payloads leaves them as they are.
type Mark struct {
	// Sender is a number that the run gives each participant.
	Sender uint32
	Source Source
	// Seq is the sender's extended sequence number of that source; its low 16
	// bits are the packet's on the sender's wire.
	Seq uint64
	// Sent is when, since the run began.
	Sent time.Duration
}

// MarkSize in bytes.
const MarkSize = 4 + 1 + 4 + 8 + 8 + 4

var markMagic = [4]byte{'c', 'r', 'l', 'g'}

// Put writes the mark at the end of payload, which has MarkSize bytes or more.
func (m Mark) Put(payload []byte) {
	b := payload[len(payload)-MarkSize:]
	copy(b, markMagic[:])
	b[4] = byte(m.Source)
	binary.BigEndian.PutUint32(b[5:], m.Sender)
	binary.BigEndian.PutUint64(b[9:], m.Seq)
	binary.BigEndian.PutUint64(b[17:], uint64(m.Sent))
	binary.BigEndian.PutUint32(b[25:], crc32.ChecksumIEEE(b[:25]))
}

// ReadMark reads it back. It reports false when the payload does not end with
// one that is intact.
func ReadMark(payload []byte) (Mark, bool) {
	if len(payload) < MarkSize {
		return Mark{}, false
	}
	b := payload[len(payload)-MarkSize:]
	if [4]byte(b) != markMagic || binary.BigEndian.Uint32(b[25:]) != crc32.ChecksumIEEE(b[:25]) || Source(b[4]) >= sources {
		return Mark{}, false
	}
	return Mark{
		Source: Source(b[4]),
		Sender: binary.BigEndian.Uint32(b[5:]),
		Seq:    binary.BigEndian.Uint64(b[9:]),
		Sent:   time.Duration(binary.BigEndian.Uint64(b[17:])),
	}, true
}
