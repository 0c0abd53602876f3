package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/internal/serve"
)

// A page offers its sections once: who comes later takes slots that are there.
// The first and the last to come into rooms of 2, 20 and 200 are looked at.
func TestDescriptionsAreAsLongInARoomOfTwoHundredAsInOneOfTwo(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	server, err := serve.Start(ctx, build(t), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop) // after all have left
	var first []string
	for _, members := range []int{2, 20, 200} {
		people := crowdInRoom(ctx, t, server.URL, members)
		for _, p := range []*client.Person{people[0], people[len(people)-1]} {
			untilCarried(ctx, t, p, min(members-1, sdpSlots)) // one microphone for each audio slot
			if n := len(p.Peer.Exchanges); n != 1 {
				t.Fatalf("room of %d: %d offers", members, n)
			}
			got := []string{shapeOf(p.Peer.Exchanges[0].Offer), shapeOf(p.Peer.Exchanges[0].Answer)}
			t.Logf("room of %d: offer %d bytes, answer %d bytes", members, len(p.Peer.Exchanges[0].Offer), len(p.Peer.Exchanges[0].Answer))
			if first == nil {
				first = got
			}
			for i, name := range []string{"offer", "answer"} {
				if got[i] != first[i] {
					t.Errorf("room of %d: another %s than in a room of 2:\n%s\n%s", members, name, got[i], first[i])
				}
			}
		}
	}
}

// sdpSlots for audio of each page.
const sdpSlots = 3

// connected people of a room: the first ones and the last. The others are
// members who publish, without a connection, to whose number SDP is blind too.
const connected = 5

// crowdInRoom lets so many people join a room of their own, with microphones
// that are open and say nothing. It returns those with connections.
func crowdInRoom(ctx context.Context, t *testing.T, url string, members int) (people []*client.Person) {
	t.Helper()
	began := time.Now()
	for i := range members {
		p, err := client.SignIn(ctx, url, fmt.Sprintf("sdp-%d-%d", members, i), client.PeerConfig{
			Number: uint32(i + 1), Began: began, Local: netip.MustParseAddrPort("127.0.0.1:0"), Seed: uint64(i),
			AudioOnly: true, Still: true, AudioSlots: sdpSlots, VideoSlots: 9,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Leave)
		enter := p.Enter
		if i >= connected-1 && i < members-1 {
			enter = p.EnterUnheard
		} else {
			people = append(people, p)
		}
		if err := enter(ctx, fmt.Sprintf("sdp-%d", members), nil); err != nil {
			t.Fatal(err)
		}
	}
	return people
}

func untilCarried(ctx context.Context, t *testing.T, p *client.Person, slots int) {
	t.Helper()
	for p.SlotsInUse() < slots {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("%d slots carry somebody, want %d", p.SlotsInUse(), slots)
		}
	}
}

var (
	digits  = regexp.MustCompile(`[0-9]+`)
	secrets = regexp.MustCompile(`(?m)^(a=(ice-ufrag|ice-pwd|fingerprint|msid|ssrc|msid-semantic|candidate)[: ]?).*?(\r?)$`)
)

// shapeOf an SDP: without numbers, names and secrets, which are random and of
// no fixed length, and its lines in one order, as Pion lists some in any.
func shapeOf(sdp string) string {
	lines := strings.Split(digits.ReplaceAllString(secrets.ReplaceAllString(sdp, "$1$3"), "0"), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
