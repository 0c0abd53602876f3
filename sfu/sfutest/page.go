package sfutest

import (
	"github.com/pion/webrtc/v4"

	"callrelay/sfu"
)

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
