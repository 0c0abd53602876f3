package sfu

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"callrelay/sfu/internal/keying"
)

// ICE timeouts: silence until a connection counts as suspect; until Pion gives
// its addresses up (only an ICE restart helps then; it lies beyond any grace
// a seat is given, and nothing is torn down for it); and the pace of checks.
const (
	suspectAfter = 2500 * time.Millisecond
	failedAfter  = 5 * time.Minute
	checkEvery   = time.Second
)

// connection is one PeerConnection of a participant: an uplink and a downlink.
type connection struct {
	sfu         *SFU
	participant *participant
	seat        Seat
	place       int // of what is counted of it
	api         *webrtc.API
	pc          *webrtc.PeerConnection
	inlet       *inlet
	uplink      *uplink
	downlink    *downlink
	lossy       *lossy
	firstWay    firstWay
	ufrag       string // of the last offer: another one is an ICE restart

	rtt atomic.Int64 // of the last report, in nanoseconds

	// halfway: an offer failed, or has not ended, with which Pion had begun and
	// which it can't take back; of the participant's negotiating lock.
	halfway bool

	// offered are the slots of our own offer until its answer has come; of
	// the participant's negotiating lock.
	offered []*slot

	lastControl   *byte // of the RTCP reader
	feedbackTimer timer // of the worker

	mu     sync.Mutex // orders state changes
	state  ConnectionState
	wasUp  bool // has been connected before
	closed bool
}

// newConnection makes a connection that negotiates all codecs or only those
// named. passive: its client wants to be the server of DTLS.
func (s *SFU) newConnection(p *participant, seat Seat, passive bool, takes ...encoding) (*connection, error) {
	c := &connection{sfu: s, participant: p, seat: seat, place: p.place}
	c.inlet = newInlet(c)
	c.uplink = newUplink(c)
	c.downlink = newDownlink(c)
	c.lossy = newLossy(c)
	media, err := mediaEngine(takes...)
	if err != nil {
		return nil, fmt.Errorf("media engine: %w", err)
	}
	settings, err := s.settings(c)
	if err == nil && passive {
		err = settings.SetAnsweringDTLSRole(webrtc.DTLSRoleClient)
	}
	settings.SetICEBindingRequestHandler(c.firstWay.checked)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	c.api = webrtc.NewAPI(
		webrtc.WithMediaEngine(media),
		webrtc.WithSettingEngine(settings),
		// None of Pion's interceptors: loss, feedback and reports are ours.
		webrtc.WithInterceptorRegistry(&interceptor.Registry{}),
	)
	c.pc, err = c.api.NewPeerConnection(webrtc.Configuration{
		Certificates: s.certificates,
		BundlePolicy: webrtc.BundlePolicyMaxBundle,
	})
	if err != nil {
		return nil, fmt.Errorf("peer connection: %w", err)
	}
	c.pc.SCTP().Transport().ICETransport().OnSelectedCandidatePairChange(c.inlet.selected)
	c.pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) { c.stateChanged() })
	c.pc.OnDataChannel(c.lossy.offered)
	return c, nil
}

func (s *SFU) settings(c *connection) (webrtc.SettingEngine, error) {
	e, err := s.transport()
	e.SetICEUDPMux(door{s.ports, c.inlet})
	if s.streams != nil {
		e.SetICETCPMux(streamDoor{s.streams, c.inlet})
	}
	c.inlet.exchange = keying.Listen(&e)
	e.SetSRTPReplayProtectionWindow(replayWindow)
	e.DetachDataChannels()
	e.SetSCTPMaxReceiveBufferSize(maxUnread)
	e.SetSCTPMaxMessageSize(maxMessage)
	e.BufferFactory = c.uplink.buffer
	// The media engine is this connection's alone, and a sender that is made
	// by the API (see sendOn) must know what was negotiated on it.
	e.DisableMediaEngineCopy(true)
	return e, err
}

// transport is what all connections have in common: the ports, the ways
// through them, and how they are secured.
func (s *SFU) transport() (webrtc.SettingEngine, error) {
	e := webrtc.SettingEngine{LoggerFactory: s.pionLog}
	e.SetICEUDPMux(s.ports)
	networks := []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6}
	if s.streams != nil {
		e.SetICETCPMux(s.streams)
		networks = append(networks, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6)
	}
	e.SetNetworkTypes(networks)
	e.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	e.SetICETimeouts(suspectAfter, failedAfter, checkEvery)
	e.SetPrflxAcceptanceMinWait(0)
	e.SetHostAcceptanceMinWait(0)
	e.SetIncludeLoopbackCandidate(true)
	e.DisableActiveTCP(true)
	e.SetNet(announcedNet{s.net, s.ports})
	e.SetSRTPProtectionProfiles(
		dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AEAD_AES_256_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	// DTLS's own proof of the client's address takes a round trip, and ICE has
	// proved it: handshakes from unchecked addresses come to nobody.
	e.SetDTLSInsecureSkipHelloVerify(true)
	// The server role: as a client, Chromium picks AES-CM, which costs 2 µs a packet more.
	return e, e.SetAnsweringDTLSRole(webrtc.DTLSRoleServer)
}

// replayWindow in packets of one SSRC: as many as may arrive late.
const replayWindow = 512

