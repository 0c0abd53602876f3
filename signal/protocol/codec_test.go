package protocol

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
)

const anID = "abcdefghijklmnopqrstuvwxyz"

func TestDecodeRefusesBadFramesWithAStableCode(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth)
	tests := map[string]struct {
		frame string
		code  ErrorCode
		id    uint64
	}{
		"nothing":             {"", ErrBadMessage, 0},
		"not JSON":            {"hello", ErrBadMessage, 0},
		"an array":            {`[{"type":"ping"}]`, ErrBadMessage, 0},
		"two objects":         {`{"type":"ping"}{"type":"ping"}`, ErrBadMessage, 0},
		"cut short":           {`{"type":"ping"`, ErrBadMessage, 0},
		"not UTF-8":           {"{\"type\":\"ping\",\"x\":\"\xff\"}", ErrBadMessage, 0},
		"too deep":            {`{"type":"ping","id":3,"x":` + deep + `}`, ErrBadMessage, 0},
		"no type":             {`{"id":3}`, ErrBadMessage, 3},
		"type is a number":    {`{"type":3,"id":3}`, ErrBadMessage, 0},
		"id is negative":      {`{"type":"ping","id":-1}`, ErrBadMessage, 0},
		"id is a fraction":    {`{"type":"ping","id":1.5}`, ErrBadMessage, 0},
		"id is too large":     {`{"type":"ping","id":9007199254740992}`, ErrBadMessage, 0},
		"unknown type":        {`{"type":"dance","id":3}`, ErrUnknownType, 3},
		"a server's type":     {`{"type":"welcome","id":3}`, ErrUnknownType, 3},
		"field of other kind": {`{"type":"set_presence","id":3,"away":"yes"}`, ErrBadMessage, 3},
		"value out of range":  {`{"type":"accept","id":3,"call":"x"}`, ErrInvalid, 3},
		"unknown source":      {`{"type":"publish","id":3,"participant":"` + anID + `","source":"hat"}`, ErrInvalid, 3},
		"large ping":          {`{"type":"ping","id":3,"x":"` + strings.Repeat("x", MaxMessage) + `"}`, ErrTooLarge, 3},
		"huge":                {`{"type":"offer","x":"` + strings.Repeat("x", MaxServerMessage) + `"}`, ErrTooLarge, 0},
		"large offer":         {`{"type":"offer","id":3,"x":"` + strings.Repeat("x", MaxOfferMessage) + `"}`, ErrTooLarge, 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env, m, err := Decode([]byte(tt.frame))
			var e Error
			if !errors.As(err, &e) || e.Code != tt.code || e.Message == "" {
				t.Fatalf("got %#v, %v; want the code %s", m, err, tt.code)
			}
			if env.ID != tt.id {
				t.Errorf("id %d, want %d", env.ID, tt.id)
			}
		})
	}
}

func TestDecodeIgnoresUnknownFieldsAndKeepsTheID(t *testing.T) {
	t.Parallel()
	env, m, err := Decode([]byte(` {"type":"place","id":7,"call":"` + anID + `","callee":"ali","video":true,"new":{"a":[1]}} `))
	if err != nil {
		t.Fatal(err)
	}
	if want := (Place{Call: anID, Callee: "ali", Video: true}); m != want || env.ID != 7 {
		t.Errorf("got %+v, id %d; want %+v, id 7", m, env.ID, want)
	}
}

