package signal

import (
	"context"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

// Negotiation for front doors whose page takes the server for the one other
// browser of its call. There are no wire messages for it: clients of the
// product offer by themselves and name their sections. Each connection takes a
// generation of its own; the seat must be the door's.

// AnswerTo has a page's offer answered: its first sending section of a kind is
// the microphone or the camera, and each that receives is a slot.
func (d *Door) AnswerTo(ctx context.Context, p protocol.ParticipantID, generation uint32, offer string) (answer string, err error) {
	return d.negotiate(ctx, p, generation, func(ctx context.Context, seat sfu.Seat) (string, error) {
		return d.server.media.AnswerTo(ctx, seat, offer)
	})
}

// OfferTo makes the server's offer to a page that waits for one, with an empty
// data channel if the page tells the end of a call by its closing; Accept
// brings the page's answer under the same generation.
func (d *Door) OfferTo(ctx context.Context, p protocol.ParticipantID, generation uint32, channel bool) (offer string, err error) {
	return d.negotiate(ctx, p, generation, func(ctx context.Context, seat sfu.Seat) (string, error) {
		return d.server.media.OfferTo(ctx, seat, channel)
	})
}

// Accept takes the page's answer to OfferTo.
func (d *Door) Accept(ctx context.Context, p protocol.ParticipantID, generation uint32, answer string) error {
	_, err := d.negotiate(ctx, p, generation, func(ctx context.Context, seat sfu.Seat) (string, error) {
		return "", d.server.media.Accept(ctx, seat, answer)
	})
	return err
}

// negotiate runs work in the lane of the door's own seat and waits for it.
func (d *Door) negotiate(ctx context.Context, p protocol.ParticipantID, generation uint32,
	work func(context.Context, sfu.Seat) (string, error),
) (string, error) {
	type result struct {
		sdp string
		err error
	}
	done := make(chan result, 1)
	if err := d.queue(p, generation, func(seat sfu.Seat) {
		var r result
		r.err = ask(answerTimeout, func(ctx context.Context) (err error) {
			r.sdp, err = work(ctx, seat)
			return err
		})
		done <- r
	}); err != nil {
		return "", err
	}
	select {
	case r := <-done:
		if r.err != nil {
			return "", asError(r.err)
		}
		return r.sdp, nil
	case <-d.ended:
		return "", ErrDoorClosed
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (d *Door) queue(p protocol.ParticipantID, generation uint32, work func(sfu.Seat)) error {
	s := d.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || d.conn.sess == nil {
		return ErrDoorClosed
	}
	st, err := s.seatOf(request{conn: d.conn, sess: d.conn.sess}, p)
	switch {
	case err != nil:
		return err
	case !d.conn.sess.grants.Publish:
		return protocol.Errorf(protocol.ErrForbidden, "this user may not send")
	case generation == 0 || generation < st.generation:
		return protocol.Errorf(protocol.ErrStale, "generation %d of this seat is known", st.generation)
	case st.lane.full():
		return tooMuch()
	}
	if generation > st.generation {
		st.generation, st.told = generation, mediaTold{}
		s.mediaChanged(st, false)
		s.refresh(st)
	}
	s.inSeatLane(st, func() { work(sfu.Seat{Participant: sfu.ParticipantID(p), Generation: generation}) })
	return nil
}
