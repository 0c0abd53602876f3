package sfutest

import (
	"sync"

	"github.com/pion/webrtc/v4"

	"callrelay/sfu"
)

// lossy is a peer's end of the data channel for messages that may be lost.
type lossy struct {
	channel *webrtc.DataChannel

	mu    sync.Mutex
	heard []Heard
}

// Heard is a lossy message that arrived.
type Heard struct {
	From, To       sfu.ParticipantID
	Topic, Payload string
}

func (p *Peer) openLossy() {
	ordered, tries := false, uint16(0)
	p.lossy.channel = p.OpenChannel(sfu.LossyLabel, &webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &tries})
	p.lossy.channel.OnMessage(func(m webrtc.DataChannelMessage) { p.hear(m.Data) })
}

// OpenChannel opens another data channel, reliable where init is nil.
func (p *Peer) OpenChannel(label string, init *webrtc.DataChannelInit) *webrtc.DataChannel {
	channel, err := p.pc.CreateDataChannel(label, init)
	p.rig.must(err)
	return channel
}

func (p *Peer) hear(message []byte) {
	var parts [3]string
	for i := range parts {
		n := 1 + int(message[0])
		parts[i], message = string(message[1:n]), message[n:]
	}
	p.lossy.mu.Lock()
	defer p.lossy.mu.Unlock()
	p.lossy.heard = append(p.lossy.heard, Heard{
		sfu.ParticipantID(parts[0]), sfu.ParticipantID(parts[1]), parts[2], string(message),
	})
}

// CanSay tells whether the channel is open.
func (p *Peer) CanSay() bool { return p.lossy.channel.ReadyState() == webrtc.DataChannelStateOpen }

// Say sends a lossy message, to all where to is empty.
func (p *Peer) Say(to sfu.ParticipantID, topic, payload string) {
	message := append([]byte{byte(len(to))}, to...)
	message = append(append(message, byte(len(topic))), topic...)
	p.SayBytes(append(message, payload...))
}

// SayBytes sends bytes that need not be a message.
func (p *Peer) SayBytes(message []byte) { p.rig.must(p.lossy.channel.Send(message)) }

// Heard are the lossy messages that arrived.
func (p *Peer) Heard() []Heard {
	p.lossy.mu.Lock()
	defer p.lossy.mu.Unlock()
	return append([]Heard(nil), p.lossy.heard...)
}
