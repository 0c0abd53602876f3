package sfutest

import (
	"io"
	"strconv"
	"strings"
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
	reports   []rtcp.SenderReport
	reportAt  time.Time
	reported  time.Time
	paused    map[*track]bool
	inactive  map[*track]bool // as the SFU asked
	Deaf      bool            // does not do what the SFU asks about layers
	encoder   *encoder        // of the camera; nil: a fixed size
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
}

// Page makes a peer as a page for two has it: one section a kind, both ways.
// It negotiates nothing yet; see PageOffer and PageAnswer.
func (r *Rig) Page(id sfu.ParticipantID, generation uint32) *Peer {
	r.T.Helper()
	p := r.newPeer(id, generation, Slots{Both: true})
	r.add(p)
	return p
}

// PageOffer makes the page's offer, with all candidates.
func (p *Peer) PageOffer() string {
	offer, err := p.pc.CreateOffer(nil)
	p.rig.must(err)
	return p.local(offer)
}

// PageAccept takes the answer to PageOffer and begins to send.
func (p *Peer) PageAccept(answer string) {
	p.learn(answer)
	p.rig.must(p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}))
	p.run()
}

// PageAnswer answers an offer and begins to send.
func (p *Peer) PageAnswer(offer string) string {
	p.learn(offer)
	p.rig.must(p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}))
	answer, err := p.pc.CreateAnswer(nil)
	p.rig.must(err)
	text := p.local(answer)
	p.run()
	return text
}

func (p *Peer) local(d webrtc.SessionDescription) string {
	gathered := webrtc.GatheringCompletePromise(p.pc)
	p.rig.must(p.pc.SetLocalDescription(d))
	<-gathered
	return p.pc.LocalDescription().SDP
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
	return p
}

func (p *Peer) addSlots(slots Slots) {
	for i := range slots.Audio + slots.Video {
		kind := webrtc.RTPCodecTypeAudio
		if i >= slots.Audio {
			kind = webrtc.RTPCodecTypeVideo
		}
		_, err := p.pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
		p.rig.must(err)
	}
}

// Offer negotiates.
func (p *Peer) Offer() error { return p.offer(nil) }

// Restart restarts ICE on the same connection.
func (p *Peer) Restart() error { return p.offer(&webrtc.OfferOptions{ICERestart: true}) }

// Grow offers more slots on the same connection.
func (p *Peer) Grow(slots Slots) error {
	p.addSlots(slots)
	return p.Offer()
}

func (p *Peer) offer(options *webrtc.OfferOptions) error {
	offer, err := p.pc.CreateOffer(options)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err = p.pc.SetLocalDescription(offer); err != nil {
		return err
	}
	<-gathered
	text := p.pc.LocalDescription().SDP
	if p.passive {
		text = strings.ReplaceAll(text, "a=setup:actpass", "a=setup:passive")
	}
	answer, err := p.rig.SFU.Answer(p.rig.Context(), p.Seat(), text, p.sections())
	if err != nil {
		return err
	}
	p.learn(answer)
	for _, t := range p.layers {
		t.setMID(p.pc.GetTransceivers()[1].Mid())
	}
	return p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer})
}

// Seat of the peer.
func (p *Peer) Seat() sfu.Seat { return sfu.Seat{Participant: p.ID, Generation: p.Generation} }

func (p *Peer) sections() []sfu.Section {
	var out []sfu.Section
	for _, t := range p.pc.GetTransceivers() {
		if t.Sender() == nil || t.Sender().Track() == nil {
			continue
		}
		switch t.Sender().Track().ID() {
		case "microphone":
			out = append(out, sfu.Section{MID: t.Mid(), Source: sfu.SourceMicrophone})
		case "camera":
			out = append(out, sfu.Section{MID: t.Mid(), Source: sfu.SourceCamera})
		}
	}
	return out
}

// learn the SSRCs of the slots from the answer, as Firefox does.
func (p *Peer) learn(answer string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	audio, mid := false, ""
	for line := range strings.SplitSeq(answer, "\r\n") {
		switch {
		case strings.HasPrefix(line, "m="):
			audio = strings.HasPrefix(line, "m=audio")
		case strings.HasPrefix(line, "a=mid:"):
			mid = line[len("a=mid:"):]
		case strings.HasPrefix(line, "a=extmap:") && strings.Contains(line, "transport-wide-cc"):
			id, _, _ := strings.Cut(line[len("a=extmap:"):], " ")
			n, _ := strconv.Atoi(id)
			p.twccID = uint8(n) //nolint:gosec // 1 to 14
		case strings.HasPrefix(line, "a=ssrc-group:FID "):
			if f := strings.Fields(line); len(f) == 3 {
				p.repairs[number(f[2])] = number(f[1])
			}
		case strings.HasPrefix(line, "a=ssrc:"):
			id, _, _ := strings.Cut(line[len("a=ssrc:"):], " ")
			ssrc := number(id)
			if _, repair := p.repairs[ssrc]; !repair && p.received[ssrc] == nil {
				p.mids[mid] = ssrc
				p.received[ssrc] = &Received{
					SSRC: ssrc, Audio: audio, have: map[int64]bool{}, wanted: map[int64]*want{},
					ByTag: map[uint32]int{}, counters: map[uint32]map[uint64]int{},
				}
			}
		}
	}
}

