package signal

import "callrelay/signal/protocol"

// usualLimit of members.
const usualLimit = 200

// usualOptions of a room that nobody has given others.
func usualOptions() protocol.RoomOptions {
	return protocol.RoomOptions{Limit: usualLimit, Publishers: protocol.PublishersAll, Screen: protocol.ScreenAsk}
}

// SetOptions changes what holds in the room.
func (r *Room) SetOptions(o protocol.RoomOptions) protocol.OptionsChanged {
	r.N++
	r.Options = o
	return protocol.OptionsChanged{Room: r.ID, Epoch: r.Epoch, N: r.N, Options: o}
}

// full tells whether nobody more may come; who is being rung counts.
func (r *Room) full() bool { return len(r.Members)+len(r.Invited) >= r.Options.Limit }

// hasHost tells whether a member is host.
func (r *Room) hasHost() bool {
	for _, m := range r.Members {
		if m.Role == protocol.RoleHost {
			return true
		}
	}
	return false
}

// sharer returns the member other than but who shares a screen; nil where
// there is none.
func (r *Room) sharer(but protocol.ParticipantID) *Member {
	for i := range r.Members {
		m := &r.Members[i]
		if m.Participant == but {
			continue
		}
		for _, p := range m.Publications {
			if p.Source == protocol.SourceScreen {
				return m
			}
		}
	}
	return nil
}

// MayPublish tells whether the options let a role send.
func MayPublish(o protocol.RoomOptions, role protocol.MemberRole) bool {
	return o.Publishers != protocol.PublishersSpeakers || role == protocol.RoleHost || role == protocol.RoleSpeaker
}
