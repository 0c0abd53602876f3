package sfu

import (
	"context"
	"testing"

	"github.com/pion/webrtc/v4"

	"callrelay/sfu/internal/rtpext"
)

// deaf hears of nothing.
type deaf struct{}

func (deaf) Observe(Event) {}

// pageOffer is the offer of a page for two whose browser numbers its header
// extensions in an order of its own.
func pageOffer(t *testing.T, order []rtpext.Extension) string {
	t.Helper()
	media := &webrtc.MediaEngine{}
	if err := media.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	for _, e := range order {
		for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
			if err := media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: e.URI()}, kind); err != nil {
				t.Fatal(err)
			}
		}
	}
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(media)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pc.GracefulClose() }()
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		if _, err = pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendrecv}); err != nil {
			t.Fatal(err)
		}
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	return offer.SDP
}

func TestSlotOfASendrecvSectionWritesExtensionsUnderThePagesOwnNumbers(t *testing.T) {
	s, err := New(Config{Listen: "127.0.0.1:0", Observer: deaf{}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for name, order := range map[string][]rtpext.Extension{
		"level before mid": {rtpext.AudioLevel, rtpext.TransportSequence, rtpext.MID},
		"mid first":        {rtpext.MID, rtpext.AudioLevel, rtpext.TransportSequence},
	} {
		seat := Seat{Participant: ParticipantID(name), Generation: 1}
		if _, err := s.AnswerTo(context.Background(), seat, pageOffer(t, order)); err != nil {
			t.Fatal(err)
		}
		var want rtpext.IDs
		for i, e := range order {
			want.Set(e.URI(), uint8(i+1))
		}
		s.mu.Lock()
		transceivers := s.participants[seat.Participant].connection.pc.GetTransceivers()
		s.mu.Unlock()
		if len(transceivers) != 2 {
			t.Fatalf("%s: %d sections", name, len(transceivers))
		}
		for _, transceiver := range transceivers {
			slot, ok := transceiver.Sender().Track().(*slot)
			if !ok {
				t.Fatalf("%s: no slot", name)
			}
			for _, e := range order {
				if audio, video := carriedBy(e); slot.audio && !audio || !slot.audio && !video {
					continue
				}
				if got := slot.extensions.ID(e); got != want.ID(e) {
					t.Errorf("%s: audio %v: %v is written under %d, the page says %d", name, slot.audio, e.URI(), got, want.ID(e))
				}
			}
		}
	}
}
