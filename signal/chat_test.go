package signal

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"callrelay/signal/protocol"
)

func messageID() protocol.MessageID { return protocol.MessageID(newID()) }

// talker says lines and keeps those without a reply to say them again, as a
// client must.
type talker struct {
	*client
	room    protocol.RoomID
	dead    bool
	pending []protocol.SendChat
	asked   map[uint64]protocol.MessageID
	acked   []protocol.MessageID
	got     []protocol.LineView
}

func (k *talker) say(text string) {
	m := protocol.SendChat{Message: messageID(), Room: k.room, Text: text}
	k.pending = append(k.pending, m)
	if !k.dead {
		k.asked[k.send(m)] = m.Message
	}
}

// hear takes in what has come, as far as there is any.
func (k *talker) hear() {
	for len(k.in) > 0 {
		f := k.next(time.Second)
		if f.err != nil {
			k.dead = true
			return
		}
		switch m := f.m.(type) {
		case protocol.ChatLine:
			m.Line.AgoMS = 0
			k.got = append(k.got, m.Line)
		case protocol.OK:
			id := k.asked[f.env.Re]
			k.acked = append(k.acked, id)
			k.pending = slices.DeleteFunc(k.pending, func(p protocol.SendChat) bool { return p.Message == id })
		case protocol.Error:
			k.t.Fatalf("a line was refused: %+v", m)
		}
	}
}

// back resumes and says again what has no reply.
func (k *talker) back() {
	k.client, k.dead, k.asked = k.resume(), false, map[uint64]protocol.MessageID{}
	if k.welcome.Outcome != protocol.ResumeResumed {
		k.t.Fatalf("resumed as %s", k.welcome.Outcome)
	}
	for _, m := range k.pending {
		k.asked[k.send(m)] = m.Message
	}
}

func TestEveryLineReachesEveryMemberOnceInTheSameOrderAlthoughASocketIsCut(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T, r *rig) { chatThroughCuts(t, r, rand.New(rand.NewPCG(seed, 1))) })
		})
	}
}

