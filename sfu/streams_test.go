package sfu_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"

	"callrelay/sfu"
)

// changes passes connection changes on.
type changes struct {
	to chan sfu.ConnectionChanged
}

func (c changes) Observe(e sfu.Event) {
	if change, ok := e.(sfu.ConnectionChanged); ok {
		select {
		case c.to <- change:
		default:
		}
	}
}

// onlyTCP is a client in a network that drops UDP.
func onlyTCP(t *testing.T, kind webrtc.NetworkType) *webrtc.PeerConnection {
	t.Helper()
	var e webrtc.SettingEngine
	e.SetNetworkTypes([]webrtc.NetworkType{kind})
	e.SetIncludeLoopbackCandidate(true)
	e.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(e)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pc.GracefulClose() })
	if _, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
		t.Fatal(err)
	}
	return pc
}

func TestAClientWithoutUDPConnectsOverTCP(t *testing.T) {
	overTCP(t, "127.0.0.1", webrtc.NetworkTypeTCP4)
}

func TestAClientWithoutUDPConnectsOverTCPAndIPv6(t *testing.T) {
	// Pion takes ::1 for no address of a candidate, so it is one of the
	// machine's own, which packets to do not leave the machine either.
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.To4() == nil && ip.IP.IsGlobalUnicast() {
			overTCP(t, ip.IP.String(), webrtc.NetworkTypeTCP6)
			return
		}
	}
	t.Skip("this machine has no IPv6 address but loopback")
}

func overTCP(t *testing.T, ip string, kind webrtc.NetworkType) {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(ip, "0"))
	if err != nil {
		t.Fatal(err)
	}
	c := changes{make(chan sfu.ConnectionChanged, 16)}
	s, err := sfu.New(sfu.Config{Listen: l.Addr().String(), ICETCP: l, Observer: c})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	connectTo(t, s, onlyTCP(t, kind))
	if state := await(t, c); !strings.HasPrefix(state.Pair, "tcp ") {
		t.Errorf("connected over %q", state.Pair)
	}
	if s.Stats().Counters["ice_tcp_accepted"] == 0 {
		t.Error("no connection was counted")
	}
}

// connectTo offers and applies the answer, which must name UDP before TCP.
func connectTo(t *testing.T, s *sfu.SFU, pc *webrtc.PeerConnection) {
	t.Helper()
	answer := answerTo(t, s, pc)
	if udp, tcp := strings.Index(answer, " udp "), strings.Index(answer, " tcp "); udp < 0 || tcp < udp {
		t.Errorf("candidates are not UDP first, then TCP, in\n%s", answer)
	}
}

// answerTo offers and applies the answer.
func answerTo(t *testing.T, s *sfu.SFU, pc *webrtc.PeerConnection) string {
	t.Helper()
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err = pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	offer = *pc.LocalDescription()
	answer, err := s.Answer(t.Context(), sfu.Seat{Participant: "p", Generation: 1}, offer.SDP, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err = pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		t.Fatal(err)
	}
	return answer
}

// await the connection.
func await(t *testing.T, c changes) sfu.ConnectionChanged {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		select {
		case change := <-c.to:
			if change.State == sfu.Connected {
				return change
			}
		case <-late:
			t.Fatal("not connected")
		}
	}
}
