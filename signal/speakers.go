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
	room.speakers = make([]protocol.ParticipantID, len(e.Speakers))
	for i, p := range e.Speakers {
		room.speakers[i] = protocol.ParticipantID(p)
	}
	room.speakersChanged++
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
	body, ok := s.encode(protocol.Speakers{Room: room.ID, Speakers: room.speakers})
	if ok && st.sess.hint(body) {
		st.speakersSeen = room.speakersChanged
	}
}
