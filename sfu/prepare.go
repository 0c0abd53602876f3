package sfu

import (
	"fmt"

	"github.com/pion/webrtc/v4"
)

// prepare makes a transceiver for each new section, before Pion sees the offer,
// and returns the slots among them. Pion gives transceivers to the sections in
// order. Those that it makes for itself, for sections that find none, it
// compares codec by codec with the offer, which took half of the time of an
// answer, and gives a receiver that slots do not need. They are left to it where
// an offer is not as usual.
func (c *connection) prepare(o offer) (map[*webrtc.RTPTransceiver]*slot, error) {
	if o.twoWay {
		return nil, nil // Pion would give a slot to a section on which the client sends, too
	}
	known := map[string]bool{}
	for _, t := range c.pc.GetTransceivers() {
		known[t.Mid()] = true
	}
	slots := map[*webrtc.RTPTransceiver]*slot{}
	for _, section := range o.oneWay {
		if known[section.mid] {
			continue
		}
		if !section.usual {
			break
		}
		var err error
		if section.sends {
			_, err = c.pc.AddTransceiverFromKind(kindOf(section.audio), webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
		} else {
			s := c.downlink.newSlot(section.audio)
			var t *webrtc.RTPTransceiver
			t, err = c.pc.AddTransceiverFromTrack(s, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
			slots[t] = s
		}
		if err != nil {
			return nil, fmt.Errorf("section %q: %w", section.mid, err)
		}
	}
	return slots, nil
}

func kindOf(audio bool) webrtc.RTPCodecType {
	if audio {
		return webrtc.RTPCodecTypeAudio
	}
	return webrtc.RTPCodecTypeVideo
}
