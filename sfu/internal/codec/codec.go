package codec

import "strings"

// Kind is a payload format.
type Kind uint8

// Kinds. Other stands for anything else: it is forwarded, not understood.
const (
	Other Kind = iota
	VP8
	VP9
	H264
	AV1
	Opus
	RED
)

// KindOf returns the kind of a MIME type such as "video/VP8".
func KindOf(mime string) Kind {
	switch strings.ToLower(mime) {
	case "video/vp8":
		return VP8
	case "video/vp9":
		return VP9
	case "video/h264":
		return H264
	case "video/av1":
		return AV1
	case "audio/opus":
		return Opus
	case "audio/red":
		return RED
	}
	return Other
}

// Frame says what frame a packet belongs to.
type Frame struct {
	// KeyFrame: the packet shows that a key frame of the lowest spatial layer
	// is here, one that a decoder can start at. Only packets that say so have
	// it: for VP8, H264 and AV1 not every packet of the frame does.
	KeyFrame bool
	// Start and End mark the frame's first and last packet. With spatial
	// layers each layer's frame has its own. H264 and AV1 payloads do not say
	// where a frame begins: Start may be repeated within a frame there, and
	// only the first one of a timestamp counts.
	Start, End bool
	// Temporal and Spatial are layer ids; 0 is the lowest, and what there is
	// without layers.
	Temporal, Spatial uint8
	// Sync: of the temporal layers the frame depends on the lowest only, so a
	// receiver may begin with its own here. For VP9 it is the switching up
	// point: what follows in higher ones depends on nothing before it in them.
	Sync bool
	// Inter and InterLayer are told by VP9: the frame depends on earlier
	// pictures, and on the layer below in its own.
	Inter, InterLayer bool
	// Discardable: no other frame depends on it.
	Discardable bool
	// Size of the picture, where the packet says it: with key frames.
	Size Size
	// Picture holds VP8's numbers, which must be rewritten at a switch.
	Picture VP8Picture
}

// KeyStart reports whether a receiver can start with this packet.
func (f Frame) KeyStart() bool { return f.KeyFrame && f.Start }

// Describe reads a payload without its padding. marker is the RTP marker bit.
// ok is false if the payload is not of this kind or is cut off: such a packet
// must not be forwarded as part of a frame.
func Describe(kind Kind, payload []byte, marker bool) (f Frame, ok bool) {
	if len(payload) == 0 {
		return f, false
	}
	switch kind {
	case VP8:
		return describeVP8(payload, marker)
	case VP9:
		return describeVP9(payload)
	case H264:
		return describeH264(payload, marker)
	case AV1:
		return describeAV1(payload, marker)
	case RED:
		if _, ok = REDPrimary(payload); !ok {
			return f, false
		}
		return Frame{Start: true, End: true}, true
	case Opus:
		return Frame{Start: true, End: true}, true
	case Other:
	}
	return Frame{Start: true, End: marker}, true
}
