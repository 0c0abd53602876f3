package client

import (
	"encoding/binary"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// twccURI of the transport-wide sequence number.
const twccURI = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

// historySize packets are kept to be sent again.
const historySize = 1024

// track is one source on its way out: a webrtc.TrackLocal that numbers its
// packets itself, keeps them, and sends them again as RTX.
type track struct {
	source  Source
	numbers *atomic.Uint32 // transport-wide numbers, shared by the peer's tracks
	first   uint64         // extended number before the first packet

	mu          sync.Mutex
	write       webrtc.TrackLocalWriter
	ssrc, rtx   uint32
	payloadType uint8
	rtxType     uint8
	twccID      uint8
	midID       uint8
	ridID       uint8
	repairedID  uint8
	levelID     uint8
	layered     bool     // one of several encodings of one picture
	mid         string   // of the section, which layers name in each packet
	seq         uint64   // of the last packet
	times       []uint32 // of each packet since first, in microseconds
	rtxSeq      uint16
	history     [historySize][]byte // payloads by seq
	headers     [historySize]rtp.Header
	resent      [historySize]time.Time // the last time
}

func newTrack(source Source, numbers *atomic.Uint32, first uint16) *track {
	// Below 2^15, so that the numbers do not wrap before a receiver has seen them.
	seq := 1<<16 | uint64(first&0x7fff)
	return &track{source: source, numbers: numbers, first: seq, seq: seq}
}

func (t *track) mime() string {
	if t.source == Audio {
		return webrtc.MimeTypeOpus
	}
	return webrtc.MimeTypeVP8
}

var errNoCodec = errors.New("the answer has no codec for this track")

// Bind implements webrtc.TrackLocal.
func (t *track) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var chosen webrtc.RTPCodecParameters
	for _, codec := range c.CodecParameters() {
		switch {
		case strings.EqualFold(codec.MimeType, t.mime()) && chosen.MimeType == "":
			chosen = codec
		case strings.EqualFold(codec.MimeType, webrtc.MimeTypeRTX) && t.rtxType == 0:
			t.rtxType = uint8(codec.PayloadType)
		}
	}
	if chosen.MimeType == "" {
		return chosen, errNoCodec
	}
	for _, extension := range c.HeaderExtensions() {
		switch id := uint8(extension.ID); extension.URI {
		case twccURI:
			t.twccID = id
		case midURI:
			t.midID = id
		case ridURI:
			t.ridID = id
		case repairedURI:
			t.repairedID = id
		case levelURI:
			t.levelID = id
		}
	}
	t.payloadType = uint8(chosen.PayloadType)
	t.ssrc, t.rtx, t.write = uint32(c.SSRC()), uint32(c.SSRCRetransmission()), c.WriteStream()
	return chosen, nil
}

// Unbind implements webrtc.TrackLocal.
func (t *track) Unbind(webrtc.TrackLocalContext) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.write = nil
	return nil
}

// ID implements webrtc.TrackLocal.
func (t *track) ID() string {
	if t.source == Audio {
		return "audio"
	}
	return "video"
}

// RID implements webrtc.TrackLocal.
func (t *track) RID() string {
	if t.layered {
		return t.source.rid()
	}
	return ""
}

// StreamID implements webrtc.TrackLocal.
func (t *track) StreamID() string { return "camera" }

// Kind implements webrtc.TrackLocal.
func (t *track) Kind() webrtc.RTPCodecType {
	if t.source == Audio {
		return webrtc.RTPCodecTypeAudio
	}
	return webrtc.RTPCodecTypeVideo
}

// send numbers and writes one packet. mark puts the number into the payload,
// which belongs to the track from then on, and returns when it did.
func (t *track) send(timestamp uint32, marker bool, payload []byte, mark func(seq uint64) time.Duration) error {
	t.mu.Lock()
	if t.write == nil {
		t.mu.Unlock()
		return nil
	}
	t.seq++
	t.times = append(t.times, uint32(mark(t.seq).Microseconds()))
	header := rtp.Header{
		Version: 2, Marker: marker, PayloadType: t.payloadType,
		SequenceNumber: uint16(t.seq), Timestamp: timestamp, SSRC: t.ssrc,
	}
	t.history[t.seq%historySize], t.headers[t.seq%historySize] = payload, header
	t.resent[t.seq%historySize] = time.Time{}
	write, err := t.write, t.extendHeader(&header, t.ridID)
	t.mu.Unlock()
	if err != nil {
		return err
	}
	_, err = write.WriteRTP(&header, payload)
	return err
}

// resendSpacing between two answers for one packet, as browsers keep one.
const resendSpacing = 50 * time.Millisecond

// resend answers a NACK of one packet. Streams without RTX are not sent again.
func (t *track) resend(seq uint16) error {
	t.mu.Lock()
	full := t.seq - uint64(uint16(t.seq)-seq)
	payload, header := t.history[full%historySize], t.headers[full%historySize]
	if t.write == nil || t.rtx == 0 || t.rtxType == 0 || payload == nil || header.SequenceNumber != seq ||
		time.Since(t.resent[full%historySize]) < resendSpacing {
		t.mu.Unlock()
		return nil
	}
	t.resent[full%historySize] = time.Now()
	t.rtxSeq++
	header.SSRC, header.PayloadType, header.SequenceNumber = t.rtx, t.rtxType, t.rtxSeq
	write, err := t.write, t.extendHeader(&header, t.repairedID)
	t.mu.Unlock()
	if err != nil {
		return err
	}
	again := make([]byte, 2+len(payload))
	binary.BigEndian.PutUint16(again, seq) // RFC 4588: the original number first
	copy(again[2:], payload)
	_, err = write.WriteRTP(&header, again)
	return err
}

// voiceLevel of who speaks, in dB below overload (RFC 6464).
const voiceLevel = 30

// extendHeader gives a packet its transport-wide number; a layer's also its
// name, in the extension with id name; sound its level. The caller holds mu.
func (t *track) extendHeader(header *rtp.Header, name uint8) error {
	header.Extension, header.Extensions = false, nil
	var b [2]byte
	var failed []error
	set := func(id uint8, value []byte) {
		if id != 0 {
			failed = append(failed, header.SetExtension(id, value))
		}
	}
	if t.twccID != 0 {
		binary.BigEndian.PutUint16(b[:], uint16(t.numbers.Add(1)))
		set(t.twccID, b[:])
	}
	if t.layered {
		set(t.midID, []byte(t.mid))
		set(name, []byte(t.source.rid()))
	}
	set(t.levelID, []byte{voiceLevel})
	return errors.Join(failed...)
}

// extend gives a number of the track's own wire its full value.
func (t *track) extend(seq uint16) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seq + uint64(int64(int16(seq-uint16(t.seq))))
}

// ssrcs of media and RTX; 0 before the answer.
func (t *track) ssrcs() (media, rtx uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ssrc, t.rtx
}

// last number that was sent.
func (t *track) last() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seq
}
