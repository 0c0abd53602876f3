package signal

import (
	"encoding/json"
	"slices"
	"time"

	"callrelay/signal/protocol"
)

// Line of a room's chat.
type Line struct {
	N       uint64 // of its event
	Message protocol.MessageID
	From    protocol.ParticipantID
	Author  Person
	To      protocol.ParticipantID // empty: to all
	Text    string
	Said    time.Time
}

// chat is what a room keeps of what was said, and what it needs to take a
// message that is sent twice only once. It does no I/O.
type chat struct {
	lines []Line // oldest first, at most KeptLines
	heard map[protocol.ParticipantID]*heard
}

// heard are the newest messages of one member.
type heard struct {
	ids  []protocol.MessageID
	next int // the oldest, once it is full
}

// Heard takes note of a member's message; false when it came before.
func (r *Room) Heard(from protocol.ParticipantID, id protocol.MessageID) bool {
	if r.chat.heard == nil {
		r.chat.heard = map[protocol.ParticipantID]*heard{}
	}
	h := r.chat.heard[from]
	if h == nil {
		h = &heard{}
		r.chat.heard[from] = h
	}
	switch {
	case slices.Contains(h.ids, id):
		return false
	case len(h.ids) < protocol.MaxUnanswered:
		h.ids = append(h.ids, id)
	default:
		h.ids[h.next] = id
		h.next = (h.next + 1) % len(h.ids)
	}
	return true
}

// Say adds a line. Whether it was heard before is asked first.
func (r *Room) Say(now time.Time, from Member, m protocol.SendChat) protocol.ChatLine {
	r.N++
	line := Line{
		N: r.N, Message: m.Message, From: from.Participant, Author: from.Person, To: m.To, Text: m.Text, Said: now,
	}
	if len(r.chat.lines) >= protocol.KeptLines {
		r.chat.lines = slices.Delete(r.chat.lines, 0, len(r.chat.lines)-protocol.KeptLines+1)
	}
	r.chat.lines = append(r.chat.lines, line)
	return protocol.ChatLine{Room: r.ID, Epoch: r.Epoch, N: r.N, Line: line.view(now)}
}

// chatPage bytes of lines, as JSON writes their text, go into one reply.
const chatPage = 128 << 10

// Lines older than n that a member may read, as far as one reply holds them.
func (r *Room) Lines(now time.Time, reader protocol.ParticipantID, before uint64) protocol.Chat {
	c := protocol.Chat{Room: r.ID, Epoch: r.Epoch, Lines: []protocol.LineView{}}
	size := 0
	for _, line := range slices.Backward(r.chat.lines) {
		if before != 0 && line.N >= before || !line.readable(reader) {
			continue
		}
		if size += jsonSize(line.Text); size > chatPage && len(c.Lines) > 0 {
			c.More = true
			break
		}
		c.Lines = append(c.Lines, line.view(now))
	}
	slices.Reverse(c.Lines)
	return c
}

func (l Line) readable(by protocol.ParticipantID) bool {
	return l.To == "" || l.To == by || l.From == by
}

func (l Line) view(now time.Time) protocol.LineView {
	return protocol.LineView{
		N: l.N, Message: l.Message, From: l.From, User: l.Author.User, Name: l.Author.Name,
		To: l.To, Text: l.Text, AgoMS: now.Sub(l.Said).Milliseconds(),
	}
}

// jsonSize of a text in bytes, quotes included.
func jsonSize(text string) int {
	b, _ := json.Marshal(text) // a string always can be
	return len(b)
}