// answer negotiates an offer on this connection. Calls are ordered by the
// participant's negotiating lock.
func (c *connection) answer(ctx context.Context, text string, o offer, sections []*uplinkSection) (string, error) {
	if c.halfway {
		return "", ErrStale
	}
	c.halfway = true
	prepared, err := c.prepare(o)
	if err != nil {
		return "", err
	}
	if err = c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: text}); err != nil {
		return "", badSDP("it can't be used: %v", err)
	}
	if c.ufrag != "" && c.ufrag != o.ufrag {
		c.firstWay.restarted()
		c.inlet.paths.begun(time.Now())
	}
	c.ufrag = o.ufrag
	c.uplink.use(sections, o.extensions)
	added, err := c.addSlots(o, prepared)
	if err != nil {
		return "", err
	}
	answer, err := c.pc.CreateAnswer(nil)
	if err != nil {
		return "", badSDP("it can't be answered: %v", err)
	}
	gathered := webrtc.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(answer); err != nil {
		return "", badSDP("it can't be answered: %v", err)
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	for _, s := range added {
		if s.writer == nil {
			return "", badSDP("section %q could not be set up", s.mid)
		}
	}
	c.downlink.grow(added)
	c.halfway = false
	return finishAnswer(c.pc.LocalDescription().SDP, o, c.sfu.config.StartBitrate), nil
}

// addSlots gives each section the client newly receives on a slot: one that is
// prepared, or a new one. A section on which it sends as well is given one only
// where it is named as a source.
func (c *connection) addSlots(o offer, prepared map[*webrtc.RTPTransceiver]*slot) ([]*slot, error) {
	var added []*slot
	for _, t := range c.pc.GetTransceivers() {
		s := prepared[t]
		if s == nil {
			if t.Sender() != nil || t.Direction() != webrtc.RTPTransceiverDirectionSendonly && !o.both[t.Mid()] {
				continue
			}
			s = c.downlink.newSlot(t.Kind() == webrtc.RTPCodecTypeAudio)
			if err := c.sendOn(t, s); err != nil {
				return nil, fmt.Errorf("slot for section %q: %w", t.Mid(), err)
			}
		}
		s.mid = t.Mid()
		s.extensions.Mixed = c.uplink.extensions.Mixed
		added = append(added, s)
	}
	return added, nil
}

// sendOn puts a track on a transceiver that Pion has made for a section of the
// offer. AddTrack takes the first that is free, which may be another.
func (c *connection) sendOn(t *webrtc.RTPTransceiver, track webrtc.TrackLocal) error {
	sender, err := c.api.NewRTPSender(track, c.pc.SCTP().Transport())
	if err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	return t.SetSender(sender, track)
}

// stateChanged reads the present state: Pion tells of changes on goroutines
// of their own, in any order.
func (c *connection) stateChanged() {
	// The transport's lock is held until SRTP can be used; asking waits for it.
	_ = c.pc.SCTP().Transport().State()
	if c.pc.ConnectionState() == webrtc.PeerConnectionStateConnected {
		c.inlet.begin()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	state, known := map[webrtc.PeerConnectionState]ConnectionState{
		webrtc.PeerConnectionStateNew:          Connecting,
		webrtc.PeerConnectionStateConnecting:   Connecting,
		webrtc.PeerConnectionStateConnected:    Connected,
		webrtc.PeerConnectionStateDisconnected: Suspect,
		webrtc.PeerConnectionStateFailed:       Failed,
		webrtc.PeerConnectionStateClosed:       Failed, // the client has closed it (DTLS close_notify)
	}[c.pc.ConnectionState()]
	if !known || state == c.state {
		return
	}
	c.state = state
	event := ConnectionChanged{Seat: c.seat, State: state}
	if state == Connected {
		event.Pair = c.pair()
		c.participant.worker.post(c.downlink.connected)
		if c.wasUp {
			c.uplink.renewPictures()
		}
		c.wasUp = true
	}
	c.sfu.observe(event)
}

// pair is the selected candidate pair in words.
func (c *connection) pair() string {
	p, err := c.pc.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || p == nil {
		return ""
	}
	return fmt.Sprintf("%s %s:%d (here) - %s:%d (%s)",
		p.Local.Protocol, p.Local.Address, p.Local.Port, p.Remote.Address, p.Remote.Port, p.Remote.Typ)
}

// writeRTCP sends at the end of the worker's turn; before the connection is up
// it does nothing. It is called on the participant's worker.
func (c *connection) writeRTCP(packets ...rtcp.Packet) { c.downlink.egress.reports(packets...) }

func (c *connection) worker() *worker { return c.participant.worker }

// roundTrip to the participant, usualRoundTrip when it is not known yet.
func (c *connection) roundTrip() time.Duration {
	if rtt := c.rtt.Load(); rtt > 0 {
		return time.Duration(rtt)
	}
	return usualRoundTrip
}

const usualRoundTrip = 80 * time.Millisecond

// abandon closes a connection that misbehaves, from any goroutine.
func (c *connection) abandon(why string) {
	c.sfu.background(func() {
		c.sfu.config.Log.Warn("connection closed", "participant", c.seat.Participant, "reason", why)
		c.mu.Lock()
		gone := c.closed
		c.state = Failed
		c.mu.Unlock()
		if !gone {
			c.close()
			c.sfu.observe(ConnectionChanged{Seat: c.seat, State: Failed})
		}
	})
}

// close ends the connection and waits for its goroutines.
func (c *connection) close() {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	c.closed = true
	c.mu.Unlock()
	c.inlet.end()
	c.participant.worker.post(c.downlink.end)
	_ = c.pc.GracefulClose()
}
