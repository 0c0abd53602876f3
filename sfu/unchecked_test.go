package sfu_test

import (
	"crypto/rand"
	"net"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/webrtc/v4"

	"callrelay/sfu"
)

func TestWhatComesFromUncheckedAddressesIsDroppedAndCountedAndDisturbsNobody(t *testing.T) {
	udp, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	address := udp.LocalAddr().String()
	_ = udp.Close()
	c := changes{make(chan sfu.ConnectionChanged, 16)}
	s, err := sfu.New(sfu.Config{Listen: address, Observer: c})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	stranger, err := net.Dial("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	junk := make([]byte, 200)
	_, _ = rand.Read(junk)
	flood := [][]byte{
		append([]byte{0x80, 96}, junk...),        // RTP
		append([]byte{22, 254, 253}, junk...),    // a ClientHello's record
		append([]byte{0x81, 200, 0, 6}, junk...), // RTCP
		stun.MustBuild(stun.TransactionID, stun.BindingRequest, stun.NewUsername("nobody:me")).Raw,
	}
	const rounds = 250
	for range rounds {
		for _, b := range flood {
			if _, err = stranger.Write(b); err != nil {
				t.Fatal(err)
			}
		}
	}
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pc.GracefulClose() }()
	if _, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
		t.Fatal(err)
	}
	answerTo(t, s, pc)
	await(t, c)
	// What was sent before the client's first packet has been read by now, but
	// for what the kernel dropped.
	if got := s.Stats().Dropped["unchecked"]; got == 0 || got > rounds*uint64(len(flood)) {
		t.Errorf("%d packets of strangers are counted, %d were sent", got, rounds*len(flood))
	}
	_ = stranger.SetReadDeadline(time.Unix(1, 0))
	if n, err := stranger.Read(junk); err == nil {
		t.Errorf("a stranger was answered with %d bytes", n)
	}
}
