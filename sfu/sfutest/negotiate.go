package sfutest

import (
	"strconv"
	"strings"

	"github.com/pion/webrtc/v4"

	"callrelay/sfu"
)

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
					ByTag: map[uint32]int{},
				}
			}
		}
	}
}

func number(s string) uint32 {
	n, _ := strconv.ParseUint(s, 10, 32)
	return uint32(n)
}
