package client

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/webrtc/v4"
)

// PeerConfig of a Peer.
type PeerConfig struct {
	// Number that marks this participant's packets; unique in a run.
	Number uint32
	// Began is when the run began; marks count from it.
	Began time.Time
	// Local address to send from, with port 0.
	Local netip.AddrPort
	// LossUp and LossDown of this participant's own network, 0 to 1.
	LossUp, LossDown float64
	// AudioOnly sends no pictures, VideoOnly no sound, ReceiveOnly neither: it
	// offers no section to send on.
	AudioOnly, VideoOnly, ReceiveOnly bool
	// SendOnly offers no slot, and Answering no section at all: it answers.
	SendOnly, Answering bool
	// Still peers send nothing, whatever they publish.
	Still bool
	// Shrink width and height of a single layer so many times; 0 is not at all.
	Shrink int
	// Layers of pictures: 3 is simulcast, else one.
	Layers int
	// AudioSlots and VideoSlots that it offers; 0 is one each.
	AudioSlots, VideoSlots int
	// Crowd makes this a light peer; nil is one that opens every packet, asks
	// for what is missing, and can have loss.
	Crowd *Crowd
	// OpenSound makes a light peer open each packet of sound: where voices take
	// turns in a slot, one may have gone and come again between two that are opened.
	OpenSound bool
	// Generation counts the connections that this participant had before.
	Generation uint32
	// Seed of all that is random here.
	Seed uint64
}

// Peer is a participant's PeerConnection with its microphone and camera.
type Peer struct {
	// Exchanges of SDP that Connect made so far.
	Exchanges []Exchange

	cfg     PeerConfig
	pc      *webrtc.PeerConnection
	socket  link
	mux     *ice.UDPMuxDefault
	tracks  [sources]*track
	senders [sources]*webrtc.RTPSender
	tally   *tally
	encoder [sources]vp8
	random  *rand.Rand
	begun   bool // of one that answers

	numbers   atomic.Uint32
	keyWanted [sources]atomic.Bool
	inactive  [sources]atomic.Bool // layers that the server does not want
	asking    atomic.Bool          // for key frames, again and again
	connected chan struct{}
	failed    chan struct{}
	stop      chan struct{}
	stopMedia context.CancelFunc

	closeMu sync.Mutex // guards closed, and starting goroutines before it
	closed  bool
	running sync.WaitGroup

	feedbackMu sync.Mutex
	recorder   *twcc.Recorder
	gaps       map[uint32]*missing // by SSRC, of streams that are sent again
}

// NewPeer makes the connection's own side: its socket and its sections.
func NewPeer(cfg PeerConfig) (*Peer, error) {
	p := &Peer{
		cfg: cfg, connected: make(chan struct{}), failed: make(chan struct{}), stop: make(chan struct{}),
		random:   seeded(cfg.Seed, 1),
		recorder: twcc.NewRecorder(cfg.Number | 1<<31),
		gaps:     map[uint32]*missing{},
	}
	for s := range p.encoder {
		p.encoder[s].random = p.random
	}
	p.encoder[Video].scale = cfg.Shrink
	p.encoder[VideoMiddle].scale, p.encoder[VideoSmall].scale = 2, 4
	p.tally = newTally(&p.tracks)
	var err error
	if p.socket, err = p.openLink(); err != nil {
		return nil, err
	}
	p.mux = ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: p.socket, Logger: quietLog().NewLogger("ice")})
	if err := p.open(); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func (p *Peer) open() error {
	api, err := newAPI(p.mux, p.cfg.Crowd == nil)
	if err != nil {
		return err
	}
	if p.pc, err = api.NewPeerConnection(webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle}); err != nil {
		return err
	}
	receive := p.receive
	if p.cfg.Crowd != nil {
		receive = p.receiveLight
	}
	p.pc.OnTrack(func(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) { p.start(func() { receive(t, r) }) })
	var once sync.Once
	p.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		switch s {
		case webrtc.PeerConnectionStateConnected:
			once.Do(func() { close(p.connected) })
		case webrtc.PeerConnectionStateFailed:
			once.Do(func() { close(p.failed) })
		default: // on the way, or gone with the test
		}
	})
	if p.cfg.Answering {
		return nil
	}
	return p.openSections()
}

