package socketio

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"callrelay/internal/jsondepth"
)

// messageType is the first byte of a Socket.IO packet.
type messageType byte

const (
	messageConnect      messageType = '0'
	messageDisconnect   messageType = '1'
	messageEvent        messageType = '2'
	messageAck          messageType = '3'
	messageConnectError messageType = '4'
	messageBinaryEvent  messageType = '5'
	messageBinaryAck    messageType = '6'
)

// maxDepth of nested arrays and objects in an event.
const maxDepth = 16

var (
	errNotUTF8   = errors.New("not UTF-8")
	errNotEvent  = errors.New("an event is a JSON array that begins with its name")
	errTooDeep   = errors.New("nested too deep")
	errReserved  = errors.New("reserved event name")
	errNamespace = errors.New("malformed namespace")
)

// message is a decoded Socket.IO packet.
type message struct {
	Type      messageType
	Namespace string
	// Name and Args of an event.
	Name string
	Args []json.RawMessage
}

// decodeMessage reads a Socket.IO packet: type, optional "/namespace,",
// optional number of an acknowledgement, JSON.
func decodeMessage(p string) (message, error) {
	if p == "" {
		return message{}, errEmptyPacket
	}
	if !utf8.ValidString(p) {
		return message{}, errNotUTF8
	}
	m := message{Type: messageType(p[0]), Namespace: "/"}
	rest := p[1:]
	switch m.Type {
	case messageBinaryEvent, messageBinaryAck:
		return message{}, errBinaryPacket
	case messageConnect, messageDisconnect, messageEvent, messageAck, messageConnectError:
	default:
		return message{}, errUnknownPacket
	}
	if strings.HasPrefix(rest, "/") {
		ns, after, found := strings.Cut(rest, ",")
		if len(ns) > 64 || (!found && m.Type == messageEvent) {
			return message{}, errNamespace
		}
		m.Namespace, rest = ns, after
	}
	if m.Type != messageEvent {
		return m, nil
	}
	rest = strings.TrimLeft(rest, "0123456789") // an acknowledgement is not given
	if jsondepth.Exceeds(rest, maxDepth) {
		return message{}, errTooDeep
	}
	var parts []json.RawMessage
	if err := json.Unmarshal([]byte(rest), &parts); err != nil || len(parts) == 0 {
		return message{}, errNotEvent
	}
	if err := json.Unmarshal(parts[0], &m.Name); err != nil {
		return message{}, errNotEvent
	}
	switch m.Name {
	case "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener":
		return message{}, fmt.Errorf("%w: %s", errReserved, m.Name)
	}
	m.Args = parts[1:]
	return m, nil
}

// encodeEvent writes an event as an Engine.IO message for the namespace "/".
func encodeEvent(name string, args []any) (string, error) {
	parts := make([]any, 0, len(args)+1)
	parts = append(append(parts, name), args...)
	b, err := json.Marshal(parts)
	if err != nil {
		return "", fmt.Errorf("event %s: %w", name, err)
	}
	return string(engineMessage) + string(messageEvent) + string(b), nil
}
