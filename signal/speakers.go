package signal

import (
	"callrelay/sfu"
	"callrelay/signal/protocol"
)

// speakersChanged keeps who speaks in a room and tells its members.
func (s *Server) speakersChanged(e sfu.SpeakersChanged) {
	room := s.rooms.byID[protocol.RoomID(e.Room)]
	if room == nil {
		return
	}
	m := protocol.Speakers{Room: room.ID, Speakers: make([]protocol.ParticipantID, len(e.Speakers))}
	for i, p := range e.Speakers {
		m.Speakers[i] = protocol.ParticipantID(p)
	}
	body, ok := s.encode(m) // once for all
	if !ok {
		return
	}
	room.speakers, room.speakersChanged = body, room.speakersChanged+1
	for _, st := range s.membersOf(room) {
		s.tellSpeakers(st)
	}
}

// tellSpeakers tells a member who speaks, unless it knows. One whose socket
// was lost or is slow, or who came later, is told with its next sample.
func (s *Server) tellSpeakers(st *seat) {
	room := st.room
	if !st.open || st.speakersSeen == room.speakersChanged {
		return
	}
	if st.sess.hint(room.speakers) {
		st.speakersSeen = room.speakersChanged
	}
}
