package batch

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"
)

// One Conn and one mux for each address serve both IP versions of one server.
func TestPionCarriesMediaThroughOneConnForEachAddress(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	v4, err := Listen(loopback, Config{})
	if err != nil {
		t.Fatal(err)
	}
	v6, err := Listen(netip.MustParseAddrPort("[::1]:0"), Config{})
	if err != nil {
		t.Fatal(err)
	}
	mux := ice.NewMultiUDPMuxDefault(
		ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: v4}),
		ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: v6}),
	)
	for _, row := range []struct {
		network webrtc.NetworkType
		conn    *Conn
	}{{webrtc.NetworkTypeUDP4, v4}, {webrtc.NetworkTypeUDP6, v6}} {
		// Left to itself a Pion client would not gather ::1.
		own, err := Listen(netip.AddrPortFrom(row.conn.local.Addr(), 0), Config{})
		if err != nil {
			t.Fatal(err)
		}
		clientMux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: own})
		sendMediaOver(t, mux, clientMux, row.network)
		_ = clientMux.Close()
	}
	_ = mux.Close()
	for _, c := range []*Conn{v4, v6} {
		if s := c.Stats(); s.Datagrams == 0 || s.Direct == 0 || s.Received == 0 {
			t.Errorf("%v carried nothing of its network: %+v", c.local, s)
		}
	}
}

// sendMediaOver connects a server on mux with a client that has but one kind
// of network, and returns when the client has received RTP.
func sendMediaOver(t *testing.T, mux, clientMux ice.UDPMux, network webrtc.NetworkType) {
	t.Helper()
	server := peer(t, func(s *webrtc.SettingEngine) {
		s.SetICEUDPMux(mux)
		s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	})
	client := peer(t, func(s *webrtc.SettingEngine) {
		s.SetICEUDPMux(clientMux)
		s.SetNetworkTypes([]webrtc.NetworkType{network})
	})
	defer server.Close()
	defer client.Close()

	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "a", "s")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = server.AddTrack(track); err != nil {
		t.Fatal(err)
	}
	got := make(chan struct{})
	client.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		if _, _, err := remote.ReadRTP(); err == nil {
			close(got)
		}
	})
	connect(t, server, client)
	packet := append([]byte{0x80, 111, 0, 0}, make([]byte, 60)...)
	for deadline := time.After(10 * time.Second); ; {
		packet[3]++ // sequence number
		_, _ = track.Write(packet)
		select {
		case <-got:
			return
		case <-time.After(5 * time.Millisecond):
		case <-deadline:
			t.Fatalf("no media over %v", network)
		}
	}
}

func peer(t *testing.T, set func(*webrtc.SettingEngine)) *webrtc.PeerConnection {
	t.Helper()
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	set(&settings)
	var media webrtc.MediaEngine
	if err := media.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	api := webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(&media))
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	return pc
}

func connect(t *testing.T, offerer, answerer *webrtc.PeerConnection) {
	t.Helper()
	describe := func(pc *webrtc.PeerConnection, make func() (webrtc.SessionDescription, error), other *webrtc.PeerConnection) {
		description, err := make()
		if err != nil {
			t.Fatal(err)
		}
		gathered := webrtc.GatheringCompletePromise(pc)
		if err := pc.SetLocalDescription(description); err != nil {
			t.Fatal(err)
		}
		<-gathered
		if err := other.SetRemoteDescription(*pc.LocalDescription()); err != nil {
			t.Fatal(err)
		}
	}
	describe(offerer, func() (webrtc.SessionDescription, error) { return offerer.CreateOffer(nil) }, answerer)
	describe(answerer, func() (webrtc.SessionDescription, error) { return answerer.CreateAnswer(nil) }, offerer)
}