func number(s string) uint32 {
	n, _ := strconv.ParseUint(s, 10, 32)
	return uint32(n)
}

// run sends and asks for what is lost until Close.
func (p *Peer) run() {
	every := func(d time.Duration, f func()) {
		p.running.Go(func() {
			ticker := time.NewTicker(d)
			defer ticker.Stop()
			for {
				select {
				case <-ticker.C:
					f()
				case <-p.stop:
					return
				}
			}
		})
	}
	every(20*time.Millisecond, func() { p.send(p.microphone, 1, 960, 100) })
	every(frameEvery, func() {
		if p.encoder != nil {
			p.encode(time.Now())
			return
		}
		if n := p.limited.Load(); n > 0 && len(p.layers) == 1 {
			p.send(p.camera, 1, 2970, int(min(n/8/30, 1100)))
			return
		}
		for i, t := range p.layers {
			p.send(t, max(1, 5>>(2*(len(p.layers)-1-i))), 2970, 1000)
		}
	})
	every(10*time.Millisecond, p.askAgain)
	every(50*time.Millisecond, p.feedback)
}

func (p *Peer) send(t *track, packets int, step uint32, size int) {
	if p.pc.ConnectionState() != webrtc.PeerConnectionStateConnected {
		return
	}
	p.mu.Lock()
	paused := p.paused[t] || p.inactive[t]
	p.mu.Unlock()
	if !paused {
		t.frame(packets, step, size)
	}
}

// encode sends the picture of this moment.
func (p *Peer) encode(now time.Time) {
	if p.pc.ConnectionState() != webrtc.PeerConnectionStateConnected {
		return
	}
	size, key := p.encoder.next(now, p.limited.Load(), p.camera.asked())
	if size > 0 {
		p.camera.picturePackets(2970, size, key)
	} else {
		p.camera.skip(2970)
	}
}

// askAgain requests what is missing, as a browser does.
func (p *Peer) askAgain() {
	now := time.Now()
	p.mu.Lock()
	var out []rtcp.Packet
	for ssrc, r := range p.received {
		if r.Audio {
			continue
		}
		var lost []uint16
		for n, w := range r.wanted {
			if now.Before(w.next) || w.tries >= 10 {
				continue
			}
			w.tries++
			w.next = now.Add(100 * time.Millisecond)
			lost = append(lost, uint16(n)) //nolint:gosec // wraps
			p.nacked++
		}
		if len(lost) > 0 {
			out = append(out, &rtcp.TransportLayerNack{MediaSSRC: ssrc, Nacks: pairs(lost)})
		}
	}
	out = append(out, p.askPictures(now)...)
	p.mu.Unlock()
	if len(out) > 0 {
		_ = p.pc.WriteRTCP(out)
	}
}

// askPictures requests key frames as Chromium does: each 200 ms until the
// first picture, and when none could be shown for three seconds. mu is held.
func (p *Peer) askPictures(now time.Time) (out []rtcp.Packet) {
	for ssrc, r := range p.received {
		patience := 3 * time.Second
		if len(r.Frames) == 0 {
			patience = 200 * time.Millisecond
		}
		if r.Audio || !r.started || p.encoder == nil || now.Sub(r.pictures.waits) < patience {
			continue
		}
		if !r.pictures.waits.IsZero() {
			out = append(out, &rtcp.PictureLossIndication{MediaSSRC: ssrc})
		}
		r.pictures.waits = now
	}
	return out
}

func pairs(numbers []uint16) (out []rtcp.NackPair) {
	for _, n := range numbers {
		out = append(out, rtcp.NackPair{PacketID: n})
	}
	return out
}

func (p *Peer) feedback() {
	p.mu.Lock()
	packets := p.recorder.BuildFeedbackPacket()
	if r := p.receiverReport(time.Now()); r != nil {
		packets = append(packets, r)
	}
	p.mu.Unlock()
	if len(packets) > 0 {
		_ = p.pc.WriteRTCP(packets)
	}
}

// receiverReport each second: only what tells the round trip. mu is held.
func (p *Peer) receiverReport(now time.Time) rtcp.Packet {
	if now.Sub(p.reported) < time.Second || len(p.reports) == 0 {
		return nil
	}
	p.reported = now
	last := p.reports[len(p.reports)-1]
	return &rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{{
		SSRC:             last.SSRC,
		LastSenderReport: uint32(last.NTPTime >> 16), //nolint:gosec // the middle
		Delay:            uint32(now.Sub(p.reportAt).Seconds() * 65536),
	}}}
}

