package signal

import (
	"context"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

// handleOffer has the seat's offer answered by the media side, in the seat's
// lane: a slow negotiation holds up nothing else.
func (s *Server) handleOffer(r request, m protocol.Offer) error {
	st, err := s.seatOf(r, m.Participant)
	switch {
	case err != nil:
		return err
	case m.Generation == 0:
		return protocol.Errorf(protocol.ErrInvalid, "generation begins at 1")
	case m.Generation < st.generation:
		return protocol.Errorf(protocol.ErrStale, "generation %d of this seat is known", st.generation)
	case st.lane.full():
		return tooMuch()
	}
	if m.Generation > st.generation {
		st.generation, st.told = m.Generation, mediaTold{}
		s.mediaChanged(st, false)
		s.refreshSoon(st)
	}
	sections := make([]sfu.Section, len(m.Sections))
	for i, sec := range m.Sections {
		if !r.sess.grants.Publish {
			return protocol.Errorf(protocol.ErrForbidden, "your token does not allow sending")
		}
		sections[i] = sfu.Section{MID: sec.Mid, Source: sfu.Source(sec.Source)}
	}
	seat := sfu.Seat{Participant: sfu.ParticipantID(m.Participant), Generation: m.Generation}
	s.inSeatLane(st, func() {
		var sdp string
		err := ask(answerTimeout, func(ctx context.Context) (err error) {
			sdp, err = s.media.Answer(ctx, seat, m.SDP, sections)
			return err
		})
		s.answered(r, err, protocol.Answer{
			Participant: m.Participant, Generation: m.Generation, SDP: sdp,
			ICEServers: s.iceServersFor(r.conn, r.sess.id),
		})
	})
	return nil
}

func (s *Server) handleCandidate(r request, m protocol.Candidate) error {
	st, err := s.seatOf(r, m.Participant)
	switch {
	case err != nil:
		return err
	case m.Generation < st.generation:
		return protocol.Errorf(protocol.ErrStale, "generation %d of this seat is known", st.generation)
	case m.Generation > st.generation:
		return protocol.Errorf(protocol.ErrWrongState, "the offer of generation %d has not come", m.Generation)
	case st.lane.full():
		return tooMuch()
	}
	seat := sfu.Seat{Participant: sfu.ParticipantID(m.Participant), Generation: m.Generation}
	s.inSeatLane(st, func() {
		err := ask(mediaTimeout, func(ctx context.Context) error {
			return s.media.Candidate(ctx, seat, m.Candidate, m.SDPMid, m.SDPMLineIndex)
		})
		s.answered(r, err, protocol.OK{})
	})
	return nil
}

func (s *Server) handlePublish(r request, m protocol.Publish) error {
	st, err := s.seatOf(r, m.Participant)
	switch {
	case err != nil:
		return err
	case !r.sess.grants.Publish:
		return protocol.Errorf(protocol.ErrForbidden, "your token does not allow sending")
	case st.open && !st.mayPublish():
		return protocol.Errorf(protocol.ErrForbidden, "only hosts and speakers may send in this room")
	case st.room.lane.full():
		return tooMuch()
	}
	if m.Source == protocol.SourceScreen && !st.sends(protocol.SourceScreen) {
		if err := s.shareScreen(st, m.TakeOver); err != nil {
			return err
		}
	}
	held := st.held(m)
	m.Muted = m.Muted || held
	st.put(Publication{
		Source: m.Source, Muted: m.Muted, Width: m.Width, Height: m.Height, Interrupted: m.Interrupted && m.Muted,
	})
	s.inLane(st.room, func() {
		err := ask(mediaTimeout, func(ctx context.Context) error {
			return s.media.Publish(ctx, sfu.ParticipantID(m.Participant), sfu.Source(m.Source), m.Muted)
		})
		s.answered(r, err, protocol.OK{})
	})
	if held {
		s.askMute(st, m.Source, true, "")
	}
	s.refreshSoon(st)
	return nil
}

func (s *Server) handleUnpublish(r request, m protocol.Unpublish) error {
	st, err := s.seatOf(r, m.Participant)
	switch {
	case err != nil:
		return err
	case !st.take(m.Source):
		return protocol.Errorf(protocol.ErrNotFound, "you do not publish %s", m.Source)
	case st.room.lane.full():
		return tooMuch()
	}
	s.inLane(st.room, func() {
		err := ask(mediaTimeout, func(ctx context.Context) error {
			return s.media.Unpublish(ctx, sfu.ParticipantID(m.Participant), sfu.Source(m.Source))
		})
		s.answered(r, err, protocol.OK{})
	})
	s.refresh(st)
	return nil
}

// answered replies from a lane.
func (s *Server) answered(r request, err error, m protocol.ServerMessage) {
	if err != nil {
		s.locked(func() { s.refuse(r, err) })
		return
	}
	s.reply(r, m)
}

// put adds or replaces a source.
func (st *seat) put(p Publication) {
	for i := range st.publications {
		if st.publications[i].Source == p.Source {
			st.publications[i] = p
			return
		}
	}
	st.publications = append(st.publications, p)
}

// take a source away; false when there is none.
func (st *seat) take(source protocol.Source) bool {
	for i, p := range st.publications {
		if p.Source == source {
			st.publications = append(st.publications[:i:i], st.publications[i+1:]...)
			return true
		}
	}
	return false
}
