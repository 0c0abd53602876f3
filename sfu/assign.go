package sfu

import (
	"cmp"
	"slices"
)

// offered is one publication of a room as somebody else sees it.
type offered struct {
	publication   *publication
	muted         bool
	width, height int // where it is shown
	priority      int // that the page gave it
	rank          int // its place where a thin path is divided; 0 is the first
}

func (o offered) binding() binding {
	return binding{publication: o.publication, muted: o.muted, width: o.width, height: o.height, rank: o.rank}
}

// wishes are what decides about one participant's slots.
type wishes struct {
	self                   ParticipantID
	audioSlots, videoSlots int
	have                   plan // what the slots carry now
	offers                 *offers
	prefer                 []Preference
	chosen                 bool            // prefer was given, and may be empty
	voices                 []*publication  // microphones, the most important first
	spoke                  []ParticipantID // who have had the floor, the newest first
}

// assign decides which publication each slot carries. It is pure. What has a
// slot keeps it as long as it is wanted; the first audio and the first video
// slot are a pair that always carries one participant's microphone and
// camera, so that lips and sound stay together in a call of two.
func assign(w wishes) plan {
	videos := w.wantedVideos()
	rank(videos)
	sounds := w.offers.first(w.audioSlots+1, w.self)
	out := plan{audio: make([]binding, w.audioSlots), video: make([]binding, w.videoSlots)}
	if who := w.pairParticipant(videos); who != "" {
		if len(out.audio) > 0 {
			sounds = w.takeSound(&out.audio[0], sounds, who)
		}
		if len(out.video) > 0 {
			videos = takePair(&out.video[0], videos, who, SourceCamera)
		}
	}
	fill(out.audio, w.have.audio, sounds, w.firstSound(out.audio))
	fill(out.video, w.have.video, videos, 1)
	return out
}

// takeSound moves the pair's microphone into its slot: any, or where voices
// have to share the slots, one of those that are heard.
func (w *wishes) takeSound(to *binding, sounds []offered, who ParticipantID) []offered {
	if rest := takePair(to, sounds[:min(len(sounds), w.audioSlots)], who, SourceMicrophone); to.publication != nil {
		return append(rest, sounds[min(len(sounds), w.audioSlots):]...)
	}
	if o, there := w.find(publicationID(who, SourceMicrophone)); there && !w.crowded() {
		*to = o.binding()
	}
	return takePair(&binding{}, sounds, who, SourceMicrophone)
}

// find what somebody else offers.
func (w *wishes) find(id PublicationID) (o offered, there bool) {
	o, there = w.offers.find(id)
	return o, there && o.publication.participant != w.self
}

// wantedVideos in order of importance.
func (w *wishes) wantedVideos() []offered {
	if !w.chosen {
		return w.usualVideos()
	}
	var out []offered
	prefer := slices.Clone(w.prefer)
	slices.SortStableFunc(prefer, func(a, b Preference) int { return b.Priority - a.Priority })
	for _, p := range prefer {
		if p.Width <= 0 && p.Height <= 0 {
			continue
		}
		if o, there := w.find(p.Publication); there && !o.publication.audio {
			o.width, o.height, o.priority = p.Width, p.Height, p.Priority
			out = append(out, o)
		}
	}
	return out
}

// rank videos, which are in order of importance, for the division of a thin
// path: by the priority that the page gave, then screens, which are read, then
// what is shown largest. Which slot something is in says nothing.
func rank(videos []offered) {
	order := make([]*offered, len(videos))
	for i := range videos {
		order[i] = &videos[i]
	}
	slices.SortStableFunc(order, func(a, b *offered) int {
		return cmp.Or(
			cmp.Compare(b.priority, a.priority),
			cmp.Compare(videoRank(*a), videoRank(*b)),
			cmp.Compare(b.width*b.height, a.width*a.height),
		)
	})
	for i, o := range order {
		o.rank = i
	}
}

// crowded tells whether the voices of the others have to share the slots, and
// it is known who speaks.
func (w *wishes) crowded() bool {
	return w.audioSlots > 1 && len(w.voices) > w.audioSlots
}

// firstSound is the first slot that sounds may fill: the pair's too, when the
// slots are shared and the pair's participant is not among those heard.
func (w *wishes) firstSound(slots []binding) int {
	if w.crowded() && slots[0].publication == nil {
		return 0
	}
	return 1
}

// pairParticipant: whose camera is preferred first; else who has the pair
// already, as long as its camera is to be shown; else the newest.
func (w *wishes) pairParticipant(videos []offered) ParticipantID {
	if !w.chosen && len(videos) > w.videoSlots && w.videoSlots > 0 {
		if who := w.usualPair(videos[:w.videoSlots]); who != "" {
			return who
		}
	}
	if w.chosen {
		for _, v := range videos {
			if v.publication.source == SourceCamera {
				return v.publication.participant
			}
		}
	}
	// The camera first: where voices share the slots, the pair's sound may be
	// somebody else's for a moment, and pictures are not to move with each voice.
	for _, list := range [][]binding{w.have.video, w.have.audio} {
		if len(list) > 0 && list[0].publication != nil && w.offers.from[list[0].publication.participant] {
			return list[0].publication.participant
		}
	}
	for _, o := range w.offers.all {
		p := o.publication
		if p.participant != w.self && (p.source == SourceCamera || p.source == SourceMicrophone) {
			return p.participant
		}
	}
	return ""
}

// takePair moves a participant's source from the list into a slot of the pair.
func takePair(to *binding, from []offered, who ParticipantID, source Source) []offered {
	for i, o := range from {
		if o.publication.participant == who && o.publication.source == source {
			*to = o.binding()
			return append(slices.Clone(from[:i]), from[i+1:]...)
		}
	}
	return from
}

// fill puts the first of wanted into the slots from first on, leaving those
// that have one already where they are.
func fill(slots, have []binding, wanted []offered, first int) {
	if len(slots) < 2 {
		return
	}
	free := slots[first:]
	wanted = wanted[:min(len(wanted), len(free))]
	var rest []offered
	for _, o := range wanted {
		at := slices.IndexFunc(have, func(b binding) bool { return b.publication == o.publication })
		if at >= first && at < len(slots) {
			slots[at] = o.binding()
		} else {
			rest = append(rest, o)
		}
	}
	for i := range free {
		if len(rest) > 0 && free[i].publication == nil {
			free[i], rest = rest[0].binding(), rest[1:]
		}
	}
}
