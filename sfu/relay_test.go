package sfu_test

import (
	"net"
	"strings"
	"testing"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"

	"callrelay/sfu"
)

func TestAClientThatHasOnlyTURNConnectsThroughTheServerItself(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := changes{make(chan sfu.ConnectionChanged, 16)}
	s, err := sfu.New(sfu.Config{TURN: []net.Listener{l}, Observer: c})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	user, password, _, ok := s.TURNCredential("session")
	if !ok {
		t.Fatal("no credential")
	}
	var e webrtc.SettingEngine
	e.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(e)).NewPeerConnection(webrtc.Configuration{
		ICETransportPolicy: webrtc.ICETransportPolicyRelay,
		ICEServers: []webrtc.ICEServer{{
			URLs: []string{"turn:" + l.Addr().String() + "?transport=tcp"}, Username: user, Credential: password,
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pc.GracefulClose() }()
	if _, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
		t.Fatal(err)
	}
	answerTo(t, s, pc)
	if state := await(t, c); !strings.Contains(state.Pair, "(relay)") && !strings.Contains(state.Pair, "(prflx)") {
		t.Errorf("connected over %q", state.Pair)
	}
	if got := s.Stats().Counters["turn_allocations"]; got != 1 {
		t.Errorf("%d allocations are counted", got)
	}
}
