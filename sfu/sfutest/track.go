package sfutest

import (
	"encoding/binary"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// track sends what a microphone or a camera would: it is a webrtc.TrackLocal
// that numbers by itself and answers requests for lost packets.
type track struct {
	kind webrtc.RTPCodecType
	mime string
	id   string
	rid  string // of a layer, "" for the only one
	tag  uint32

	mu        sync.Mutex
	writer    webrtc.TrackLocalWriter
	ssrc      uint32
	rtxSSRC   uint32
	payload   uint8
	rtx       uint8
	twcc      uint8
	midID     uint8
	ridID     uint8
	repairID  uint8
	mid       string
	transport *atomic.Uint32 // transport-wide counter of the peer
	sequence  uint16
	rtxSeq    uint16
	timestamp uint32
	picture   uint16
	counter   uint64
	keyFrame  bool
	levelID   uint8
	level     uint8 // of sound, if said
	said      bool
	sent      map[uint16]rtp.Packet // by number, the last ones
	firsts    []int64               // when each counter from 1 on was sent, Unix nanoseconds
	resends   int
	plis      []time.Time
}

func newTrack(kind webrtc.RTPCodecType, mime, id string, tag uint32, transport *atomic.Uint32) *track {
	return &track{
		kind: kind, mime: mime, id: id, tag: tag, transport: transport, keyFrame: true,
		sequence: 1000, rtxSeq: 1, timestamp: 1 << 31,
		sent: map[uint16]rtp.Packet{},
	}
}

// Bind implements webrtc.TrackLocal.
func (t *track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.writer, t.ssrc, t.rtxSSRC = c.WriteStream(), uint32(c.SSRC()), uint32(c.SSRCRetransmission())
	for _, e := range c.HeaderExtensions() {
		if strings.Contains(e.URI, "transport-wide-cc") {
			t.twcc = uint8(e.ID) //nolint:gosec // 1 to 14
		}
		switch e.URI {
		case levelURI:
			t.levelID = uint8(e.ID) //nolint:gosec // 1 to 14
		case "urn:ietf:params:rtp-hdrext:sdes:mid":
			t.midID = uint8(e.ID) //nolint:gosec // 1 to 14
		case "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id":
			t.ridID = uint8(e.ID) //nolint:gosec // 1 to 14
		case "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id":
			t.repairID = uint8(e.ID) //nolint:gosec // 1 to 14
		}
	}
	for _, codec := range c.CodecParameters() {
		if strings.EqualFold(codec.MimeType, t.mime) {
			t.payload = uint8(codec.PayloadType)
			for _, other := range c.CodecParameters() {
				if other.SDPFmtpLine == "apt="+strconv.Itoa(int(codec.PayloadType)) {
					t.rtx = uint8(other.PayloadType)
				}
			}
			return codec, nil
		}
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

// Unbind implements webrtc.TrackLocal.
func (t *track) Unbind(webrtc.TrackLocalContext) error { return nil }

// ID implements webrtc.TrackLocal.
func (t *track) ID() string { return t.id }

// RID implements webrtc.TrackLocal.
func (t *track) RID() string { return t.rid }

// StreamID implements webrtc.TrackLocal.
func (t *track) StreamID() string { return "peer" }

// Kind implements webrtc.TrackLocal.
func (t *track) Kind() webrtc.RTPCodecType { return t.kind }

// frame sends one picture of n packets, or one packet of sound.
func (t *track) frame(packets int, step uint32, size int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := t.keyFrame
	if key {
		packets *= 3
	}
	t.emit(packets, step, size, key)
}

// picturePackets sends one picture of that many bytes.
func (t *track) picturePackets(step uint32, size int, key bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	packets := (size + encoderPart - 1) / encoderPart
	t.emit(packets, step, size/packets, key)
}

// skip a picture.
func (t *track) skip(step uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.timestamp += step
}

// asked tells whether a key frame was asked for since the last one.
func (t *track) asked() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.keyFrame
}

// emit the packets of one picture. mu is held.
func (t *track) emit(packets int, step uint32, size int, key bool) {
	if t.writer == nil {
		return
	}
	t.timestamp += step
	t.picture = (t.picture + 1) & 0x7fff
	if key {
		t.keyFrame = false
	}
	for i := range packets {
		t.counter++
		t.firsts = append(t.firsts, time.Now().UnixNano())
		t.sequence++
		p := rtp.Packet{
			Header: rtp.Header{
				Version: 2, PayloadType: t.payload, SequenceNumber: t.sequence, Timestamp: t.timestamp,
				SSRC: t.ssrc, Marker: i == packets-1 || t.kind == webrtc.RTPCodecTypeAudio,
			},
			Payload: t.body(i == 0, key, size),
		}
		t.sent[t.sequence] = p
		delete(t.sent, t.sequence-2000)
		t.write(p)
	}
}

// body of a packet: a VP8 descriptor for video, then tag and counter.
func (t *track) body(first, key bool, size int) []byte {
	var b []byte
	if t.kind == webrtc.RTPCodecTypeVideo {
		b = []byte{0x80, 0x80, byte(t.picture>>8) | 0x80, byte(t.picture)}
		if first {
			b[0] |= 0x10
		}
		if key {
			b = append(b, 0x10)
		} else {
			b = append(b, 0x11)
		}
	}
	b = binary.BigEndian.AppendUint32(b, t.tag)
	b = binary.BigEndian.AppendUint64(b, t.counter)
	if len(b) < size {
		b = append(b, make([]byte, size-len(b))...)
	}
	return b
}

// write numbers for the transport and sends. mu is held.
func (t *track) write(p rtp.Packet) {
	h := p.Header
	h.Extensions = nil
	if t.twcc != 0 {
		_ = h.SetExtension(t.twcc, binary.BigEndian.AppendUint16(nil, uint16(t.transport.Add(1)))) //nolint:gosec // wraps
	}
	if t.said && t.levelID != 0 {
		_ = h.SetExtension(t.levelID, []byte{t.level})
	}
	if t.rid != "" {
		_ = h.SetExtension(t.midID, []byte(t.mid))
		if p.SSRC == t.rtxSSRC {
			_ = h.SetExtension(t.repairID, []byte(t.rid))
		} else {
			_ = h.SetExtension(t.ridID, []byte(t.rid))
		}
	}
	_, _ = t.writer.WriteRTP(&h, p.Payload)
}

// nack resends a packet on the repair stream.
func (t *track) nack(sequence uint16) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, ok := t.sent[sequence]
	if !ok || t.rtxSSRC == 0 {
		return
	}
	t.resends++
	t.rtxSeq++
	p.SSRC, p.PayloadType, p.SequenceNumber = t.rtxSSRC, t.rtx, t.rtxSeq
	p.Payload = append(binary.BigEndian.AppendUint16(nil, sequence), p.Payload...)
	t.write(p)
}

func (t *track) pli() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keyFrame = true
	t.plis = append(t.plis, time.Now())
}

// levelURI names the audio level of RFC 6464.
const levelURI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

func (t *track) setLevel(level uint8) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.level, t.said = level, true
}

// renew begins again with a key frame.
func (t *track) renew() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keyFrame = true
}

func (t *track) setMID(mid string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mid = mid
}
