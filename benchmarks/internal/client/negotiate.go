package client

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"callrelay/signal/protocol"
)

// Connect offers to the server over conn, for a seat, and waits until media
// can flow.
func (p *Peer) Connect(ctx context.Context, conn *Conn, seat protocol.ParticipantID) error {
	offer, err := p.Offer()
	if err != nil {
		return err
	}
	reply, err := conn.Request(ctx, protocol.Offer{Participant: seat, Generation: 1 + p.cfg.Generation, SDP: offer, Sections: p.sendSections()})
	if err != nil {
		return err
	}
	answer, ok := reply.(protocol.Answer)
	if !ok {
		return fmt.Errorf("offer: got %s", protocol.TypeOf(reply))
	}
	p.Exchanges = append(p.Exchanges, Exchange{Offer: offer, Answer: answer.SDP})
	if err := p.TakeAnswer(answer.SDP); err != nil {
		return err
	}
	return p.Await(ctx)
}

// Exchange of an offer for an answer.
type Exchange struct{ Offer, Answer string }

// Offer is this side's offer, complete.
func (p *Peer) Offer() (string, error) {
	offer, err := p.pc.CreateOffer(nil)
	if err != nil {
		return "", err
	}
	return p.describe(offer)
}

// TakeAnswer to the offer. Reading and feedback begin.
func (p *Peer) TakeAnswer(sdp string) error {
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp}); err != nil {
		return fmt.Errorf("the server's answer: %w", err)
	}
	p.begin(transportID(sdp))
	return nil
}

// AnswerTo an offer of the server's; the answer is complete. With the first
// one reading and feedback begin. One goroutine at a time calls it.
func (p *Peer) AnswerTo(sdp string) (string, error) {
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: sdp}); err != nil {
		return "", fmt.Errorf("the server's offer: %w", err)
	}
	answer, err := p.pc.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	p.tally.learnRepairs(sdp)
	own, err := p.describe(answer)
	if err == nil && !p.begun {
		p.begun = true
		p.begin(transportID(own))
	}
	return own, err
}

// AddCandidate of the server's, after its description.
func (p *Peer) AddCandidate(candidate webrtc.ICECandidateInit) error {
	return p.pc.AddICECandidate(candidate)
}

// describe sets the local description and returns it with its candidates.
func (p *Peer) describe(d webrtc.SessionDescription) (string, error) {
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(d); err != nil {
		return "", err
	}
	<-gathered
	return p.pc.LocalDescription().SDP, nil
}

// begin reading and feedback, once the sections are negotiated.
func (p *Peer) begin(transport uint8) {
	p.socket.setTransportID(transport)
	for source, track := range p.tracks {
		if track == nil {
			continue
		}
		sender := p.senders[min(Source(source), Video)]
		track.setMid(p.midOf(sender))
		read := sender.ReadRTCP
		if rid := track.RID(); rid != "" {
			read = func() ([]rtcp.Packet, interceptor.Attributes, error) { return sender.ReadSimulcastRTCP(rid) }
		}
		p.start(func() { p.readSenderRTCP(Source(source), read) })
	}
	if p.cfg.Crowd != nil {
		p.cfg.Crowd.enrol(p)
	} else {
		p.start(p.feedback)
	}
}

// Await waits until media can flow.
func (p *Peer) Await(ctx context.Context) error {
	select {
	case <-p.connected:
		return nil
	case <-p.failed:
		return errors.New("the media connection failed")
	case <-ctx.Done():
		return fmt.Errorf("media connection: %w", ctx.Err())
	}
}

// sendSections names the source of each section that sends.
func (p *Peer) sendSections() []protocol.Section {
	names := [...]protocol.Source{protocol.SourceMicrophone, protocol.SourceCamera}
	var sections []protocol.Section
	for _, t := range p.pc.GetTransceivers() {
		for s, sender := range p.senders[:len(names)] {
			if sender != nil && t.Sender() == sender {
				sections = append(sections, protocol.Section{Mid: t.Mid(), Source: names[s]})
			}
		}
	}
	return sections
}

// learnRepairs notes the payload types of retransmissions that an SDP names.
func (t *tally) learnRepairs(sdp string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for line := range strings.Lines(sdp) {
		rest, ok := strings.CutPrefix(line, "a=rtpmap:")
		if id, codec, cut := strings.Cut(rest, " "); ok && cut && strings.HasPrefix(strings.ToLower(codec), "rtx/") {
			if n, err := strconv.ParseUint(id, 10, 7); err == nil {
				t.rtxTypes[uint8(n)] = true
			}
		}
	}
}

// midOf the section that a sender sends on.
func (p *Peer) midOf(sender *webrtc.RTPSender) string {
	for _, t := range p.pc.GetTransceivers() {
		if t.Sender() == sender {
			return t.Mid()
		}
	}
	return ""
}

func (t *track) setMid(mid string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mid = mid
}

// transportID of the transport-wide number's header extension in an SDP; 0 if it has none.
func transportID(sdp string) uint8 {
	for line := range strings.Lines(sdp) {
		rest, ok := strings.CutPrefix(line, "a=extmap:")
		if id, uri, cut := strings.Cut(rest, " "); ok && cut && strings.TrimSpace(uri) == twccURI {
			id, _, _ = strings.Cut(id, "/") // a direction may follow
			n, _ := strconv.ParseUint(id, 10, 8)
			return uint8(n)
		}
	}
	return 0
}
