package signal

import (
	"fmt"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

// Observe implements sfu.Observer: the media side's events reach the session
// whose seat they speak of, and the machine of its call.
func (s *Server) Observe(e sfu.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	switch e := e.(type) {
	case sfu.ConnectionChanged:
		if st := s.seatNow(e.Seat); st != nil {
			s.record(st.entry("media_"+string(e.State), e.Pair))
			s.mediaChanged(st, e.State == sfu.Connected)
			s.refreshSoon(st)
			if c := st.sess.conn; c != nil && c.door != nil && e.State == sfu.Failed {
				c.door.mediaClosed(st.participant)
			}
		}
	case sfu.SlotsChanged:
		if st := s.seatNow(e.Seat); st != nil {
			s.tellSlots(st, e)
		}
	case sfu.LayersWanted:
		if st := s.seatNow(e.Seat); st != nil {
			s.tellLayers(st, e)
		}
	case sfu.Sample:
		if st := s.seatNow(e.Seat); st != nil {
			if body, ok := s.encode(sampleMessage(e)); ok {
				st.sess.hint(body)
			}
			s.tellSpeakers(st)
		}
	case sfu.LossyRefused:
		if st := s.seatNow(e.Seat); st != nil {
			if body, ok := s.encode(refusedMessage(e)); ok {
				st.sess.hint(body)
			}
		}
	case sfu.SpeakersChanged:
		s.speakersChanged(e)
	}
}

// seatNow is the seat an event speaks of; nil when it is over or has a newer
// connection.
func (s *Server) seatNow(seat sfu.Seat) *seat {
	st := s.seats[protocol.ParticipantID(seat.Participant)]
	if st == nil || seat.Generation < st.generation {
		return nil
	}
	return st
}

// mediaChanged tells the call when a seat's connection begins or ceases to
// carry media.
func (s *Server) mediaChanged(st *seat, up bool) {
	if st.up == up {
		return
	}
	st.up, st.wasUp = up, st.wasUp || up
	if st.call == nil {
		return
	}
	if up {
		s.stepCall(st.call, MediaUp{st.sess.id})
	} else {
		s.stepCall(st.call, MediaDown{st.sess.id})
	}
}

func slotsMessage(e sfu.SlotsChanged) protocol.Slots {
	m := protocol.Slots{
		Participant: protocol.ParticipantID(e.Seat.Participant), Generation: e.Seat.Generation,
		Slots: make([]protocol.SlotView, len(e.Slots)),
	}
	for i, slot := range e.Slots {
		kind := protocol.KindVideo
		if slot.Audio {
			kind = protocol.KindAudio
		}
		m.Slots[i] = protocol.SlotView{
			Mid: slot.MID, Kind: kind, Publication: protocol.PublicationID(slot.Publication),
			Participant: protocol.ParticipantID(slot.Participant), Source: protocol.Source(slot.Source),
			Muted: slot.Muted, Paused: slot.Paused, Since: slot.Since,
		}
	}
	return m
}

func layersMessage(e sfu.LayersWanted) protocol.Layers {
	m := protocol.Layers{
		Participant: protocol.ParticipantID(e.Seat.Participant), Source: protocol.Source(e.Source),
		Layers: make([]protocol.LayerState, len(e.Layers)),
	}
	for i, l := range e.Layers {
		m.Layers[i] = protocol.LayerState{RID: l.RID, Active: l.Active}
	}
	return m
}

func refusedMessage(e sfu.LossyRefused) protocol.DataRefused {
	m := protocol.DataRefused{Participant: protocol.ParticipantID(e.Seat.Participant), Count: e.Count}
	switch e.Refusal {
	case sfu.RefusedMalformed:
		m.Code, m.Message = protocol.ErrBadMessage, "the message's header is cut short"
	case sfu.RefusedTooLong:
		m.Code, m.Message = protocol.ErrTooLarge, fmt.Sprintf("longer than %d bytes", protocol.MaxLossy)
	case sfu.RefusedTooFast:
		m.Code, m.Message = protocol.ErrRateLimited, "too many messages a second, from this member or in this room"
	case sfu.RefusedNoRoom:
		m.Code, m.Message = protocol.ErrWrongState, "this seat is in no room yet"
	case sfu.RefusedNobody:
		m.Code, m.Message = protocol.ErrNotFound, "no other member has that participant id"
	}
	return m
}

func sampleMessage(e sfu.Sample) protocol.Sample {
	return protocol.Sample{
		Participant: protocol.ParticipantID(e.Seat.Participant), Generation: e.Seat.Generation,
		UplinkBitrate: e.UplinkBitrate, UplinkLoss: e.UplinkLoss,
		DownlinkBitrate: e.DownlinkBitrate, DownlinkLoss: e.DownlinkLoss,
		Estimate: e.Estimate, Wanted: e.Wanted, Reason: e.Reason,
		RTTMS: float64(e.RTT.Microseconds()) / 1000, //nolint:mnd // microseconds to milliseconds
	}
}

// entry of the event log about a seat.
func (st *seat) entry(kind, cause string) LogEntry {
	e := LogEntry{
		Kind: kind, Cause: cause, User: st.sess.person.User, Session: st.sess.id,
		Room: st.room.ID, Participant: st.participant,
	}
	if st.call != nil {
		e.Call = st.call.ID
	}
	return e
}
