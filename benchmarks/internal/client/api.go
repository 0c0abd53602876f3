package client

import (
	"net"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"
)

const (
	typeOpus = 111
	typeVP8  = 96
	typeRTX  = 97
)

// newAPI of one peer: Opus and VP8 with RTX as browsers offer them, on the
// peer's own socket. Of Pion's interceptors only the reports are used; NACK,
// RTX and feedback are ours, because Pion's ask and send far too often; and a
// peer that does not open every packet makes its own receiver reports.
func newAPI(mux ice.UDPMux, reports bool) (*webrtc.API, error) {
	var media webrtc.MediaEngine
	if err := registerCodecs(&media); err != nil {
		return nil, err
	}
	for _, uri := range []string{midURI, twccURI, levelURI, ridURI, repairedURI} {
		for _, kind := range kindsOf(uri) {
			if err := media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, kind); err != nil {
				return nil, err
			}
		}
	}
	var settings webrtc.SettingEngine
	settings.SetICEUDPMux(mux)
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	settings.SetIPFilter(func(net.IP) bool { return true })
	settings.LoggerFactory = quietLog()

	registry := &interceptor.Registry{}
	sender, err := report.NewSenderInterceptor()
	if err != nil {
		return nil, err
	}
	registry.Add(sender)
	if reports {
		receiver, err := report.NewReceiverInterceptor()
		if err != nil {
			return nil, err
		}
		registry.Add(receiver)
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(&media), webrtc.WithSettingEngine(settings), webrtc.WithInterceptorRegistry(registry)), nil
}

// Header extensions beside the transport-wide number.
const (
	midURI      = "urn:ietf:params:rtp-hdrext:sdes:mid"
	levelURI    = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
	ridURI      = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
	repairedURI = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
)

// kindsOf media that an extension is for.
func kindsOf(uri string) []webrtc.RTPCodecType {
	switch uri {
	case levelURI:
		return []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio}
	case ridURI, repairedURI:
		return []webrtc.RTPCodecType{webrtc.RTPCodecTypeVideo}
	}
	return []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo}
}

// quietLog drops what Pion would say: what matters shows in the report.
func quietLog() logging.LoggerFactory {
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	return quiet
}

func registerCodecs(media *webrtc.MediaEngine) error {
	video := []webrtc.RTCPFeedback{
		{Type: "ccm", Parameter: "fir"}, {Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "transport-cc"},
	}
	for _, c := range []webrtc.RTPCodecParameters{
		{PayloadType: typeVP8, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: video,
		}},
		{PayloadType: typeRTX, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=96",
		}},
	} {
		if err := media.RegisterCodec(c, webrtc.RTPCodecTypeVideo); err != nil {
			return err
		}
	}
	return media.RegisterCodec(webrtc.RTPCodecParameters{PayloadType: typeOpus, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
		RTCPFeedback: []webrtc.RTCPFeedback{{Type: "transport-cc"}},
	}}, webrtc.RTPCodecTypeAudio)
}
