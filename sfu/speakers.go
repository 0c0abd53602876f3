package sfu

import (
	"slices"
	"time"

	"callrelay/sfu/internal/speaker"
)

const (
	// listenEvery is how often it is decided who speaks, while anybody does.
	listenEvery = 100 * time.Millisecond
	// tellSpeakersEvery bounds how often the observer is told.
	tellSpeakersEvery = 300 * time.Millisecond
	// maxSpeakers are told at a time.
	maxSpeakers = 8
)

// speakers of a room. SFU.mu guards it but for the timer, which belongs to the
// worker; it is set only while somebody speaks.
type speakers struct {
	worker    *worker
	timer     timer
	following bool
	now       []ParticipantID // who speaks
	told      []ParticipantID // of whom the observer knows
	toldAt    time.Time
}

// speakUp has the publication's room follow who speaks. It runs on the
// publisher's worker.
func (p *publication) speakUp(time.Time) {
	s := p.sfu
	s.mu.Lock()
	defer s.mu.Unlock()
	who := s.participants[p.participant]
	if who == nil || who.room == nil || who.room.speakers.following {
		return
	}
	r := who.room
	r.speakers.following = r.speakers.worker.post(func(now time.Time) { s.listen(r, now) })
}

// listen decides who speaks in a room, tells it, and sets itself again while
// anybody does. It runs on the room's worker.
func (s *SFU) listen(r *room, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := &r.speakers
	if r.rank(now) {
		s.replan(r)
	}
	state.now = r.speaking(now)
	if !slices.Equal(state.now, state.told) && now.Sub(state.toldAt) >= tellSpeakersEvery {
		state.told, state.toldAt = state.now, now
		s.observe(SpeakersChanged{Room: r.id, Speakers: slices.Clone(state.now)})
	}
	if len(r.members) > 0 && len(state.now)+len(state.told) > 0 {
		state.worker.wheel.at(&state.timer, now.Add(listenEvery))
		return
	}
	state.following = false
	for _, m := range r.microphones() {
		m.mu.Lock()
		m.voice.followed = false
		m.mu.Unlock()
	}
}

// speaking lists who speaks now, as the voices rank.
func (r *room) speaking(now time.Time) []ParticipantID {
	var list []ParticipantID
	for _, m := range r.voices {
		m.mu.Lock()
		speaks := m.voice.meter.Heat(now) >= speaker.Speaking
		m.mu.Unlock()
		if speaks && len(list) < maxSpeakers {
			list = append(list, m.participant)
		}
	}
	return list
}

// microphones that are open, in no order.
func (r *room) microphones() (open []*publication) {
	for _, p := range r.members {
		if m := p.sources[SourceMicrophone]; m != nil && m.published && !m.muted && p.rights.Publish {
			open = append(open, m.publication)
		}
	}
	return open
}