func chatThroughCuts(t *testing.T, r *rig, random *rand.Rand) {
	t.Helper()
	const members, lines, cuts = 5, 1000, 5
	var talkers []*talker
	for i := range members {
		c := r.join(fmt.Sprintf("user%d", i))
		view := enterRoom(c, "review")
		talkers = append(talkers, &talker{client: c, room: view.Room, asked: map[uint64]protocol.MessageID{}})
	}
	cutAt := random.Perm(lines)[:cuts]
	weak, backAt := talkers[0], -1
	for i := range lines {
		talkers[random.IntN(members)].say(fmt.Sprintf("line %d", i))
		if slices.Contains(cutAt, i) && !weak.dead {
			weak.say(fmt.Sprintf("cut %d", i)) // it may have come, or not
			if random.IntN(2) == 0 {
				time.Sleep(time.Millisecond)
			}
			weak.vanish()
			weak.dead, backAt = true, i+random.IntN(100)
		}
		if i == backAt {
			weak.back()
		}
		for _, k := range talkers {
			if !k.dead && random.IntN(3) == 0 {
				k.hear()
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	if weak.dead {
		weak.back()
	}
	synctest.Wait()
	check := talkers[1]
	check.hear()
	for i, k := range talkers {
		k.hear()
		if len(k.pending) > 0 {
			t.Errorf("user%d: %d lines have no reply", i, len(k.pending))
		}
		if !reflect.DeepEqual(k.got, check.got) {
			t.Errorf("user%d heard %d lines, another %d, or in another order", i, len(k.got), len(check.got))
		}
		for _, id := range k.acked {
			if n := count(check.got, id); n != 1 {
				t.Errorf("an acknowledged line came %d times", n)
			}
		}
	}
	if len(check.got) < lines {
		t.Errorf("%d lines of %d came", len(check.got), lines)
	}
	if !slices.IsSortedFunc(check.got, func(a, b protocol.LineView) int { return int(a.N) - int(b.N) }) {
		t.Error("the lines are not in the order of their numbers")
	}
}

func count(lines []protocol.LineView, id protocol.MessageID) int {
	n := 0
	for _, l := range lines {
		if l.Message == id {
			n++
		}
	}
	return n
}

func TestLineToOneIsReadByBothAndNobodyElse(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem, room := three(r)
		ann.ok(protocol.SendChat{Message: messageID(), Room: room, To: bob.seat, Text: "between us"})
		ann.ok(protocol.SendChat{Message: messageID(), Room: room, Text: "to all"})
		if m := wait(bob, time.Second, any1[protocol.ChatLine]); m.Line.To != bob.seat || m.Line.From != ann.seat || m.N != m.Line.N {
			t.Errorf("bob got %+v", m)
		}
		if m := wait(cem, time.Second, any1[protocol.ChatLine]); m.Line.Text != "to all" {
			t.Errorf("cem got %+v", m)
		}
		for c, want := range map[*client]int{ann: 2, bob: 2, cem: 1} {
			if got, _ := c.ask(protocol.GetChat{Room: room}).(protocol.Chat); len(got.Lines) != want || got.More {
				t.Errorf("kept for %s: %+v", c.welcome.User, got)
			}
		}
		ann.refused(protocol.SendChat{Message: messageID(), Room: room, To: "aaaaaaaaaaaaaaaaaaaaaaaaaa", Text: "x"}, protocol.ErrNotFound)
	})
}

func TestWhoComesLaterReadsTheLastLinesPageByPage(t *testing.T) {
	t.Parallel()
	room := Room{ID: "r", Epoch: 1}
	start := time.Now()
	long := strings.Repeat("<", protocol.MaxLine) // six bytes each in JSON
	for i := range protocol.KeptLines + 50 {
		room.Say(start.Add(time.Duration(i)*time.Second), Member{Participant: "p"},
			protocol.SendChat{Message: messageID(), Text: fmt.Sprint(i, long)[:protocol.MaxLine]})
	}
	var all []protocol.LineView
	for before := uint64(0); ; before = all[0].N {
		page := room.Lines(start.Add(time.Hour), "late", before)
		if body, err := protocol.NewBody(page); err != nil || body.Size() > protocol.MaxServerMessage/4 {
			t.Fatalf("a page of %d bytes, %v", body.Size(), err)
		}
		all = append(page.Lines, all...)
		if !page.More {
			break
		}
	}
	if len(all) != protocol.KeptLines || !strings.HasPrefix(all[0].Text, "50<") || all[0].N != 51 {
		t.Errorf("%d lines are kept, from %.5q, n %d", len(all), all[0].Text, all[0].N)
	}
	if want := (time.Hour - 50*time.Second).Milliseconds(); all[0].AgoMS != want {
		t.Errorf("said %d ms ago, want %d", all[0].AgoMS, want)
	}
}

func TestTextStaysTextAndIsCutOffByAnError(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, _, room := three(r)
		text := "<b>hi</b> \u202egnp.exe &amp; 你好\n\ttwo"
		ann.ok(protocol.SendChat{Message: messageID(), Room: room, Text: text})
		if m := wait(bob, time.Second, any1[protocol.ChatLine]); m.Line.Text != text {
			t.Errorf("bob reads %q", m.Line.Text)
		}
		ten := strings.Repeat("x", 10_000)
		for _, m := range []protocol.ClientMessage{
			protocol.SendChat{Message: messageID(), Room: room, Text: ten},
			protocol.SendChat{Message: messageID(), Room: room, Text: " \n"},
			protocol.SendChat{Message: "1", Room: room, Text: "x"},
			protocol.SendData{Message: messageID(), Room: room, Payload: ten + ten},
			protocol.SendData{Message: messageID(), Room: room, Topic: ten},
			protocol.React{Room: room, Reaction: ten},
			protocol.React{Room: room, Reaction: "a\x00"},
			protocol.SetMetadata{Room: room, Metadata: ten + ten},
		} {
			ann.refused(m, protocol.ErrInvalid)
		}
		ann.ok(protocol.SendChat{Message: messageID(), Room: room, Text: strings.Repeat("x", protocol.MaxLine)})
	})
}

