package signal

import (
	"slices"

	"callrelay/signal/protocol"
)

// Waiter is somebody in a room's lobby.
type Waiter struct {
	Participant protocol.ParticipantID
	Person      Person
}

// Wait puts somebody into the lobby, behind who is there.
func (r *Room) Wait(w Waiter) protocol.LobbyChanged {
	r.N++
	r.Waiting = append(r.Waiting, w)
	return protocol.LobbyChanged{Room: r.ID, Epoch: r.Epoch, N: r.N, Person: w.view(), Waiting: true}
}

// Unwait takes somebody out of the lobby; false when they are not in it.
func (r *Room) Unwait(p protocol.ParticipantID) (protocol.LobbyChanged, bool) {
	i := slices.IndexFunc(r.Waiting, func(w Waiter) bool { return w.Participant == p })
	if i < 0 {
		return protocol.LobbyChanged{}, false
	}
	w := r.Waiting[i]
	r.N++
	r.Waiting = slices.Delete(r.Waiting, i, i+1)
	return protocol.LobbyChanged{Room: r.ID, Epoch: r.Epoch, N: r.N, Person: w.view()}, true
}

// lobby as a member sees it; only hosts do.
func (r *Room) lobby(self protocol.ParticipantID) []protocol.WaitingView {
	i := r.index(self)
	if i < 0 || r.Members[i].Role != protocol.RoleHost {
		return nil
	}
	views := make([]protocol.WaitingView, len(r.Waiting))
	for i, w := range r.Waiting {
		views[i] = w.view()
	}
	return views
}

func (w Waiter) view() protocol.WaitingView {
	return protocol.WaitingView{Participant: w.Participant, User: w.Person.User, Name: w.Person.Name}
}
