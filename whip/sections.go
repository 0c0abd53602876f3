package whip

import (
	"fmt"

	"github.com/pion/sdp/v3"

	"callrelay/signal/protocol"
)

// sectionsOf an encoder's offer: the first of a kind is microphone or camera, a
// second one the screen and its sound.
func sectionsOf(offer *sdp.SessionDescription) ([]protocol.Section, error) {
	next := map[string][]protocol.Source{
		"audio": {protocol.SourceMicrophone, protocol.SourceScreenAudio},
		"video": {protocol.SourceCamera, protocol.SourceScreen},
	}
	var sections []protocol.Section
	for _, m := range offer.MediaDescriptions {
		name := m.MediaName.Media
		if name == "application" {
			continue
		}
		if !has(m, sdp.AttrKeySendOnly) && (has(m, sdp.AttrKeyRecvOnly) || has(m, sdp.AttrKeyInactive)) {
			return nil, fmt.Errorf("a section of kind %q does not send; this address takes what is sent", name)
		}
		mid, _ := m.Attribute(sdp.AttrKeyMID)
		if len(next[name]) == 0 {
			return nil, fmt.Errorf("more sections of kind %q than a member may send", name)
		}
		sections = append(sections, protocol.Section{Mid: mid, Source: next[name][0]})
		next[name] = next[name][1:]
	}
	return sections, nil
}

// onlyReceives tells why an offer is not a player's, if so.
func onlyReceives(offer *sdp.SessionDescription) error {
	for _, m := range offer.MediaDescriptions {
		if m.MediaName.Media != "application" && !has(m, sdp.AttrKeyRecvOnly) {
			return fmt.Errorf("a section of kind %q is not recvonly; this address sends", m.MediaName.Media)
		}
	}
	return nil
}

func has(m *sdp.MediaDescription, key string) bool {
	_, ok := m.Attribute(key)
	return ok
}
