package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"unicode/utf8"

	"callrelay/internal/jsondepth"
)

// Envelope is what any message may carry beside its own fields.
type Envelope struct {
	// ID a client gave its request: 1 to MaxID; 0 means that it wants no reply.
	ID uint64 `json:"id"`
	// Re is the request's id in a reply; 0 in an event.
	Re uint64 `json:"re"`
	// Cursor of an event that is kept for resuming; else empty.
	Cursor Cursor `json:"cursor"`
}

// MaxID of a request: the largest whole number a browser's number holds exactly.
const MaxID = 1<<53 - 1

// Error implements error, so that a refusal is the message that tells it.
func (e Error) Error() string { return string(e.Code) + ": " + e.Message }

// Errorf makes the Error with a code and a sentence.
func Errorf(code ErrorCode, format string, args ...any) Error {
	return Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Decode reads one frame from a client. An error is always an Error; the
// envelope then still holds the id wherever it could be read, so that the
// error can name the request. Values of fields are within their ranges when
// the error is nil. Safe for any input.
func Decode(frame []byte) (Envelope, ClientMessage, error) {
	return decode(frame, newClient)
}

// DecodeServer reads one frame from a server, for clients written in Go.
func DecodeServer(frame []byte) (Envelope, ServerMessage, error) {
	return decode(frame, newServer)
}

func decode[M Message](frame []byte, fresh func(string) M) (env Envelope, none M, err error) {
	if len(frame) > MaxServerMessage {
		return env, none, Errorf(ErrTooLarge, "a message may have %d bytes", MaxMessage)
	}
	if err := wellFormed(frame); err != nil {
		return env, none, err
	}
	head := struct {
		Type *string `json:"type"`
		Envelope
	}{}
	if err := json.Unmarshal(frame, &head); err != nil {
		return env, none, Errorf(ErrBadMessage, "the message cannot be read: %s", plain(err))
	}
	env = head.Envelope
	switch {
	case head.Type == nil:
		return env, none, Errorf(ErrBadMessage, "the message has no type")
	case env.ID > MaxID:
		return Envelope{}, none, Errorf(ErrBadMessage, "an id is a whole number from 1 to 2^53-1")
	}
	holder := fresh(*head.Type)
	if any(holder) == nil {
		return env, none, Errorf(ErrUnknownType, "there is no message of type %s", quote(*head.Type))
	}
	if limit := limitOf(holder); len(frame) > limit {
		return env, none, Errorf(ErrTooLarge, "a message of type %s may have %d bytes", *head.Type, limit)
	}
	if err := json.Unmarshal(frame, holder); err != nil {
		return env, none, Errorf(ErrBadMessage, "%s cannot be read: %s", *head.Type, plain(err))
	}
	// The registry makes pointers for json; the rest of the program sees values.
	m, _ := reflect.ValueOf(holder).Elem().Interface().(M)
	if c, ok := any(m).(interface{ check() error }); ok {
		if err := c.check(); err != nil {
			return env, none, Errorf(ErrInvalid, "%s: %s", *head.Type, err)
		}
	}
	return env, m, nil
}

// Check tells why a message's values are out of their ranges, if so, but for
// ids: for messages that did not come over the wire. The error is an Error.
func Check(m ClientMessage) error {
	if c, ok := m.(interface{ checkValues() error }); ok {
		if err := c.checkValues(); err != nil {
			return Errorf(ErrInvalid, "%s", err)
		}
	}
	return nil
}

// limitOf a message's frame in bytes.
func limitOf(m Message) int {
	switch m.(type) {
	case *Offer:
		return MaxOfferMessage
	case ServerMessage:
		return MaxServerMessage
	default:
		return MaxMessage
	}
}

// wellFormed refuses what is not one object in UTF-8 of bounded depth, in one
// pass and without allocation, before encoding/json sees it.
func wellFormed(frame []byte) error {
	if !utf8.Valid(frame) {
		return Errorf(ErrBadMessage, "the message is not UTF-8")
	}
	if b := bytes.TrimLeft(frame, " \t\r\n"); len(b) == 0 || b[0] != '{' {
		return Errorf(ErrBadMessage, "a message is one JSON object")
	}
	if jsondepth.Exceeds(frame, MaxDepth) {
		return Errorf(ErrBadMessage, "a message nests at most %d objects and arrays", MaxDepth)
	}
	return nil
}

// Body is an encoded message without an envelope. It may be shared: one event
// is encoded once, however many clients it goes to.
type Body struct {
	wire   string
	fields []byte // the JSON object
}

// NewBody encodes a message.
func NewBody(m Message) (Body, error) {
	fields, err := json.Marshal(m)
	if err != nil {
		return Body{}, fmt.Errorf("message %T: %w", m, err)
	}
	return Body{TypeOf(m), fields}, nil
}

// Type of the message, as it is named on the wire.
func (b Body) Type() string { return b.wire }

// Size in bytes, nearly that of its frame.
func (b Body) Size() int { return len(b.fields) + len(b.wire) }

// Frame puts the envelope around the message.
func (b Body) Frame(env Envelope) []byte {
	f := make([]byte, 0, b.Size()+64)
	f = append(append(append(f, `{"type":"`...), b.wire...), '"')
	if env.ID != 0 {
		f = strconv.AppendUint(append(f, `,"id":`...), env.ID, 10)
	}
	if env.Re != 0 {
		f = strconv.AppendUint(append(f, `,"re":`...), env.Re, 10)
	}
	if env.Cursor != "" {
		cursor, _ := json.Marshal(env.Cursor) // a string always can be
		f = append(append(f, `,"cursor":`...), cursor...)
	}
	if len(b.fields) > len("{}") {
		f = append(f, ',')
	}
	return append(f, b.fields[1:]...)
}

// Encode writes one message with its envelope as a frame.
func Encode(env Envelope, m Message) ([]byte, error) {
	body, err := NewBody(m)
	if err != nil {
		return nil, err
	}
	return body.Frame(env), nil
}

// TypeOf returns a message's wire type.
func TypeOf(m Message) string {
	t := reflect.TypeOf(m)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return WireName(t.Name())
}

// plain cuts Go's own words from an error of encoding/json.
func plain(err error) string {
	if e, ok := err.(*json.UnmarshalTypeError); ok { //nolint:errorlint // json returns it bare
		return fmt.Sprintf("%s cannot be a %s", quote(e.Field), quote(e.Value))
	}
	return "it is not JSON"
}

// quote makes text from outside short and printable.
func quote(s string) string {
	const longest = 40
	if len(s) > longest {
		s = s[:longest]
	}
	return strconv.QuoteToASCII(s)
}
