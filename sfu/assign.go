package sfu

import "slices"

// offered is one publication of a room as somebody else sees it.
type offered struct {
	publication   *publication
	muted         bool
	width, height int // where it is shown
}

func (o offered) binding() binding { return binding(o) }

// wishes are what decides about one participant's slots.
type wishes struct {
	audioSlots, videoSlots int
	have                   plan      // what the slots carry now
	offered                []offered // of the others, newest first
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
	sounds := w.wantedSounds()
	out := plan{audio: make([]binding, w.audioSlots), video: make([]binding, w.videoSlots)}
	if who := w.pairParticipant(videos); who != "" {
		if len(out.audio) > 0 {
			top := sounds
			if w.crowded() {
				top = sounds[:min(len(sounds), len(out.audio))]
			}
			if rest := takePair(&out.audio[0], top, who, SourceMicrophone); len(rest) < len(top) {
				sounds = append(rest, sounds[len(top):]...)
			}
		}
		if len(out.video) > 0 {
			videos = takePair(&out.video[0], videos, who, SourceCamera)
		}
	}
	fill(out.audio, w.have.audio, sounds, w.firstSound(out.audio))
	fill(out.video, w.have.video, videos, 1)
	return out
}

// wantedVideos in order of importance.
func (w *wishes) wantedVideos() []offered {
	var out []offered
	if !w.chosen {
		return w.usualVideos()
	}
	prefer := slices.Clone(w.prefer)
	slices.SortStableFunc(prefer, func(a, b Preference) int { return b.Priority - a.Priority })
	for _, p := range prefer {
		if p.Width <= 0 && p.Height <= 0 {
			continue
		}
		for _, o := range w.offered {
			if o.publication.id == p.Publication && !o.publication.audio {
				o.width, o.height = p.Width, p.Height
				out = append(out, o)
			}
		}
	}
	return out
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

// wantedSounds: a shared screen's first, then open microphones: as their
// voices rank, then newest first.
func (w *wishes) wantedSounds() []offered {
	var out []offered
	for _, o := range w.offered {
		if o.publication.audio {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b offered) int {
		if d := soundRank(a) - soundRank(b); d != 0 {
			return d
		}
		return w.place(a) - w.place(b)
	})
	return out
}

// place of a voice in the ranking; what is not ranked comes last.
func (w *wishes) place(o offered) int {
	if at := slices.Index(w.voices, o.publication); at >= 0 {
		return at
	}
	return len(w.voices)
}

func soundRank(o offered) int {
	switch {
	case o.publication.source == SourceScreenAudio && !o.muted:
		return 0
	case !o.muted:
		return 1
	}
	return 2
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
	for _, b := range append(slices.Clone(w.have.audio[:min(1, len(w.have.audio))]), w.have.video[:min(1, len(w.have.video))]...) {
		for _, o := range w.offered {
			if b.publication != nil && b.publication.participant == o.publication.participant {
				return o.publication.participant
			}
		}
	}
	for _, o := range w.offered {
		if o.publication.source == SourceCamera || o.publication.source == SourceMicrophone {
			return o.publication.participant
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
