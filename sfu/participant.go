package sfu

// participant is a seat: what a member publishes and receives, whatever
// connection it has at the moment. Its fields are guarded by SFU.mu, but
// negotiating, which orders its offers.
type participant struct {
	id     ParticipantID
	worker *worker
	place  int // of what is counted of it

	negotiating chan struct{} // capacity 1: a lock that gives up with a context

	room       *room
	joined     bool // has been in a room before
	rights     Rights
	connection *connection
	sources    map[Source]*source
	prefer     []Preference
	chosen     bool

	audioSlots, videoSlots int
	plan                   plan
}

// source is a publication with what signalling said about it.
type source struct {
	publication *publication
	published   bool
	muted       bool
	since       uint64 // order of publishing, larger is newer
}

func (s *SFU) newParticipant(id ParticipantID) *participant {
	p := &participant{
		id:          id,
		worker:      s.workers[s.nextWorker%len(s.workers)],
		place:       s.nextWorker,
		negotiating: make(chan struct{}, 1),
		sources:     map[Source]*source{},
	}
	s.nextWorker++
	s.participants[id] = p
	return p
}

// source returns the record of a source, making it.
func (p *participant) source(s *SFU, name Source) *source {
	if have := p.sources[name]; have != nil {
		return have
	}
	audio, _ := name.audio()
	made := &source{publication: &publication{
		sfu:         s,
		id:          publicationID(p.id, name),
		participant: p.id,
		source:      name,
		audio:       audio,
		worker:      p.worker,
	}}
	made.publication.demandTimer.fire = made.publication.demandDue
	p.sources[name] = made
	return made
}

// published is how much there is of it that others might see.
func (p *participant) published() (n int) {
	for _, s := range p.sources {
		if s.published {
			n++
		}
	}
	return n
}

// setGates opens what may be forwarded and closes all else.
func (p *participant) setGates() {
	for _, s := range p.sources {
		on := s.published && !s.muted
		s.publication.setGate(on && p.room != nil && p.rights.Publish, on && p.room == nil && !p.joined)
	}
}
