package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"

	"callrelay/benchmarks/internal/client"
	"callrelay/signal/protocol"
)

const (
	frame      = 20 * time.Millisecond
	stall      = 2 * time.Second
	tryAgain   = 1500 * time.Millisecond
	connection = 20 * time.Second
)

// guest says who joins what.
type guest struct {
	url, room, name string
	stay            time.Duration
	turnOnly        bool
}

// visit is one guest's time in the room.
type visit struct {
	guest
	conn  *client.Conn
	pc    *webrtc.PeerConnection
	track *webrtc.TrackLocalStaticSample
	seat  protocol.ParticipantID
	turn  []protocol.ICEServer

	mu       sync.Mutex
	received int
	last     time.Time
	gap      time.Duration
}

// join stays in the room for the guest's time and fills the result.
func join(ctx context.Context, g guest, r *result) error {
	conn, err := client.Dial(ctx, g.url, protocol.Hello{Name: g.name, Client: "lab"})
	if err != nil {
		return err
	}
	defer conn.Close()
	go func() {
		for range conn.Events { //nolint:revive // nothing in them matters here
		}
	}()
	reply, err := conn.Request(ctx, protocol.JoinRoom{Name: g.room})
	if err != nil {
		return err
	}
	joined, ok := reply.(protocol.Joined)
	if !ok {
		return fmt.Errorf("join_room: got %s", protocol.TypeOf(reply))
	}
	v := &visit{guest: g, conn: conn, seat: joined.Room.Self, turn: conn.Welcome.ICEServers}
	if err := v.open(); err != nil {
		return err
	}
	defer func() { _ = v.pc.Close() }()
	return v.run(ctx, r)
}

func (v *visit) configuration() webrtc.Configuration {
	c := webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle}
	if v.turnOnly {
		c.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	for _, s := range v.turn {
		c.ICEServers = append(c.ICEServers, webrtc.ICEServer{URLs: s.URLs, Username: s.Username, Credential: s.Credential})
	}
	return c
}

func (v *visit) open() error {
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	e := webrtc.SettingEngine{LoggerFactory: quiet}
	e.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	// Pion keeps the pair that it nominates first: UDP gets time to answer.
	e.SetHostAcceptanceMinWait(100 * time.Millisecond)
	types := []webrtc.NetworkType{
		webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6,
	}
	if v.turnOnly {
		types = types[:2] // else Pion uses ICE-TCP in spite of the policy
	}
	e.SetNetworkTypes(types)
	var m webrtc.MediaEngine
	if err := m.RegisterDefaultCodecs(); err != nil {
		return err
	}
	var err error
	api := webrtc.NewAPI(webrtc.WithSettingEngine(e), webrtc.WithMediaEngine(&m))
	if v.pc, err = api.NewPeerConnection(v.configuration()); err != nil {
		return err
	}
	opus := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}
	if v.track, err = webrtc.NewTrackLocalStaticSample(opus, "microphone", v.name); err != nil {
		return err
	}
	if _, err = v.pc.AddTransceiverFromTrack(v.track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
		return err
	}
	if _, err = v.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
		return err
	}
	v.pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			if _, _, err := t.ReadRTP(); err != nil {
				return
			}
			v.heard(time.Now())
		}
	})
	return nil
}

func (v *visit) heard(now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.received++; v.received > 1 {
		v.gap = max(v.gap, now.Sub(v.last))
	}
	v.last = now
}

// silentFor tells since when nothing has come, zero before the first packet.
func (v *visit) silentFor(now time.Time) time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.received == 0 {
		return 0
	}
	return now.Sub(v.last)
}

// offer makes the connection, or with restart mends it.
func (v *visit) offer(ctx context.Context, restart bool) error {
	if restart {
		if err := v.pc.SetConfiguration(v.configuration()); err != nil {
			return err
		}
	}
	offer, err := v.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: restart})
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(v.pc)
	if err = v.pc.SetLocalDescription(offer); err != nil {
		return err
	}
	// The server finds us by our checks; only TURN must be there before.
	if v.turnOnly {
		<-gathered
	}
	reply, err := v.conn.Request(ctx, protocol.Offer{
		Participant: v.seat, Generation: 1, SDP: v.pc.LocalDescription().SDP,
		Sections: []protocol.Section{{Mid: "0", Source: protocol.SourceMicrophone}},
	})
	if err != nil {
		return err
	}
	answer, ok := reply.(protocol.Answer)
	if !ok {
		return errors.New("no answer")
	}
	if len(answer.ICEServers) > 0 {
		v.turn = answer.ICEServers
	}
	return v.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.SDP})
}

func (v *visit) run(ctx context.Context, r *result) error {
	up := make(chan struct{})
	var once sync.Once
	v.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(up) })
		}
	})
	began := time.Now()
	if err := v.offer(ctx, false); err != nil {
		return err
	}
	select {
	case <-up:
	case <-time.After(connection):
		return errors.New("not connected")
	}
	r.ConnectMS = time.Since(began).Milliseconds()
	r.Way = v.way()
	if _, err := v.conn.Request(ctx, protocol.Publish{Participant: v.seat, Source: protocol.SourceMicrophone}); err != nil {
		return err
	}
	if err := v.talk(ctx, r); err != nil {
		return err
	}
	v.mu.Lock()
	r.Received, r.GapMS = v.received, v.gap.Milliseconds()
	v.mu.Unlock()
	r.WayLast = v.way()
	if r.Received == 0 {
		return errors.New("heard nothing")
	}
	return nil
}

// talk sends sound until the time is over, and restarts ICE while nothing comes.
func (v *visit) talk(ctx context.Context, r *result) error {
	ticks := time.NewTicker(frame)
	defer ticks.Stop()
	end := time.Now().Add(v.stay)
	var tried time.Time
	for now := range ticks.C {
		if now.After(end) {
			return nil
		}
		if err := v.track.WriteSample(media.Sample{Data: make([]byte, 80), Duration: frame}); err != nil {
			return err
		}
		if v.silentFor(now) > stall && now.Sub(tried) > tryAgain {
			tried = now
			r.Restarts++
			if err := v.offer(ctx, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// way that media take now.
func (v *visit) way() string {
	pair, err := v.pc.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || pair == nil {
		return ""
	}
	if pair.Local.Typ == webrtc.ICECandidateTypeRelay {
		return "relay"
	}
	return pair.Local.Protocol.String()
}
