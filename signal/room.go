package signal

import (
	"slices"

	"callrelay/signal/protocol"
)

// Publication is a source that a member sends.
type Publication struct {
	Source        protocol.Source
	Muted         bool
	Width, Height int // pixels; 0 where unknown
	// Interrupted, with Muted: the system took the device.
	Interrupted bool
}

// Member of a room, as a value; whether it has a connection here is not the
// room's business.
type Member struct {
	Participant  protocol.ParticipantID
	Generation   uint32
	Person       Person
	State        protocol.MemberState
	Publications []Publication
	Invitation   protocol.CallID // by which it came; empty for others
	Role         protocol.MemberRole
	CanPublish   bool   // role, room and token let it send
	Hand         uint64 // 0: not raised; else its place among the raised
	Metadata     string // the application's
}

// Invitation of a user into the room, as its members see it.
type Invitation struct {
	Call   protocol.CallID
	Callee Person
	From   protocol.ParticipantID
	State  protocol.CallState
	Reason protocol.EndReason
	Note   string
}

// Room is the ordered list of members. Each change has a number: (Epoch, N) is
// the same for everybody who is told of it. It does no I/O.
type Room struct {
	ID      protocol.RoomID
	Name    string // in the room's link; empty for a call
	Epoch   uint32 // rises when the room is built anew after a restart
	N       uint64
	Members []Member
	Invited []Invitation // not answered yet
	Options protocol.RoomOptions
	Waiting []Waiter // in the lobby
	chat    chat
}

// Put adds a member or changes the one with its participant id.
func (r *Room) Put(m Member) protocol.MemberChanged {
	r.N++
	if i := r.index(m.Participant); i >= 0 {
		r.Members[i] = m
	} else {
		r.Members = append(r.Members, m)
	}
	return protocol.MemberChanged{Room: r.ID, Epoch: r.Epoch, N: r.N, Member: m.view()}
}

// keep a member's change of which the others are told later, by Put.
func (r *Room) keep(m Member) {
	if i := r.index(m.Participant); i >= 0 {
		r.Members[i] = m
	}
}

// differs tells whether a member is not in the room as it is given.
func (r *Room) differs(m Member) bool {
	i := r.index(m.Participant)
	return i < 0 || !equalMembers(r.Members[i], m)
}

// Drop takes a member out; false when there is none.
func (r *Room) Drop(p protocol.ParticipantID, reason protocol.EndReason) (protocol.MemberLeft, bool) {
	i := r.index(p)
	if i < 0 {
		return protocol.MemberLeft{}, false
	}
	r.N++
	r.Members = slices.Delete(r.Members, i, i+1)
	delete(r.chat.heard, p)
	return protocol.MemberLeft{Room: r.ID, Epoch: r.Epoch, N: r.N, Participant: p, Reason: reason}, true
}

// Invite keeps how an invitation stands; one that is answered or over is told
// and forgotten.
func (r *Room) Invite(i Invitation) protocol.InvitationChanged {
	r.N++
	r.Invited = slices.DeleteFunc(r.Invited, func(other Invitation) bool { return other.Call == i.Call })
	if i.State == protocol.CallCalling || i.State == protocol.CallRinging {
		r.Invited = append(r.Invited, i)
	}
	return protocol.InvitationChanged{Room: r.ID, Epoch: r.Epoch, N: r.N, Invitation: i.view()}
}

// invitationOf a user that is not answered; nil where there is none.
func (r *Room) invitationOf(user protocol.UserID) *Invitation {
	for i := range r.Invited {
		if r.Invited[i].Callee.User == user {
			return &r.Invited[i]
		}
	}
	return nil
}

// has a member of that user.
func (r *Room) has(user protocol.UserID) bool {
	return slices.ContainsFunc(r.Members, func(m Member) bool { return m.Person.User == user })
}

func (i Invitation) view() protocol.InvitationView {
	return protocol.InvitationView{
		Invitation: i.Call, User: i.Callee.User, Name: i.Callee.Name, From: i.From,
		State: i.State, Reason: i.Reason, Note: i.Note,
	}
}

// View is the room as the member self sees it.
func (r *Room) View(self protocol.ParticipantID) protocol.RoomView {
	members := make([]protocol.MemberView, len(r.Members))
	for i, m := range r.Members {
		members[i] = m.view()
	}
	invited := make([]protocol.InvitationView, len(r.Invited))
	for k, i := range r.Invited {
		invited[k] = i.view()
	}
	return protocol.RoomView{
		Room: r.ID, Name: r.Name, Epoch: r.Epoch, N: r.N, Self: self, Members: members, Invited: invited,
		Options: r.Options, Waiting: r.lobby(self),
	}
}

func (r *Room) index(p protocol.ParticipantID) int {
	return slices.IndexFunc(r.Members, func(m Member) bool { return m.Participant == p })
}

func (m Member) view() protocol.MemberView {
	publications := make([]protocol.PublicationView, len(m.Publications))
	for i, p := range m.Publications {
		publications[i] = protocol.PublicationView{
			Publication: publicationID(m.Participant, p.Source), Source: p.Source, Kind: p.Source.Kind(),
			Muted: p.Muted, Width: p.Width, Height: p.Height, Interrupted: p.Interrupted,
		}
	}
	return protocol.MemberView{
		Participant: m.Participant, Generation: m.Generation, User: m.Person.User, Name: m.Person.Name,
		State: m.State, Publications: publications, Invitation: m.Invitation,
		Role: m.Role, CanPublish: m.CanPublish, Hand: m.Hand, Metadata: m.Metadata,
	}
}

func publicationID(p protocol.ParticipantID, s protocol.Source) protocol.PublicationID {
	return protocol.PublicationID(string(p) + "/" + string(s))
}
