package signal

import (
	"context"
	"strings"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

func (s *Server) handlePrefer(r request, m protocol.Prefer) error {
	st, err := s.seatOf(r, m.Participant)
	switch {
	case err != nil:
		return err
	case !r.sess.grants.Subscribe:
		return protocol.Errorf(protocol.ErrForbidden, "your token does not allow receiving")
	case st.room.lane.full():
		return tooMuch()
	}
	videos, err := s.wishes(st, m)
	if err != nil {
		return err
	}
	s.inLane(st.room, func() {
		err := ask(mediaTimeout, func(ctx context.Context) error {
			return s.media.Prefer(ctx, sfu.ParticipantID(m.Participant), videos)
		})
		s.answered(r, err, protocol.OK{})
	})
	return nil
}

// wishes in the media side's words; nil leaves the choice to it. Somebody of
// another room may not be asked for; who is gone is passed over, for the page
// cannot know it yet.
func (s *Server) wishes(st *seat, m protocol.Prefer) ([]sfu.Preference, error) {
	if m.Auto {
		return nil, nil
	}
	videos := make([]sfu.Preference, 0, len(m.Videos))
	for _, v := range m.Videos {
		whose, _, _ := strings.Cut(string(v.Publication), "/")
		other := s.seats[protocol.ParticipantID(whose)]
		switch {
		case other == nil:
			continue
		case other.room != st.room:
			return nil, protocol.Errorf(protocol.ErrForbidden, "a publication is of another room")
		}
		videos = append(videos, sfu.Preference{
			Publication: sfu.PublicationID(v.Publication), Width: v.Width, Height: v.Height, Priority: v.Priority,
		})
	}
	return videos, nil
}
