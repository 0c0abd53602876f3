package sfu

import (
	"cmp"
	"slices"
	"time"

	"callrelay/sfu/internal/rtpext"
	"callrelay/sfu/internal/speaker"
)

// rankEvery is how often one voice that is not heard may have the room's
// voices ranked anew.
const rankEvery = 60 * time.Millisecond

// unknownLevel in dB below overload, of a packet that does not say its own.
const unknownLevel = 35

// voice is what a microphone's publication keeps of its loudness; mu guards it.
type voice struct {
	sound    speaker.Voice
	heard    bool      // among the first of its room, and one more
	front    bool      // among the first: all others hear it
	ranked   time.Time // when it last asked for a ranking
	followed bool      // the room knows that somebody speaks
}

// hear takes the level of a packet of sound, and has the room's voices ranked
// when somebody speaks whom not everybody hears. mu is held.
func (p *publication) hear(d *description, b []byte, now time.Time) {
	if p.source != SourceMicrophone || !p.open || d.repaired {
		return
	}
	level := uint8(unknownLevel)
	if value, ok := d.rtp.Value(b, rtpext.AudioLevel); ok {
		if l, ok := rtpext.ReadLevel(value); ok {
			level = l.Decibels
		}
	}
	v := &p.voice
	v.sound.Hear(now, level)
	if v.sound.Heat(now) < speaker.Warm {
		return
	}
	if !v.followed {
		v.followed = true
		p.worker.post(p.speakUp)
	}
	if !v.front && now.Sub(v.ranked) >= rankEvery {
		v.ranked = now
		p.worker.post(p.rankVoices)
	}
}

// rankVoices of the publication's room. It runs on the publisher's worker.
func (p *publication) rankVoices(now time.Time) {
	s := p.sfu
	s.mu.Lock()
	defer s.mu.Unlock()
	if who := s.participants[p.participant]; who != nil && who.room != nil && who.room.rank(now) {
		s.replan(who.room)
	}
}

// rank the voices of a room; true if others are to be heard than before.
func (r *room) rank(now time.Time) (changed bool) {
	slots := 0
	for _, p := range r.members {
		slots = max(slots, p.audioSlots)
	}
	open := r.microphones()
	r.order(open)
	voices := make([]speaker.Standing, len(open))
	for i, p := range open {
		p.mu.Lock()
		voices[i] = speaker.Standing{Heat: p.voice.sound.Heat(now), Heard: p.voice.heard, Front: p.voice.front}
		p.mu.Unlock()
	}
	before := r.voices
	r.voices = make([]*publication, 0, len(open))
	for _, i := range speaker.Rank(voices) {
		r.voices = append(r.voices, open[i])
	}
	// One more than there are slots, as nobody hears himself: where all speak,
	// as in a call of two, that is everybody, and there is nothing to rank.
	all := len(r.voices) == len(r.members) && len(r.voices) <= slots+1
	for i, p := range r.voices {
		p.mu.Lock()
		p.voice.heard, p.voice.front = i <= slots, i < slots || all
		p.mu.Unlock()
	}
	return !sameFirst(before, r.voices, slots) || !sameFirst(before, r.voices, slots+1)
}

// sameFirst tells whether the first n of a and b are the same, in any order.
func sameFirst(a, b []*publication, n int) bool {
	a, b = a[:min(n, len(a))], b[:min(n, len(b))]
	if len(a) != len(b) {
		return false
	}
	for _, p := range a {
		if !slices.Contains(b, p) {
			return false
		}
	}
	return true
}

// order microphones as they were in the last ranking; those that are new come
// last.
func (r *room) order(open []*publication) {
	places := make(map[*publication]int, len(r.voices))
	for i, p := range r.voices {
		places[p] = i
	}
	place := func(p *publication) int {
		if at, known := places[p]; known {
			return at
		}
		return len(r.voices)
	}
	slices.SortFunc(open, func(a, b *publication) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.id, b.id))
	})
}
