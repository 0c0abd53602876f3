package sfu

import (
	"cmp"
	"slices"
)

// usualVideos in order of importance, where the page leaves it to us: shared
// screens, then cameras of who had the floor last, then those that are shown
// already, then the newest. What is off comes last. With that order only
// somebody who takes the floor, or a screen, changes the pictures.
func (w *wishes) usualVideos() []offered {
	type ranked struct {
		offered
		rank, spoke, hidden int
	}
	var list []ranked
	for _, o := range w.offers.all {
		if !o.publication.audio && o.publication.participant != w.self {
			list = append(list, ranked{o, videoRank(o), w.spokeAt(o), w.hidden(o)})
		}
	}
	slices.SortStableFunc(list, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.spoke, b.spoke), cmp.Compare(a.hidden, b.hidden))
	})
	out := make([]offered, len(list))
	for i := range list {
		out[i] = list[i].offered
	}
	return out
}

func videoRank(o offered) int {
	switch {
	case o.muted:
		return 2
	case o.publication.source == SourceScreen:
		return 0
	}
	return 1
}

// spokeAt is the place among those who had the floor; who never had comes last.
func (w *wishes) spokeAt(o offered) int {
	if at := slices.Index(w.spoke, o.publication.participant); at >= 0 {
		return at
	}
	return len(w.spoke)
}

// hidden is 0 for what has a slot.
func (w *wishes) hidden(o offered) int {
	if slices.ContainsFunc(w.have.video, func(b binding) bool { return b.publication == o.publication }) {
		return 0
	}
	return 1
}

// usualPair is whose camera the pair's slot carries when not all videos can be
// shown: who has it, else the first who has no other slot, so that nobody is
// moved; empty without a camera.
func (w *wishes) usualPair(shown []offered) ParticipantID {
	var first, free ParticipantID
	for _, o := range shown {
		if o.publication.source != SourceCamera {
			continue
		}
		at := slices.IndexFunc(w.have.video, func(b binding) bool { return b.publication == o.publication })
		switch who := o.publication.participant; {
		case at == 0:
			return who
		case at < 0 && free == "":
			free = who
		case first == "":
			first = who
		}
	}
	return cmp.Or(free, first)
}