// openSections makes first the send sections, then the slots, as browsers do.
func (p *Peer) openSections() error {
	if !p.cfg.ReceiveOnly {
		if err := p.openSends(Audio); err != nil {
			return err
		}
		cameras := []Source{Video}
		if p.cfg.Layers > 1 {
			cameras = []Source{VideoSmall, VideoMiddle, Video} // in the order in which a page names them
		}
		if err := p.openSends(cameras...); err != nil {
			return err
		}
	}
	return p.openSlots()
}

// openSends makes one section that sends a source, or its layers.
func (p *Peer) openSends(layers ...Source) error {
	for _, s := range layers {
		p.tracks[s] = newTrack(s, &p.numbers, uint16(p.random.Uint32()))
		p.tracks[s].layered = len(layers) > 1
	}
	transceiver, err := p.pc.AddTransceiverFromTrack(p.tracks[layers[0]], webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		return err
	}
	p.senders[layers[len(layers)-1]] = transceiver.Sender()
	for _, s := range layers[1:] {
		if err := transceiver.Sender().AddEncoding(p.tracks[s]); err != nil {
			return err
		}
	}
	return nil
}

func (p *Peer) openSlots() error {
	if p.cfg.SendOnly {
		return nil
	}
	for range max(p.cfg.AudioSlots, 1) {
		if err := p.openSlot(webrtc.RTPCodecTypeAudio); err != nil {
			return err
		}
	}
	for range max(p.cfg.VideoSlots, 1) {
		if err := p.openSlot(webrtc.RTPCodecTypeVideo); err != nil {
			return err
		}
	}
	return nil
}

func (p *Peer) openSlot(kind webrtc.RTPCodecType) error {
	_, err := p.pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	return err
}

// start runs f in a goroutine that Close waits for, if it is not too late.
func (p *Peer) start(f func()) {
	p.closeMu.Lock()
	defer p.closeMu.Unlock()
	if !p.closed {
		p.running.Go(f)
	}
}

// Vanish cuts the media off without a word in either direction.
func (p *Peer) Vanish() { p.socket.vanish() }

// Close ends the connection and waits for its goroutines.
func (p *Peer) Close() {
	p.StopMedia()
	if p.cfg.Crowd != nil {
		p.cfg.Crowd.dismiss(p)
	}
	p.closeMu.Lock()
	p.closed = true
	p.closeMu.Unlock()
	close(p.stop)
	if p.pc != nil {
		_ = p.pc.Close()
	}
	lost := p.socket.overflows()
	p.tally.add(func(t *Tally) { t.Overflows = lost })
	_ = p.mux.Close()
	_ = p.socket.Close()
	p.running.Wait()
}

// Tally after Close.
func (p *Peer) Tally() *Tally {
	t := &p.tally.t
	for i, track := range p.tracks {
		if track != nil {
			t.Sent[i].First, t.Sent[i].Last = track.first+1, track.last()
		}
	}
	return t
}

func (p *Peer) since() time.Duration { return time.Since(p.cfg.Began) }

func (p *Peer) onWrite(packet wirePacket, lost bool) { p.tally.wrote(packet, lost) }

func (p *Peer) onRead(packet wirePacket, lost bool) {
	p.tally.read(packet, lost)
	if lost || !packet.hasNumber {
		return
	}
	p.feedbackMu.Lock()
	p.recorder.Record(packet.ssrc, packet.transport, p.since().Microseconds())
	p.feedbackMu.Unlock()
}

// WirePackets of RTP that the server has sent so far, lost ones included.
func (p *Peer) WirePackets() (n uint64) {
	p.tally.add(func(t *Tally) { n = t.WirePackets })
	return n
}

// LastSent extended number of a source; 0 of one that it does not have.
func (p *Peer) LastSent(source Source) uint64 {
	if p.tracks[source] == nil {
		return 0
	}
	return p.tracks[source].last()
}

func seeded(seed, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }

var _ net.PacketConn = (*socket)(nil)
