package sfutest

import (
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/transport/v4/packetio"
	"github.com/pion/webrtc/v4"

	"callrelay/sfu"
)

// Peer is a scripted client: a microphone and a camera, and slots.
type Peer struct {
	ID         sfu.ParticipantID
	Generation uint32
	Address    string

	rig        *Rig
	pc         *webrtc.PeerConnection
	microphone *track
	camera     *track   // the only layer, or the largest
	layers     []*track // all, the smallest first
	transport  atomic.Uint32
	stop       chan struct{}
	running    sync.WaitGroup
	closed     bool
	passive    bool

	lastRTCP *byte // of the RTCP reader

	mu        sync.Mutex
	received  map[uint32]*Received
	repairs   map[uint32]uint32 // repair SSRC -> media SSRC
	mids      map[string]uint32 // media SSRC of a slot
	arrived   int
	strangers int
	recorder  *twcc.Recorder
	twccID    uint8
	nacked    int
	limited   atomic.Int64 // bits per second that the SFU asked to keep to
	lost      atomic.Int64 // packets that the SFU reported as lost
	reports   []rtcp.SenderReport
	reportAt  time.Time
	reported  time.Time
	paused    map[*track]bool
	inactive  map[*track]bool // as the SFU asked
	Deaf      bool            // does not do what the SFU asks about layers
	makes     int             // encodings, 0 is all
	encoder   *encoder        // of the camera; nil: a fixed size
	lossy     lossy
}

// Slots a peer offers, and the layers in which it sends its camera: none or
// one is plain video, more are simulcast with the rids q, h, f.
type Slots struct {
	Audio, Video, Layers int
	// Capacity of the path to the peer in bits per second, with a queue of
	// 300 ms; 0 is without a limit.
	Capacity int
	// Encode makes the camera keep to that many bits per second, or to the
	// lower limit that the SFU asks for, with key frames on request; 0 is a
	// camera that knows nothing of rates.
	Encode int64
	// Both directions on the peer's own sections, as a page for two has it.
	Both bool
	// Passive makes the peer the server of DTLS, where it usually is the client.
	Passive bool
	// Profile is the one of SRTP that the peer can do; 0: all of Pion's.
	Profile dtls.SRTPProtectionProfile
	// Nominate says how long after each start of ICE the peer names the way
	// to be used, as Chromium does while it has not given up the one before.
	Nominate time.Duration
	// Lossy opens the data channel for messages that may be lost.
	Lossy bool
}

// Connect makes a peer with its connection negotiated; it may not be up yet.
func (r *Rig) Connect(id sfu.ParticipantID, slots Slots) *Peer {
	r.T.Helper()
	p := r.newPeer(id, 1, slots)
	r.add(p)
	r.must(p.Offer())
	p.run()
	return p
}

// Again makes the peer's next connection: a new PeerConnection of a higher
// generation, as after a reload. The old one stays as it is.
func (r *Rig) Again(old *Peer, slots Slots) *Peer {
	r.T.Helper()
	p := r.newPeer(old.ID, old.Generation+1, slots)
	r.add(p)
	r.must(p.Offer())
	p.run()
	return p
}

func (r *Rig) newPeer(id sfu.ParticipantID, generation uint32, slots Slots) *Peer {
	p := &Peer{
		ID: id, Generation: generation, rig: r, Address: r.nextIP(), stop: make(chan struct{}),
		received: map[uint32]*Received{}, repairs: map[uint32]uint32{}, mids: map[string]uint32{},
		recorder: twcc.NewRecorder(1), paused: map[*track]bool{}, inactive: map[*track]bool{},
	}
	if slots.Encode > 0 {
		p.encoder = &encoder{rate: slots.Encode}
	}
	base := uint32(len(r.peers)+1) * 10 //nolint:gosec // small
	p.microphone = newTrack(webrtc.RTPCodecTypeAudio, webrtc.MimeTypeOpus, "microphone", base, &p.transport)
	for i := range max(slots.Layers, 1) {
		t := newTrack(webrtc.RTPCodecTypeVideo, webrtc.MimeTypeVP8, "camera", base+1+uint32(i), &p.transport) //nolint:gosec // small
		if slots.Layers > 1 {
			t.rid = "qhf"[i : i+1]
		}
		p.layers, p.camera = append(p.layers, t), t
	}
	var media webrtc.MediaEngine
	r.must(media.RegisterDefaultCodecs())
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		for _, uri := range []string{
			"http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
			"urn:ietf:params:rtp-hdrext:sdes:mid",
			levelURI,
			"urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
			"urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
		} {
			r.must(media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, kind))
		}
		media.RegisterFeedback(webrtc.RTCPFeedback{Type: "transport-cc"}, kind)
	}
	settings := webrtc.SettingEngine{LoggerFactory: r.log}
	settings.SetNet(r.hostBehind(p.Address, slots.Capacity))
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	if slots.Profile != 0 {
		settings.SetSRTPProtectionProfiles(slots.Profile)
	}
	p.passive = slots.Passive
	settings.SetHostAcceptanceMinWait(slots.Nominate)
	settings.BufferFactory = func(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
		return &inbox{peer: p, kind: kind, ssrc: ssrc}
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(&media), webrtc.WithSettingEngine(settings),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	var err error
	p.pc, err = api.NewPeerConnection(webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle})
	r.must(err)
	direction := webrtc.RTPTransceiverDirectionSendonly
	if slots.Both {
		direction = webrtc.RTPTransceiverDirectionSendrecv
	}
	for _, t := range []*track{p.microphone, p.layers[0]} {
		_, err = p.pc.AddTransceiverFromTrack(t, webrtc.RTPTransceiverInit{Direction: direction})
		r.must(err)
	}
	for _, t := range p.layers[1:] {
		r.must(p.pc.GetTransceivers()[1].Sender().AddEncoding(t))
	}
	p.addSlots(slots)
	if slots.Lossy {
		p.openLossy()
	}
	return p
}

// Vanish ends the peer without a word: its packets stop.
func (p *Peer) Vanish() { p.rig.cut(p.Address) }

// Reappear ends what Vanish began.
func (p *Peer) Reappear() { p.rig.heal(p.Address) }

// Close ends the peer.
func (p *Peer) Close() {
	if p.closed {
		return
	}
	p.closed = true
	close(p.stop)
	p.running.Wait()
	_ = p.pc.GracefulClose()
}
