package socketio

import (
	"errors"
	"strings"
	"testing"
)

func TestDecodeMessageReadsWhatTheStockClientSends(t *testing.T) {
	for _, row := range []struct {
		in   string
		want message
		args []string
		err  error
	}{
		{in: "0", want: message{Type: messageConnect, Namespace: "/"}},
		{in: `0{"token":"x"}`, want: message{Type: messageConnect, Namespace: "/"}},
		{in: "0/admin,", want: message{Type: messageConnect, Namespace: "/admin"}},
		{in: "1", want: message{Type: messageDisconnect, Namespace: "/"}},
		{in: `2["joinRoom","001"]`, want: message{Type: messageEvent, Namespace: "/", Name: "joinRoom"}, args: []string{`"001"`}},
		{in: `217["leave"]`, want: message{Type: messageEvent, Namespace: "/", Name: "leave"}},
		{in: `2["sendOffer",{"roomId":"001","offer":{}}]`, want: message{Type: messageEvent, Namespace: "/", Name: "sendOffer"}, args: []string{`{"roomId":"001","offer":{}}`}},
		{in: "", err: errEmptyPacket},
		{in: "9", err: errUnknownPacket},
		{in: `51-["x",{"_placeholder":true,"num":0}]`, err: errBinaryPacket},
		{in: `2{"a":1}`, err: errNotEvent},
		{in: `2[]`, err: errNotEvent},
		{in: `2[1]`, err: errNotEvent},
		{in: `2["connect"]`, err: errReserved},
		{in: "2[\"\xff\"]", err: errNotUTF8},
		{in: `2["x",` + strings.Repeat("[", 40), err: errTooDeep},
		{in: `2/elsewhere["x"]`, err: errNamespace},
	} {
		got, err := decodeMessage(row.in)
		if !errors.Is(err, row.err) {
			t.Errorf("%q: error %v, want %v", row.in, err, row.err)
			continue
		}
		if got.Type != row.want.Type && err == nil || got.Namespace != row.want.Namespace || got.Name != row.want.Name {
			t.Errorf("%q: got %+v, want %+v", row.in, got, row.want)
		}
		if len(got.Args) != len(row.args) {
			t.Fatalf("%q: %d arguments, want %d", row.in, len(got.Args), len(row.args))
		}
		for i, want := range row.args {
			if string(got.Args[i]) != want {
				t.Errorf("%q: argument %d is %s, want %s", row.in, i, got.Args[i], want)
			}
		}
	}
}

func TestSplitBodyBoundsTheNumberOfPackets(t *testing.T) {
	if got, err := splitBody("40\x1e42[\"a\"]"); err != nil || len(got) != 2 || got[1] != `42["a"]` {
		t.Errorf("two packets: %q, %v", got, err)
	}
	if _, err := splitBody(strings.Repeat("3\x1e", maxBodyPackets)); !errors.Is(err, errTooManyPackets) {
		t.Errorf("too many packets: %v", err)
	}
}

func FuzzPackets(f *testing.F) {
	for _, s := range []string{"40", "41", `42["a",1]`, `42/x,["a"]`, "3", "2probe", "4", "b4AA==", `42["a",{"b":[{}]}]` + "\x1e3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		packets, err := splitBody(body)
		if err != nil {
			return
		}
		for _, p := range packets {
			kind, rest, err := decodeEngine(p)
			if err != nil || kind != engineMessage {
				continue
			}
			m, err := decodeMessage(rest)
			if err == nil && m.Type == messageEvent && m.Name == "" && rest == "" {
				t.Errorf("an event out of nothing: %q", p)
			}
		}
	})
}
