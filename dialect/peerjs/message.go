package peerjs

import (
	"encoding/json"
	"errors"

	"callrelay/dialect/internal/leg"
	"callrelay/internal/jsondepth"
)

// Types of messages.
const (
	typeOpen      = "OPEN"
	typeHeartbeat = "HEARTBEAT"
	typeOffer     = "OFFER"
	typeAnswer    = "ANSWER"
	typeCandidate = "CANDIDATE"
	typeLeave     = "LEAVE"
	typeExpire    = "EXPIRE"
	typeError     = "ERROR"
	typeIDTaken   = "ID-TAKEN"
)

// Kinds of connections.
const (
	kindMedia = "media"
	kindData  = "data"
)

// maxDepth of nested arrays and objects; a page's metadata may have some.
const maxDepth = 32

// maxConnectionID bytes.
const maxConnectionID = 128

var (
	errNotJSON = errors.New("the message is not JSON of a usable depth")
	errNoType  = errors.New("the message has no type that is known")
	errNoDst   = errors.New("the message is for nobody")
	errPayload = errors.New("the payload is none of an offer, an answer or a candidate")
)

// message is one in either direction. The server writes Src.
type message struct {
	Type    string          `json:"type"`
	Src     string          `json:"src,omitempty"`
	Dst     string          `json:"dst,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty"`

	// Of the payload:
	kind, connection string
	sdp              string // of a media offer or answer
}

// decode a page's message and check all that is used of it.
func decode(text []byte) (m message, err error) {
	if jsondepth.Exceeds(text, maxDepth) || json.Unmarshal(text, &m) != nil {
		return message{}, errNotJSON
	}
	switch m.Type {
	case typeHeartbeat:
		return m, nil
	case typeLeave, typeExpire:
		return m, nil
	case typeOffer, typeAnswer, typeCandidate:
	default:
		return message{}, errNoType
	}
	if m.Dst == "" {
		return message{}, errNoDst
	}
	var p struct {
		Type         string          `json:"type"`
		ConnectionID string          `json:"connectionId"`
		SDP          json.RawMessage `json:"sdp"`
	}
	if json.Unmarshal(m.Payload, &p) != nil || p.Type != kindMedia && p.Type != kindData ||
		p.ConnectionID == "" || len(p.ConnectionID) > maxConnectionID {
		return message{}, errPayload
	}
	m.kind, m.connection = p.Type, p.ConnectionID
	if m.kind == kindMedia && m.Type != typeCandidate {
		ok := false
		wanted := map[string]string{typeOffer: "offer", typeAnswer: "answer"}[m.Type]
		if m.sdp, ok = leg.ReadDescription(p.SDP, wanted); !ok {
			return message{}, errPayload
		}
	}
	return m, nil
}

// described is the payload of an offer or an answer of the server; what else
// the caller's payload said, as its metadata, is kept.
func described(kind, connection, sdp string, payload json.RawMessage) json.RawMessage {
	fields := map[string]any{}
	var said map[string]json.RawMessage
	if json.Unmarshal(payload, &said) == nil {
		for name, value := range said {
			fields[name] = value
		}
	}
	fields["sdp"] = leg.Description{Type: kind, SDP: sdp}
	fields["type"], fields["connectionId"] = kindMedia, connection
	text, _ := json.Marshal(fields) // cannot fail: all of it was JSON
	return text
}

// said is the payload of an error.
func said(why string) json.RawMessage {
	text, _ := json.Marshal(struct {
		Msg string `json:"msg"`
	}{why}) // cannot fail
	return text
}
