package signal

import (
	"context"

	"callrelay/sfu"
)

// Media is what signal asks of the media side; *sfu.SFU is one. All calls are
// made with a deadline, outside of signal's lock, from lanes: one at a time
// for each room and for each seat. They are idempotent.
type Media interface {
	Answer(ctx context.Context, seat sfu.Seat, sdp string, sections []sfu.Section) (string, error)
	Candidate(ctx context.Context, seat sfu.Seat, candidate, mid string, line *uint16) error
	Join(ctx context.Context, room sfu.RoomID, participant sfu.ParticipantID, rights sfu.Rights) error
	Leave(ctx context.Context, participant sfu.ParticipantID) error
	Remove(ctx context.Context, participant sfu.ParticipantID) error
	Publish(ctx context.Context, participant sfu.ParticipantID, source sfu.Source, muted bool) error
	Unpublish(ctx context.Context, participant sfu.ParticipantID, source sfu.Source) error
	// For pages that know one section a kind: see Door.OfferTo.
	AnswerTo(ctx context.Context, seat sfu.Seat, sdp string) (string, error)
	OfferTo(ctx context.Context, seat sfu.Seat, channel bool) (string, error)
	Accept(ctx context.Context, seat sfu.Seat, sdp string) error
	Prefer(ctx context.Context, participant sfu.ParticipantID, videos []sfu.Preference) error
}

var _ Media = (*sfu.SFU)(nil)
