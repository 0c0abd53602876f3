package sfu_test

import (
	"context"
	"fmt"
	"log"

	"github.com/pion/webrtc/v4"

	"callrelay/sfu"
)

// watcher is told what happens.
type watcher struct{}

func (watcher) Observe(e sfu.Event) {
	switch e := e.(type) {
	case sfu.ConnectionChanged:
		log.Print(e.Seat.Participant, " is ", e.State)
	case sfu.SlotsChanged:
		log.Print(e.Seat.Participant, " gets ", e.Slots) // tell its page
	case sfu.LayersWanted, sfu.SpeakersChanged, sfu.LossyRefused, sfu.Sample:
	}
}

// offerOfAPage stands for the offer that a page sends over your signalling:
// sections for its microphone and camera, and slots to receive in.
func offerOfAPage() (sdp string, sections []sfu.Section) {
	page, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = page.Close() }()
	for _, direction := range []webrtc.RTPTransceiverDirection{
		webrtc.RTPTransceiverDirectionSendonly, webrtc.RTPTransceiverDirectionRecvonly,
	} {
		for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
			if _, err = page.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: direction}); err != nil {
				log.Fatal(err)
			}
		}
	}
	offer, err := page.CreateOffer(nil)
	if err != nil {
		log.Fatal(err)
	}
	return offer.SDP, []sfu.Section{{MID: "0", Source: sfu.SourceMicrophone}, {MID: "1", Source: sfu.SourceCamera}}
}

// Two people ring and talk: the connections are made while it rings, and Join
// opens the gate.
func Example() {
	relay, err := sfu.New(sfu.Config{Listen: "127.0.0.1:0", Observer: watcher{}})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = relay.Close() }()

	ctx := context.Background()
	for _, who := range []sfu.ParticipantID{"alice", "bob"} {
		offer, sections := offerOfAPage()
		answer, err := relay.Answer(ctx, sfu.Seat{Participant: who, Generation: 1}, offer, sections)
		if err != nil {
			log.Fatal(err)
		}
		_ = answer // send it back to the page
		if err := relay.Publish(ctx, who, sfu.SourceMicrophone, false); err != nil {
			log.Fatal(err)
		}
	}
	// Accepted: from now on they hear each other.
	for _, who := range []sfu.ParticipantID{"alice", "bob"} {
		if err := relay.Join(ctx, "their room", who, sfu.Rights{Publish: true, Subscribe: true}); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(relay.Stats().Participants, "participants in", relay.Stats().Rooms, "room")
	// Hung up: when Leave returns, nothing of alice passes any more.
	if err := relay.Leave(ctx, "alice"); err != nil {
		log.Fatal(err)
	}
	// Output: 2 participants in 1 room
}
