package sfu

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// Limits of an echo: a check needs a few packets and a few seconds.
const (
	// MaxEchoes at a time.
	MaxEchoes       = 64
	echoTime        = 15 * time.Second
	maxEchoPackets  = 500
	maxEchoBytes    = 1200
	maxEchoOffer    = 16 << 10
	maxEchoSections = 3
)

// ErrBusy: as many of these as are allowed exist already.
var ErrBusy = errors.New("too many at a time")

// Echo answers an offer with a connection that belongs to no participant and
// no room: it sends back what it is sent, RTP of one sound section and the
// messages of data channels, through the ports and workers that carry calls.
// So a client can prove that media pass, and measure the way. It is in no
// count and tells no observer. It ends by itself after 15 s, or before with
// the client's close. With atMost echoes, or MaxEchoes, there is none more: so
// strangers can be kept from taking all. Errors: ErrBadSDP, ErrBusy, ErrClosed.
func (s *SFU) Echo(ctx context.Context, offer string, atMost int) (answer string, err error) {
	if err = checkEchoOffer(offer); err != nil {
		return "", err
	}
	e, err := s.newEcho(min(atMost, MaxEchoes))
	if err != nil {
		return "", err
	}
	if answer, err = e.answer(ctx, offer); err != nil {
		e.end()
		return "", err
	}
	return answer, nil
}

func checkEchoOffer(text string) error {
	if len(text) > maxEchoOffer {
		return badSDP("the offer has %d bytes, more than %d", len(text), maxEchoOffer)
	}
	var description sdp.SessionDescription
	if err := description.UnmarshalString(text); err != nil {
		return badSDP("it can't be parsed: %v", err)
	}
	if n := len(description.MediaDescriptions); n == 0 || n > maxEchoSections {
		return badSDP("it has %d sections, not 1 to %d", n, maxEchoSections)
	}
	return nil
}

// echo is one such connection.
type echo struct {
	sfu    *SFU
	worker *worker
	pc     *webrtc.PeerConnection
	track  *webrtc.TrackLocalStaticRTP
	passed atomic.Int64 // packets and messages
	over   chan struct{}
	ended  atomic.Bool
}

func (s *SFU) newEcho(atMost int) (*echo, error) {
	s.mu.Lock()
	switch {
	case s.closed:
		s.mu.Unlock()
		return nil, ErrClosed
	case s.echoes >= atMost:
		s.mu.Unlock()
		return nil, ErrBusy
	}
	s.echoes++
	e := &echo{sfu: s, worker: s.workers[s.nextEcho%len(s.workers)], over: make(chan struct{})}
	s.nextEcho++
	s.mu.Unlock()
	var err error
	if e.pc, err = e.connection(); err != nil {
		s.echoGone()
		return nil, fmt.Errorf("echo: %w", err)
	}
	e.pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { e.media(t) })
	e.pc.OnDataChannel(e.data)
	e.pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateClosed || state == webrtc.PeerConnectionStateFailed {
			e.end()
		}
	})
	if !s.background(e.run) {
		_ = e.pc.GracefulClose()
		s.echoGone()
		return nil, ErrClosed
	}
	return e, nil
}

func (e *echo) connection() (*webrtc.PeerConnection, error) {
	var media webrtc.MediaEngine
	opus := webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2},
		PayloadType:        111,
	}
	if err := media.RegisterCodec(opus, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	settings, err := e.sfu.transport()
	if err != nil {
		return nil, err
	}
	if e.track, err = webrtc.NewTrackLocalStaticRTP(opus.RTPCodecCapability, "echo", "echo"); err != nil {
		return nil, err
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(&media), webrtc.WithSettingEngine(settings),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{})).
		NewPeerConnection(webrtc.Configuration{Certificates: e.sfu.certificates, BundlePolicy: webrtc.BundlePolicyMaxBundle})
}

func (e *echo) answer(ctx context.Context, offer string) (string, error) {
	if err := e.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", badSDP("it can't be used: %v", err)
	}
	for _, t := range e.pc.GetTransceivers() {
		if t.Kind() == webrtc.RTPCodecTypeAudio {
			if _, err := e.pc.AddTrack(e.track); err != nil {
				return "", badSDP("its sound can't be sent back: %v", err)
			}
			break
		}
	}
	answer, err := e.pc.CreateAnswer(nil)
	if err != nil {
		return "", badSDP("it can't be answered: %v", err)
	}
	gathered := webrtc.GatheringCompletePromise(e.pc)
	if err := e.pc.SetLocalDescription(answer); err != nil {
		return "", badSDP("it can't be answered: %v", err)
	}
	select {
	case <-gathered:
		return e.pc.LocalDescription().SDP, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// media sends packets back through a worker, as all media leave, until the
// connection ends.
func (e *echo) media(t *webrtc.TrackRemote) {
	for {
		p, _, err := t.ReadRTP()
		if err != nil {
			return
		}
		if len(p.Payload) > maxEchoBytes || e.passed.Add(1) > maxEchoPackets {
			continue
		}
		e.worker.post(func(time.Time) { e.write(p) })
	}
}

func (e *echo) write(p *rtp.Packet) {
	p.Extension, p.Extensions = false, nil
	_ = e.track.WriteRTP(p)
	e.sfu.ports.flush()
}

// data sends messages back as they came.
func (e *echo) data(d *webrtc.DataChannel) {
	d.OnMessage(func(m webrtc.DataChannelMessage) {
		if len(m.Data) > maxEchoBytes || e.passed.Add(1) > maxEchoPackets {
			return
		}
		if m.IsString {
			_ = d.SendText(string(m.Data))
			return
		}
		_ = d.Send(m.Data)
	})
}

// run waits for the end and closes the connection.
func (e *echo) run() {
	timer := time.NewTimer(echoTime)
	defer timer.Stop()
	select {
	case <-e.over:
	case <-timer.C:
	case <-e.sfu.closing:
	}
	_ = e.pc.GracefulClose()
	e.sfu.echoGone()
}

func (e *echo) end() {
	if !e.ended.Swap(true) {
		close(e.over)
	}
}

func (s *SFU) echoGone() {
	s.mu.Lock()
	s.echoes--
	s.mu.Unlock()
}

// MediaAddress is where media arrive: the socket on this machine, and the
// address that clients are told.
type MediaAddress struct {
	Local, Advertised netip.AddrPort
}

// MediaAddresses in the order of answers.
func (s *SFU) MediaAddresses() []MediaAddress {
	out := make([]MediaAddress, len(s.ports.announced))
	for i, a := range s.ports.announced {
		out[i] = MediaAddress{Local: unmapped(a.port.local), Advertised: unmapped(a.address)}
	}
	return out
}

func unmapped(a *net.UDPAddr) netip.AddrPort {
	at := a.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}
