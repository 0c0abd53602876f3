package sfu

import (
	"cmp"
	"slices"
)

// offers are all publications of a room, made ready once for all its members.
type offers struct {
	all    []offered // newest first
	sounds []offered // as they rank
	index  map[PublicationID]int
	from   map[ParticipantID]bool // who offers something
}

// newOffers of what members publish, newest first, and their microphones as
// they rank.
func newOffers(all []offered, voices []*publication) *offers {
	o := &offers{
		all: all, sounds: rankSounds(all, voices),
		index: make(map[PublicationID]int, len(all)), from: make(map[ParticipantID]bool, len(all)),
	}
	for i := range all {
		o.index[all[i].publication.id] = i
		o.from[all[i].publication.participant] = true
	}
	return o
}

func (o *offers) find(id PublicationID) (offered, bool) {
	if i, there := o.index[id]; there {
		return o.all[i], true
	}
	return offered{}, false
}

// first sounds of others than one, so many.
func (o *offers) first(n int, but ParticipantID) []offered {
	out := make([]offered, 0, min(n, len(o.sounds)))
	for _, s := range o.sounds {
		if len(out) == n {
			break
		}
		if s.publication.participant != but {
			out = append(out, s)
		}
	}
	return out
}

// rankSounds: a shared screen's first,
// then open microphones: as their voices rank, then newest first.
func rankSounds(all []offered, voices []*publication) []offered {
	place := make(map[*publication]int, len(voices))
	for i, p := range voices {
		place[p] = i
	}
	type ranked struct {
		offered
		rank, place int
	}
	var list []ranked
	for _, o := range all {
		if !o.publication.audio {
			continue
		}
		at, known := place[o.publication]
		if !known {
			at = len(voices)
		}
		list = append(list, ranked{o, soundRank(o), at})
	}
	slices.SortStableFunc(list, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.place, b.place))
	})
	out := make([]offered, len(list))
	for i := range list {
		out[i] = list[i].offered
	}
	return out
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
