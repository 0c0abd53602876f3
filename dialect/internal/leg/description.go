package leg

import "encoding/json"

// Description of an SDP as browsers write it.
type Description struct {
	Type string `json:"type"`
	SDP  string `json:"sdp"`
}

// ReadDescription takes what must be of a kind, "offer" or "answer".
func ReadDescription(raw json.RawMessage, kind string) (sdp string, ok bool) {
	var d Description
	if json.Unmarshal(raw, &d) != nil || d.Type != kind || d.SDP == "" {
		return "", false
	}
	return d.SDP, true
}