// control handles what the SFU asks for.
func (p *Peer) control(packets []rtcp.Packet) {
	for _, packet := range packets {
		switch packet := packet.(type) {
		case *rtcp.TransportLayerNack:
			for _, t := range p.layers {
				for _, pair := range packet.Nacks {
					for _, n := range pair.PacketList() {
						if packet.MediaSSRC == t.ssrc {
							t.nack(n)
						}
					}
				}
			}
		case *rtcp.PictureLossIndication:
			for _, t := range p.layers {
				if packet.MediaSSRC == t.ssrc {
					t.pli()
				}
			}
		case *rtcp.ReceiverEstimatedMaximumBitrate:
			p.limited.Store(int64(packet.Bitrate))
		case *rtcp.SenderReport:
			p.mu.Lock()
			p.reports, p.reportAt = append(p.reports, *packet), time.Now()
			p.mu.Unlock()
		}
	}
}

// RequestKeyFrame of what a slot carries.
func (p *Peer) RequestKeyFrame(ssrc uint32) {
	_ = p.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}})
}

// Pause stops the camera or microphone from sending.
func (p *Peer) Pause(source sfu.Source, paused bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if source == sfu.SourceCamera {
		p.paused[p.camera] = paused
	} else {
		p.paused[p.microphone] = paused
	}
}

// obey sends only the layers that the SFU wants, each from a key frame on.
func (p *Peer) obey(e sfu.LayersWanted) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Deaf || e.Source != sfu.SourceCamera || e.Seat != p.Seat() {
		return
	}
	for _, l := range e.Layers {
		for _, t := range p.layers {
			if t.rid != l.RID {
				continue
			}
			if p.inactive[t] && l.Active {
				t.renew()
			}
			p.inactive[t] = !l.Active
		}
	}
}

// Speak sets the level of the microphone in dB below overload, from the next
// packet on: 127 is silence. A peer begins without saying any.
func (p *Peer) Speak(level uint8) { p.microphone.setLevel(level) }

// Active layers by what the SFU asked for, the smallest first.
func (p *Peer) Active() (active []bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.layers {
		active = append(active, !p.inactive[t])
	}
	return active
}

// Connected tells whether the peer's side is up.
func (p *Peer) Connected() bool {
	return p.pc.ConnectionState() == webrtc.PeerConnectionStateConnected
}

// Arrived is the number of RTP packets that reached the peer, of any kind.
func (p *Peer) Arrived() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.arrived
}

// LayerKeyFrameRequests are when each layer of the camera was asked for a key
// frame, the smallest picture first.
func (p *Peer) LayerKeyFrameRequests() (asked [][]time.Time) {
	for _, l := range p.layers {
		l.mu.Lock()
		asked = append(asked, append([]time.Time(nil), l.plis...))
		l.mu.Unlock()
	}
	return asked
}

// KeyFrameRequests that reached the peer's camera.
func (p *Peer) KeyFrameRequests() []time.Time {
	p.camera.mu.Lock()
	defer p.camera.mu.Unlock()
	return append([]time.Time(nil), p.camera.plis...)
}

// Sent is how many packets the camera sent first, and how many it resent.
func (p *Peer) Sent() (first, resent int) {
	p.camera.mu.Lock()
	defer p.camera.mu.Unlock()
	return len(p.camera.firsts), p.camera.resends
}

// Tags of the peer's microphone and camera, as they stand in payloads.
func (p *Peer) Tags() (microphone, camera uint32) { return p.microphone.tag, p.camera.tag }

// Limited is what the SFU asked the peer to keep to, in bits per second; 0
// when it has not.
func (p *Peer) Limited() int64 { return p.limited.Load() }

// LayerTags of the peer's layers, the smallest first.
func (p *Peer) LayerTags() (tags []uint32) {
	for _, t := range p.layers {
		tags = append(tags, t.tag)
	}
	return tags
}

// SenderReports that arrived.
func (p *Peer) SenderReports() []rtcp.SenderReport {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]rtcp.SenderReport(nil), p.reports...)
}

// Slot returns a copy of what arrived in the slot with a mid.
func (p *Peer) Slot(mid string) Received {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.received[p.mids[mid]]
	if r == nil {
		return Received{}
	}
	out := *r
	out.Missing = int(r.highest) - r.lowest() + 1 - len(r.have)
	out.ByTag = map[uint32]int{}
	for k, v := range r.ByTag {
		out.ByTag[k] = v
	}
	return out
}

func (r *Received) lowest() int {
	low := int(r.highest)
	for n := range r.have {
		low = min(low, int(n))
	}
	return low
}

// First slot of a kind that has received anything.
func (p *Peer) FirstSlot(audio bool) Received {
	p.mu.Lock()
	var mid string
	for m, ssrc := range p.mids {
		if r := p.received[ssrc]; r.Audio == audio && r.Packets > 0 {
			mid = m
		}
	}
	p.mu.Unlock()
	return p.Slot(mid)
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