func TestEncodeWritesTypeEnvelopeAndFields(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		env  Envelope
		m    Message
		want string
	}{
		"reply":   {Envelope{Re: 4}, OK{}, `{"type":"ok","re":4}`},
		"request": {Envelope{ID: 5}, SetPresence{Away: true}, `{"type":"set_presence","id":5,"away":true}`},
		"event":   {Envelope{Cursor: `a"b`}, Ticket{Session: "s"}, `{"type":"ticket","cursor":"a\"b","session":"s"}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Encode(tt.env, tt.m)
			if err != nil || string(got) != tt.want {
				t.Errorf("got %s, %v; want %s", got, err, tt.want)
			}
		})
	}
}

func TestEveryMessageBearsTheNameOfItsType(t *testing.T) {
	t.Parallel()
	names := []string{"hello", "set_presence", "hang_up", "join_room", "candidate"}
	for _, name := range names {
		if got := TypeOf(newClient(name)); got != name {
			t.Errorf("client %s is of type %s", name, got)
		}
	}
	for _, name := range []string{"ok", "member_changed", "room_closed"} {
		if got := TypeOf(newServer(name)); got != name {
			t.Errorf("server %s is of type %s", name, got)
		}
	}
}

// fuzzMessage feeds the fields of one message type. What is accepted must
// survive Encode and Decode.
func fuzzMessage[M ClientMessage](f *testing.F, seeds ...string) {
	f.Helper()
	var zero M
	for _, seed := range append(seeds, `"id":1`, `"call":"`+anID+`"`, `"participant":"`+anID+`","source":"camera"`, `"x":[[[[[]]]]]`) {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, fields []byte) {
		frame := append([]byte(`{"type":"`+TypeOf(zero)+`",`), fields...)
		env, m, err := Decode(append(frame, '}'))
		if err != nil {
			if !errors.As(err, new(Error)) {
				t.Fatalf("not an Error: %v", err)
			}
			return
		}
		again, err := Encode(Envelope{ID: env.ID}, m)
		if err != nil {
			t.Fatal(err)
		}
		if len(again) > MaxMessage {
			return // escapes made it longer than it came
		}
		env2, m2, err := Decode(again)
		if err != nil || env2.ID != env.ID || !reflect.DeepEqual(m, m2) {
			t.Fatalf("%#v became %#v, %v", m, m2, err)
		}
	})
}

func FuzzHello(f *testing.F)       { fuzzMessage[Hello](f, `"version":1,"name":"ali"`) }
func FuzzPing(f *testing.F)        { fuzzMessage[Ping](f) }
func FuzzBye(f *testing.F)         { fuzzMessage[Bye](f) }
func FuzzSetPresence(f *testing.F) { fuzzMessage[SetPresence](f, `"away":true`) }
func FuzzRateCall(f *testing.F)    { fuzzMessage[RateCall](f) }
func FuzzClearMissed(f *testing.F) { fuzzMessage[ClearMissed](f) }
func FuzzPlace(f *testing.F) {
	fuzzMessage[Place](f, `"call":"`+anID+`","callee":"ali","video":true`)
}
func FuzzRinging(f *testing.F)   { fuzzMessage[Ringing](f) }
func FuzzAccept(f *testing.F)    { fuzzMessage[Accept](f) }
func FuzzDecline(f *testing.F)   { fuzzMessage[Decline](f, `"call":"`+anID+`","note":"later"`) }
func FuzzCancel(f *testing.F)    { fuzzMessage[Cancel](f) }
func FuzzHangUp(f *testing.F)    { fuzzMessage[HangUp](f) }
func FuzzJoinRoom(f *testing.F)  { fuzzMessage[JoinRoom](f, `"name":"review"`) }
func FuzzLeaveRoom(f *testing.F) { fuzzMessage[LeaveRoom](f, `"room":"`+anID+`"`) }
func FuzzOffer(f *testing.F) {
	fuzzMessage[Offer](f, `"participant":"`+anID+`","sdp":"v=0","generation":1,"sections":[{"mid":"0","source":"camera"}]`)
}

func FuzzCandidate(f *testing.F) {
	fuzzMessage[Candidate](f, `"participant":"`+anID+`","candidate":"c","sdp_mline_index":0`)
}
func FuzzPublish(f *testing.F)   { fuzzMessage[Publish](f) }
func FuzzUnpublish(f *testing.F) { fuzzMessage[Unpublish](f) }
func FuzzPrefer(f *testing.F) {
	fuzzMessage[Prefer](f, `"participant":"`+anID+`","videos":[{"publication":"p/camera","width":640,"height":360}]`)
}

// FuzzFrame feeds whole frames, in both directions.
func FuzzFrame(f *testing.F) {
	f.Add([]byte(`{"type":"hello","id":1,"version":1}`))
	f.Add([]byte(`{"type":"welcome","re":1,"people":[{"user":"a"}]}`))
	f.Fuzz(func(t *testing.T, frame []byte) {
		before := bytes.Clone(frame)
		if _, m, err := Decode(frame); err == nil && m == nil {
			t.Fatal("neither message nor error")
		}
		if _, m, err := DecodeServer(frame); err == nil && m == nil {
			t.Fatal("neither message nor error")
		}
		if !bytes.Equal(before, frame) {
			t.Fatal("the frame was changed")
		}
	})
}
