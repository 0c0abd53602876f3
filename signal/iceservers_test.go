package signal

import (
	"fmt"
	"testing"
	"time"

	"callrelay/signal/protocol"
)

func TestEachWelcomeAnswerAndRefreshBringsAnotherCredential(t *testing.T) {
	made := 0
	bubble(t, func(t *testing.T, r *rig) {
		ann := r.join("ann")
		seen := map[string]bool{}
		take := func(what string, list []protocol.ICEServer) {
			t.Helper()
			if len(list) != 1 || seen[list[0].Credential] {
				t.Fatalf("%s: %+v", what, list)
			}
			seen[list[0].Credential] = true
		}
		take("welcome", ann.welcome.ICEServers)
		for range 3 {
			m := wait(ann, 201*time.Second, any1[protocol.ICEServers])
			take("refresh", m.ICEServers)
		}
		room, ok := ann.ask(protocol.JoinRoom{Name: "room"}).(protocol.Joined)
		if !ok {
			t.Fatal("not joined")
		}
		for range 2 {
			m, ok := ann.ask(protocol.Offer{Participant: room.Room.Self, Generation: 1, SDP: "v=0"}).(protocol.Answer)
			if !ok {
				t.Fatal("no answer")
			}
			take("answer", m.ICEServers)
		}
	}, func(c *Config) {
		c.ICEServers = func(_ SessionID, at Reached) []protocol.ICEServer {
			made++
			return []protocol.ICEServer{{URLs: []string{"turn:" + at.Host}, Credential: fmt.Sprint(made)}}
		}
	})
}
