package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"callrelay/dialect/dialecttest"
)

const testKey = "k:0123456789abcdef0123456789abcdef"

func TestDialectsAreOffUnlessNamed(t *testing.T) {
	n := started(t)
	defer n.close()
	for _, path := range []string{"/socket.io/?EIO=4&transport=polling", "/socket.io/socket.io.js", "/peerjs/id"} {
		if status, _ := fetch(t, n.on.http, path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestEachDialectIsTurnedOnByItself(t *testing.T) {
	for name, open := range map[string]map[string]bool{
		"ring":   {"/socket.io/?EIO=4&transport=polling": true},
		"room":   {"/socket.io/?EIO=4&transport=polling": true},
		"raw-ws": {},
		"peerjs": {"/peerjs/id": true},
	} {
		n := started(t, "--dialects", name)
		for _, path := range []string{"/socket.io/?EIO=4&transport=polling", "/peerjs/id"} {
			if status, _ := fetch(t, n.on.http, path); (status == http.StatusOK) != open[path] {
				t.Errorf("%s: %s answers %d", name, path, status)
			}
		}
		conn, res, err := websocket.DefaultDialer.Dial("ws://"+n.on.http.Addr().String()+"/", nil)
		if (err == nil) != (name == "raw-ws") {
			t.Errorf("%s: a bare WebSocket: %v %v", name, res, err)
		}
		if conn != nil {
			_ = conn.Close()
		}
		n.close()
	}
}

func TestWithKeysPagesOfDialectsGetIntoNamedRoomsOnly(t *testing.T) {
	n := started(t, "--keys", testKey, "--dialects", "ring,raw-ws,room,peerjs", "--dialect-rooms", "001,peerjs")
	defer n.close()
	address := "http://" + n.on.http.Addr().String()
	for _, join := range []string{"joinRoom", "join"} {
		page := dialecttest.Dial(t, address)
		page.Say(join, "other")
		page.Hear("callError")
		page.Say("callRemote", "other")
		page.Say("offer", map[string]any{"target": "x", "sdp": map[string]any{"type": "offer", "sdp": "v=0"}})
		page.Hear("callError")
		page.Close()
	}
	if st := n.signal.Stats(); st.Users != 0 || st.Rooms != 0 {
		t.Errorf("let in: %+v", st)
	}
	a, b := dialecttest.Dial(t, address), dialecttest.Dial(t, address)
	a.Say("joinRoom", "001")
	b.Say("joinRoom", "001")
	b.Say("hangUp", "001")
	b.Hear("hangUp")
	a.Say("callRemote", "001")
	b.Hear("receiveCall")
	a.Close()
	b.Close()
}

// peerSocket opens a PeerJS page's socket and gives its first message.
func peerSocket(t *testing.T, n *node, key, id string) (*websocket.Conn, map[string]any) {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws://"+n.on.http.Addr().String()+"/peerjs?key="+key+"&id="+id+"&token=t", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn, nextMessage(t, conn)
}

func nextMessage(t *testing.T, conn *websocket.Conn) (m map[string]any) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	if err := conn.ReadJSON(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWithKeysAPeerJSPageIsNobodyWhomATokenNamesAndReachesNoOne(t *testing.T) {
	n := started(t, "--keys", testKey, "--dialects", "peerjs", "--dialect-rooms", "peerjs")
	defer n.close()
	if _, m := peerSocket(t, n, "other", "ann"); m["type"] != "ERROR" {
		t.Errorf("under another key: %v", m)
	}
	conn, m := peerSocket(t, n, "peerjs", "ann")
	if m["type"] != "OPEN" {
		t.Fatalf("under the named key: %v", m)
	}
	g, ok := n.dialects.peerGrants("peerjs", "ann")
	if !ok || g.User != "peerjs/ann" || g.MayCall("bob") || g.MayJoin("001") || g.List || g.Admin {
		t.Errorf("grants %+v %v", g, ok)
	}
	offer, _ := json.Marshal(map[string]any{"type": "OFFER", "dst": "bob", "payload": map[string]any{
		"type": "media", "connectionId": "mc_1",
		"sdp": map[string]any{"type": "offer", "sdp": dialecttest.Connect(t).Offer()},
	}})
	if err := conn.WriteMessage(websocket.TextMessage, offer); err != nil {
		t.Fatal(err)
	}
	if m := nextMessage(t, conn); m["type"] != "EXPIRE" || !strings.Contains(m["src"].(string), "bob") {
		t.Errorf("a user of the product: %v", m)
	}
}
