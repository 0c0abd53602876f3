package sfu

import (
	"fmt"
	"testing"
)

// One change in a room where everybody has a microphone and a camera on, and
// each page shows nine pictures.
func BenchmarkReplan(b *testing.B) {
	for _, members := range []int{20, 200, 1000} {
		b.Run(fmt.Sprint(members), func(b *testing.B) {
			s := &SFU{participants: map[ParticipantID]*participant{}, workers: []*worker{nil}}
			r := s.newRoom("room")
			for i := range members {
				p := s.newParticipant(ParticipantID(fmt.Sprint("p", i)))
				p.room, p.rights, p.audioSlots, p.videoSlots = r, Rights{true, true}, 3, 9
				for _, name := range []Source{SourceMicrophone, SourceCamera} {
					source := p.source(s, name)
					source.published, source.since = true, uint64(i) //nolint:gosec // small
					if name == SourceMicrophone {
						r.voices = append(r.voices, source.publication)
					}
				}
				for k := range 9 {
					p.prefer = append(p.prefer, Preference{Publication: publicationID(ParticipantID(fmt.Sprint("p", (i+k)%members)), SourceCamera), Width: 320, Height: 180})
				}
				p.chosen = true
				r.members[p.id] = p
			}
			b.ResetTimer()
			for range b.N {
				s.replan(r)
			}
		})
	}
}
