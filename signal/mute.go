package signal

import (
	"context"
	"slices"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

// muteMember turns a member's source off, or asks for it to be turned on.
func (s *Server) muteMember(st, by *seat, m protocol.MuteMember) error {
	i := st.source(m.Source)
	if i < 0 {
		return protocol.Errorf(protocol.ErrNotFound, "this member does not publish %s", m.Source)
	}
	if m.Muted {
		s.mute(st, i)
	}
	s.askMute(st, m.Source, m.Muted, idOf(by))
	s.record(st.entry("mute_asked", string(m.Source)))
	return nil
}

// muteAll microphones but the hosts'.
func (s *Server) muteAll(room *roomEntry, by *seat) {
	for _, st := range s.membersOf(room) {
		i := st.source(protocol.SourceMicrophone)
		if i < 0 || st.role == protocol.RoleHost || st.publications[i].Muted {
			continue
		}
		s.mute(st, i)
		s.askMute(st, protocol.SourceMicrophone, true, idOf(by))
	}
	s.record(LogEntry{Kind: "all_muted", Room: room.ID, Participant: idOf(by)})
}

// mute a source of a seat, whatever its client sends.
func (s *Server) mute(st *seat, i int) {
	if st.publications[i].Muted {
		return
	}
	st.publications[i].Muted = true
	source := st.publications[i].Source
	s.inLane(st.room, func() {
		s.mediaDone("publish", st, ask(mediaTimeout, func(ctx context.Context) error {
			return s.media.Publish(ctx, sfu.ParticipantID(st.participant), sfu.Source(source), true)
		}))
	})
	s.refresh(st)
}

func (s *Server) askMute(st *seat, source protocol.Source, muted bool, by protocol.ParticipantID) {
	asked := protocol.MuteAsked{Room: st.room.ID, Source: source, Muted: muted, By: by}
	s.inLane(st.room, func() { s.locked(func() { s.push(st.sess, asked) }) })
}

// strip a seat of all its sources: it may no longer publish.
func (s *Server) strip(st *seat) {
	for _, p := range slices.Clone(st.publications) {
		s.takeAway(st, p.Source, "")
	}
}

// takeAway a source of a seat through somebody else's doing, and tell it so.
func (s *Server) takeAway(st *seat, source protocol.Source, by protocol.ParticipantID) {
	if !st.take(source) {
		return
	}
	told := protocol.Unpublished{Room: st.room.ID, Source: source, By: by}
	s.inLane(st.room, func() {
		s.mediaDone("unpublish", st, ask(mediaTimeout, func(ctx context.Context) error {
			return s.media.Unpublish(ctx, sfu.ParticipantID(st.participant), sfu.Source(source))
		}))
		s.locked(func() { s.push(st.sess, told) })
	})
	s.refresh(st)
}

// shareScreen makes way for a second screen share, or refuses it.
func (s *Server) shareScreen(st *seat, takeOver bool) error {
	if !st.open {
		return nil // it is looked at when the seat becomes a member
	}
	m := st.room.sharer(st.participant)
	if m == nil {
		return nil
	}
	if !takeOver && st.room.Options.Screen == protocol.ScreenAsk {
		return protocol.Errorf(protocol.ErrScreenTaken, "%s is sharing a screen", m.Person.Name)
	}
	if other := s.seats[m.Participant]; other != nil {
		s.takeAway(other, protocol.SourceScreen, st.participant)
		s.takeAway(other, protocol.SourceScreenAudio, st.participant)
	}
	return nil
}

// source's place among the publications; -1 where there is none.
func (st *seat) source(source protocol.Source) int {
	return slices.IndexFunc(st.publications, func(p Publication) bool { return p.Source == source })
}

func (st *seat) sends(source protocol.Source) bool { return st.source(source) >= 0 }
