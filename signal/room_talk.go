package signal

import (
	"slices"

	"callrelay/signal/protocol"
)

// Data numbers an application's message.
func (r *Room) Data(from protocol.ParticipantID, m protocol.SendData) protocol.Data {
	r.N++
	return protocol.Data{
		Room: r.ID, Epoch: r.Epoch, N: r.N, Message: m.Message, From: from, To: m.To,
		Topic: m.Topic, Payload: m.Payload,
	}
}

// React numbers a reaction.
func (r *Room) React(from protocol.ParticipantID, reaction string) protocol.Reacted {
	r.N++
	return protocol.Reacted{Room: r.ID, Epoch: r.Epoch, N: r.N, From: from, Reaction: reaction}
}

// knows tells whether a member's message came before.
func (r *Room) knows(from protocol.ParticipantID, id protocol.MessageID) bool {
	h := r.chat.heard[from]
	return h != nil && slices.Contains(h.ids, id)
}
