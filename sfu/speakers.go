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
	list      []ParticipantID // who speaks now; the floor's first
	told      []ParticipantID // of whom the observer knows
	toldAt    time.Time
	floor     *publication // whose microphone has the floor, or had it last
	passed    time.Time    // when it got it
	// spoke are those who have had the floor, the newest first: whose pictures
	// are shown where there are more than slots.
	spoke []ParticipantID
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
	ranked := r.rank(now)
	warm, passed := state.decide(r.voices, now)
	if ranked || passed {
		s.replan(r)
	}
	if state.news() && now.Sub(state.toldAt) >= tellSpeakersEvery {
		state.told, state.toldAt = state.list, now
		s.observe(SpeakersChanged{Room: r.id, Speakers: slices.Clone(state.list)})
	}
	if len(r.members) > 0 && (warm || len(state.list)+len(state.told) > 0) {
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

// decide who speaks, given the open microphones as they rank, and who has the
// floor; passed tells that it is somebody else, warm that somebody may be
// about to speak.
func (f *speakers) decide(voices []*publication, now time.Time) (warm, passed bool) {
	f.list = nil
	scores := make([]speaker.Scores, len(voices))
	has := slices.Index(voices, f.floor)
	for i, m := range voices {
		m.mu.Lock()
		v := &m.voice.sound
		scores[i] = v.Scores(now)
		warm = warm || v.Heat(now) >= speaker.Warm
		if v.Speaks(now) && len(f.list) < maxSpeakers {
			f.list = append(f.list, m.participant)
		}
		m.mu.Unlock()
	}
	if has == speaker.Nobody || now.Sub(f.passed) >= speaker.FloorLasts {
		if next := speaker.Floor(scores, has); next != has {
			f.floor, f.passed, passed = voices[next], now, true
			f.spoke = slices.Insert(without(f.spoke, f.floor.participant), 0, f.floor.participant)
		}
	}
	if f.floor != nil {
		if at := slices.Index(f.list, f.floor.participant); at > 0 {
			f.list = slices.Insert(slices.Delete(f.list, at, at+1), 0, f.floor.participant)
		}
	}
	return warm, passed
}

// news tells whether the observer would learn something: who speaks, or who of
// them is first, but not in which order the others follow.
func (f *speakers) news() bool {
	if len(f.list) != len(f.told) {
		return true
	}
	for i, p := range f.list {
		if i == 0 && f.told[0] != p || !slices.Contains(f.told, p) {
			return true
		}
	}
	return false
}

// forget somebody who has left the room.
func (f *speakers) forget(p ParticipantID) {
	f.spoke = without(f.spoke, p)
	if f.floor != nil && f.floor.participant == p {
		f.floor = nil
	}
}

func without(list []ParticipantID, p ParticipantID) []ParticipantID {
	return slices.DeleteFunc(list, func(other ParticipantID) bool { return other == p })
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
