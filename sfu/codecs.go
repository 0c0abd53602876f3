package sfu

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/webrtc/v4"

	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/rtpext"
)

// encoding is a codec with the parameters that tell whether a decoder can
// take it. Payload types differ from connection to connection; an encoding is
// the same everywhere.
type encoding uint8

const (
	encodingNone encoding = iota
	encodingOpus
	encodingRED // redundant Opus, RFC 2198
	encodingVP8
	encodingVP9  // profile 0
	encodingH264 // constrained baseline, packetization mode 1
	encodingAV1  // main profile
	encodingRTX
	encodings // how many there are
)

func (e encoding) String() string {
	return [encodings]string{"none", "opus", "red", "vp8", "vp9", "h264", "av1", "rtx"}[e]
}

// kind of payload, for looking into it.
func (e encoding) kind() codec.Kind {
	return [encodings]codec.Kind{
		encodingOpus: codec.Opus, encodingRED: codec.RED, encodingVP8: codec.VP8,
		encodingVP9: codec.VP9, encodingH264: codec.H264, encodingAV1: codec.AV1,
	}[e]
}

// clockRate in ticks per second.
func (e encoding) clockRate() uint32 {
	if e == encodingOpus || e == encodingRED {
		return 48000
	}
	return 90000
}

// encodingOf reads a codec as an SDP names it.
func encodingOf(c webrtc.RTPCodecCapability) encoding {
	switch strings.ToLower(c.MimeType) {
	case "audio/opus":
		return encodingOpus
	case "audio/red":
		return encodingRED
	case "video/vp8":
		return encodingVP8
	case "video/vp9":
		// Firefox leaves profile-id out; absent means 0.
		if id := parameter(c.SDPFmtpLine, "profile-id"); id == "" || id == "0" {
			return encodingVP9
		}
	case "video/h264":
		profile := strings.ToLower(parameter(c.SDPFmtpLine, "profile-level-id"))
		if parameter(c.SDPFmtpLine, "packetization-mode") == "1" && strings.HasPrefix(profile, "42e0") {
			return encodingH264
		}
	case "video/av1":
		if p := parameter(c.SDPFmtpLine, "profile"); p == "" || p == "0" {
			return encodingAV1
		}
	case "video/rtx":
		return encodingRTX
	}
	return encodingNone
}

// parameter of an fmtp line, "" when absent.
func parameter(fmtp, name string) string {
	for field := range strings.SplitSeq(fmtp, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}

// The codecs offered to everybody, best first: the order stands in the answer
// and decides what a browser sends. VP8 is first because every browser both
// sends and decodes it, so two ends never meet without a common codec
// (Firefox here has no H264).
func codecs() (audio, video []webrtc.RTPCodecParameters) {
	videoFeedback := []webrtc.RTCPFeedback{
		{Type: "nack"},
		{Type: "nack", Parameter: "pli"},
		{Type: "ccm", Parameter: "fir"},
		{Type: "transport-cc"},
		{Type: "goog-remb"},
	}
	one := func(mime string, clock uint32, channels uint16, fmtp string, pt webrtc.PayloadType, feedback []webrtc.RTCPFeedback) webrtc.RTPCodecParameters {
		return webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: mime, ClockRate: clock, Channels: channels, SDPFmtpLine: fmtp, RTCPFeedback: feedback,
			},
			PayloadType: pt,
		}
	}
	audioFeedback := []webrtc.RTCPFeedback{{Type: "transport-cc"}}
	audio = []webrtc.RTPCodecParameters{
		one(webrtc.MimeTypeOpus, 48000, 2, "minptime=10;useinbandfec=1", 111, audioFeedback),
		one("audio/red", 48000, 2, "111/111", 63, nil),
	}
	for _, v := range []struct {
		mime, fmtp string
		pt         webrtc.PayloadType
	}{
		{webrtc.MimeTypeVP8, "", 96},
		{webrtc.MimeTypeVP9, "profile-id=0", 98},
		{webrtc.MimeTypeH264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", 102},
		{webrtc.MimeTypeAV1, "", 45},
	} {
		video = append(video,
			one(v.mime, 90000, 0, v.fmtp, v.pt, videoFeedback),
			one(webrtc.MimeTypeRTX, 90000, 0, fmt.Sprintf("apt=%d", v.pt), v.pt+1, nil))
	}
	return audio, video
}

// only those codecs that are one of encodings, and what repairs them; all
// when none is named.
func only(codecs []webrtc.RTPCodecParameters, encodings []encoding) (out []webrtc.RTPCodecParameters) {
	if len(encodings) == 0 {
		return codecs
	}
	kept := map[string]bool{}
	for _, c := range codecs {
		e := encodingOf(c.RTPCodecCapability)
		if slices.Contains(encodings, e) || e == encodingRTX && kept[parameter(c.SDPFmtpLine, "apt")] {
			kept[strconv.Itoa(int(c.PayloadType))] = true
			out = append(out, c)
		}
	}
	return out
}

// mediaEngine for one PeerConnection, with all codecs or only those named.
func mediaEngine(encodings ...encoding) (*webrtc.MediaEngine, error) {
	m := &webrtc.MediaEngine{}
	audio, video := codecs()
	audio, video = only(audio, encodings), only(video, encodings)
	for _, c := range audio {
		if err := m.RegisterCodec(c, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, err
		}
	}
	for _, c := range video {
		if err := m.RegisterCodec(c, webrtc.RTPCodecTypeVideo); err != nil {
			return nil, err
		}
	}
	for _, e := range rtpext.All() {
		capability := webrtc.RTPHeaderExtensionCapability{URI: e.URI()}
		audio, video := carriedBy(e)
		if audio {
			if err := m.RegisterHeaderExtension(capability, webrtc.RTPCodecTypeAudio); err != nil {
				return nil, err
			}
		}
		if video {
			if err := m.RegisterHeaderExtension(capability, webrtc.RTPCodecTypeVideo); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

// carriedBy says which kinds of sections have an extension. Pion registers
// mid for video only; audio needs it as much.
func carriedBy(e rtpext.Extension) (audio, video bool) {
	switch e {
	case rtpext.MID, rtpext.TransportSequence:
		return true, true
	case rtpext.AudioLevel:
		return true, false
	case rtpext.RID, rtpext.RepairedRID, rtpext.VideoOrientation, rtpext.PlayoutDelay, rtpext.DependencyDescriptor:
		return false, true
	}
	return false, false
}
