package selfcheck

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/transport/v4"
	"github.com/pion/webrtc/v4"
)

// Stage is how far a trip came.
type Stage string

// Stages in their order.
const (
	StageOffer Stage = "offer" // the server answers the offer
	StageICE   Stage = "ice"   // packets pass both ways
	StageDTLS  Stage = "dtls"  // keys are agreed
	StageMedia Stage = "media" // a packet of sound came back
	StageDone  Stage = "done"
)

// Trip says how to reach a server's echo.
type Trip struct {
	// Answer hands the offer to the server and returns its answer. Required.
	Answer func(ctx context.Context, offer string) (answer string, err error)
	// Types of network to use; empty is UDP over IPv4 and IPv6.
	Types []webrtc.NetworkType
	// Servers and RelayOnly take the way through TURN.
	Servers   []webrtc.ICEServer
	RelayOnly bool
	// Only, when set, chooses among the server's candidates.
	Only func(webrtc.ICECandidateInit) bool
	// Extra are candidates of the server beside those of its answer, as
	// "host:port" addresses of UDP sockets.
	Extra []string
	// TLS for the way to a TURN server; nil is without.
	TLS *tls.Config
	// Net replaces the machine's network, in tests.
	Net transport.Net
}

// Result of a trip. Err is nil when the packet came back; else Stage is the
// one that was not reached and Err says why.
type Result struct {
	Stage Stage
	Err   error
	// Connect is the time from the answer until keys were agreed, RTT that of
	// the packet.
	Connect, RTT time.Duration
	// Pair is the way taken, as "udp 192.0.2.1:8443".
	Pair string
}

// Go makes the trip; the context bounds it.
func (t Trip) Go(ctx context.Context) Result {
	l, err := t.leave()
	if err != nil {
		return Result{Stage: StageOffer, Err: err}
	}
	defer func() { _ = l.pc.GracefulClose() }()
	if err = l.negotiate(ctx, t); err != nil {
		return Result{Stage: StageOffer, Err: err}
	}
	begin := time.Now()
	if r := l.connect(ctx); r.Err != nil {
		return r
	}
	r := Result{Stage: StageMedia, Connect: time.Since(begin), Pair: l.pair()}
	if r.RTT, r.Err = l.thereAndBack(ctx); r.Err == nil {
		r.Stage = StageDone
	}
	return r
}

// traveller is the client of one trip.
type traveller struct {
	pc    *webrtc.PeerConnection
	track *webrtc.TrackLocalStaticRTP
	mark  [16]byte // in the packets, so that no other is taken for ours

	ice, dtls, failed chan struct{}
	back              chan struct{}
}

func (t Trip) leave() (*traveller, error) {
	l := &traveller{
		ice: make(chan struct{}), dtls: make(chan struct{}), failed: make(chan struct{}), back: make(chan struct{}, 1),
	}
	_, _ = rand.Read(l.mark[:])
	var media webrtc.MediaEngine
	opus := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}
	err := media.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: opus, PayloadType: 111}, webrtc.RTPCodecTypeAudio)
	if err != nil {
		return nil, err
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(&media), webrtc.WithSettingEngine(t.settings()),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	config := webrtc.Configuration{ICEServers: t.Servers, BundlePolicy: webrtc.BundlePolicyMaxBundle}
	if t.RelayOnly {
		config.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	if l.pc, err = api.NewPeerConnection(config); err != nil {
		return nil, err
	}
	if l.track, err = webrtc.NewTrackLocalStaticRTP(opus, "check", "check"); err == nil {
		_, err = l.pc.AddTrack(l.track)
	}
	if err != nil {
		_ = l.pc.GracefulClose()
		return nil, err
	}
	l.listen()
	return l, nil
}

func (l *traveller) listen() {
	once := func(c chan struct{}) func() { return sync.OnceFunc(func() { close(c) }) }
	ice, dtls, failed := once(l.ice), once(l.dtls), once(l.failed)
	l.pc.OnICEConnectionStateChange(func(s webrtc.ICEConnectionState) {
		if s == webrtc.ICEConnectionStateConnected || s == webrtc.ICEConnectionStateCompleted {
			ice()
		}
	})
	l.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			dtls()
		}
		if s == webrtc.PeerConnectionStateFailed || s == webrtc.PeerConnectionStateClosed {
			failed()
		}
	})
	l.pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			if string(p.Payload) == string(l.mark[:]) {
				select {
				case l.back <- struct{}{}:
				default:
				}
			}
		}
	})
}

func (l *traveller) negotiate(ctx context.Context, t Trip) error {
	offer, err := l.pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(l.pc)
	if err = l.pc.SetLocalDescription(offer); err != nil {
		return err
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return errors.New("no addresses of this machine could be gathered in time")
	}
	answer, err := t.Answer(ctx, l.pc.LocalDescription().SDP)
	if err != nil {
		return err
	}
	candidates, rest := split(answer)
	if err = l.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: rest}); err != nil {
		return fmt.Errorf("the answer can't be used: %w", err)
	}
	candidates = append(candidates, hostCandidates(t.Extra)...)
	used := 0
	for _, text := range candidates {
		c := webrtc.ICECandidateInit{Candidate: text}
		if t.Only != nil && !t.Only(c) {
			continue
		}
		if l.pc.AddICECandidate(c) == nil {
			used++
		}
	}
	if used == 0 {
		return ErrNotOffered
	}
	return nil
}

// ErrNotOffered: the server's answer names no address of the kind asked for.
var ErrNotOffered = errors.New("the server offers no such address")

func (l *traveller) connect(ctx context.Context) Result {
	for _, step := range []struct {
		reached <-chan struct{}
		stage   Stage
		why     string
	}{
		{l.ice, StageICE, "no answer from the media port"},
		{l.dtls, StageDTLS, "packets pass, but no keys could be agreed"},
	} {
		select {
		case <-step.reached:
		case <-l.failed:
			return Result{Stage: step.stage, Err: errors.New(step.why)}
		case <-ctx.Done():
			return Result{Stage: step.stage, Err: errors.New(step.why)}
		}
	}
	return Result{}
}

// resendEvery is the pace at which the packet is sent again: one may be lost.
const resendEvery = 200 * time.Millisecond

func (l *traveller) thereAndBack(ctx context.Context) (time.Duration, error) {
	again := time.NewTicker(resendEvery)
	defer again.Stop()
	p := &rtp.Packet{Header: rtp.Header{Version: 2}, Payload: l.mark[:]}
	for {
		sent := time.Now()
		if err := l.track.WriteRTP(p); err != nil {
			return 0, fmt.Errorf("the packet could not be sent: %w", err)
		}
		p.SequenceNumber++
		p.Timestamp += 960
		select {
		case <-l.back:
			return time.Since(sent), nil
		case <-again.C:
		case <-l.failed:
			return 0, errors.New("the connection ended before the packet came back")
		case <-ctx.Done():
			return 0, errors.New("a connection is made, but the packet did not come back")
		}
	}
}

// pair is the way taken.
func (l *traveller) pair() string {
	p, err := l.pc.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || p == nil {
		return ""
	}
	return fmt.Sprintf("%s %s:%d", p.Remote.Protocol, p.Remote.Address, p.Remote.Port)
}
