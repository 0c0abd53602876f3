package sfu

import (
	"slices"
	"time"

	"golang.org/x/time/rate"
)

// room is the participants who hear each other; guarded by SFU.mu. One that
// nobody is in does not exist.
type room struct {
	id       RoomID
	members  map[ParticipantID]*participant
	voices   []*publication // open microphones, the most important first
	speakers speakers
	// deliveries of lossy messages a second
	deliveries *rate.Limiter
}

func (s *SFU) newRoom(id RoomID) *room {
	r := &room{
		id: id, members: map[ParticipantID]*participant{},
		deliveries: rate.NewLimiter(lossyDeliveries, lossyDeliveries),
	}
	r.speakers.worker = s.workers[s.nextWorker%len(s.workers)]
	r.speakers.timer.fire = func(now time.Time) { s.listen(r, now) }
	return r
}

// replan decides anew what everybody's slots carry and hands each worker the
// plans that changed.
func (s *SFU) replan(r *room) {
	if r == nil {
		return
	}
	all := r.offers()
	for _, p := range r.members {
		s.replanOne(p, all)
	}
}

// replanFor somebody who comes, goes or has other rights: one who has published
// nothing changes nothing for the others.
func (s *SFU) replanFor(p *participant, r *room) {
	switch {
	case p.published() > 0:
		s.replan(r)
	case p.room == r:
		s.replanOne(p, r.offers())
	}
}

func (r *room) offers() *offers { return newOffers(r.offered(), r.voices) }

func (s *SFU) replanOne(p *participant, all *offers) {
	w := wishes{
		self: p.id, audioSlots: p.audioSlots, videoSlots: p.videoSlots,
		have: p.plan, offers: all, prefer: p.prefer, chosen: p.chosen,
	}
	if p.room != nil {
		w.voices, w.spoke = p.room.voices, p.room.speakers.spoke
	}
	if !p.rights.Subscribe {
		w.offers = &offers{}
	}
	s.setPlan(p, assign(w))
}

// setPlan hands a plan to the participant's worker if it is another one.
func (s *SFU) setPlan(p *participant, next plan) {
	if slices.Equal(next.audio, p.plan.audio) && slices.Equal(next.video, p.plan.video) {
		return
	}
	p.plan = next
	if c := p.connection; c != nil {
		p.worker.post(func(now time.Time) { c.downlink.carry(next, now) })
	}
}

// offered publications of all members, newest first.
func (r *room) offered() []offered {
	type aged struct {
		offered
		since uint64
	}
	var list []aged
	for _, p := range r.members {
		if !p.rights.Publish {
			continue
		}
		for _, s := range p.sources {
			if s.published {
				list = append(list, aged{offered{publication: s.publication, muted: s.muted}, s.since})
			}
		}
	}
	slices.SortFunc(list, func(a, b aged) int { return int(int64(b.since) - int64(a.since)) })
	out := make([]offered, len(list))
	for i, a := range list {
		out[i] = a.offered
	}
	return out
}

// workers of the members.
func (r *room) workers() []*worker {
	var out []*worker
	for _, p := range r.members {
		if !slices.Contains(out, p.worker) {
			out = append(out, p.worker)
		}
	}
	return out
}