func TestDataReachesAllButItsAuthorOnce(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem, room := three(r)
		m := protocol.SendData{Message: messageID(), Room: room, Topic: "board", Payload: `{"x":1}`}
		ann.ok(m)
		ann.ok(m)
		m.Message, m.To = messageID(), cem.seat
		ann.ok(m)
		settled := func(c *client) (n int) {
			synctest.Wait()
			for len(c.in) > 0 {
				if d, ok := c.next(time.Second).m.(protocol.Data); ok {
					n++
					if d.From != ann.seat || d.Topic != "board" || d.Payload != m.Payload {
						t.Errorf("%+v", d)
					}
				}
			}
			return n
		}
		if a, b, c := settled(ann), settled(bob), settled(cem); a != 0 || b != 1 || c != 2 {
			t.Errorf("data came %d, %d, %d times", a, b, c)
		}
	})
}

func TestHandsStandInTheOrderInWhichTheyWereRaised(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem, room := three(r)
		cem.ok(protocol.RaiseHand{Room: room, Raised: true})
		bob.ok(protocol.RaiseHand{Room: room, Raised: true})
		cem.ok(protocol.RaiseHand{Room: room, Raised: true}) // keeps its place
		up := func(m protocol.MemberView) bool { return m.Hand > 0 }
		first, second := ann.member(cem.seat, up).Hand, ann.member(bob.seat, up).Hand
		if first >= second {
			t.Errorf("cem has %d, bob %d", first, second)
		}
		bob.refused(protocol.RaiseHand{Room: room, Participant: cem.seat}, protocol.ErrForbidden)
		ann.refused(protocol.RaiseHand{Room: room, Participant: bob.seat, Raised: true}, protocol.ErrForbidden)
		ann.ok(protocol.RaiseHand{Room: room, Participant: cem.seat})
		bob.member(cem.seat, func(m protocol.MemberView) bool { return m.Hand == 0 })
	})
}

func TestReactionsAndMetadataAreToldToAll(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem, room := three(r)
		ann.ok(protocol.React{Room: room, Reaction: "👍"})
		if m := wait(bob, time.Second, any1[protocol.Reacted]); m.From != ann.seat || m.Reaction != "👍" {
			t.Errorf("bob saw %+v", m)
		}
		data := strings.Repeat("m", protocol.MaxMetadata)
		bob.ok(protocol.SetMetadata{Room: room, Metadata: data})
		cem.member(bob.seat, func(m protocol.MemberView) bool { return m.Metadata == data })
		quotes := strings.Repeat("\x01", 10_000) // six bytes each in JSON
		ann.ok(protocol.SetMetadata{Room: room, Metadata: quotes})
		cem.refused(protocol.SetMetadata{Room: room, Metadata: quotes}, protocol.ErrInvalid)
	})
}

func TestRoomWhereTooMuchIsSaidRefusesWithATimeToComeBack(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, _, room := three(r)
		r.server.rooms.byID[room].talk = rate.NewLimiter(1, 1)
		line := protocol.SendChat{Message: messageID(), Room: room, Text: "one"}
		ann.ok(line)
		ann.ok(line) // the same again costs nothing
		e, _ := bob.ask(protocol.SendChat{Message: messageID(), Room: room, Text: "two"}).(protocol.Error)
		if e.Code != protocol.ErrRateLimited || e.RetryAfterMS <= 0 {
			t.Errorf("got %+v", e)
		}
		time.Sleep(time.Duration(e.RetryAfterMS) * time.Millisecond)
		bob.ok(protocol.SendChat{Message: messageID(), Room: room, Text: "two"})
	})
}
