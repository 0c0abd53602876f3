package sfu

import (
	"fmt"
	"slices"
	"testing"
)

// cameras of members "a" to the last, newest first.
func cameras(last byte) (list []string) {
	for c := last; c >= 'a'; c-- {
		list = append(list, string(c)+"/camera")
	}
	return list
}

func TestServersChoiceShowsScreensThenWhoSpokeLastThenWhoIsShown(t *testing.T) {
	for name, row := range map[string]struct {
		offered []string
		spoke   []ParticipantID
		want    string // of three video slots
	}{
		"all fit":            {cameras('c'), []ParticipantID{"b"}, "[c/camera b/camera a/camera]"},
		"the newest":         {cameras('f'), nil, "[f/camera e/camera d/camera]"},
		"a speaker":          {cameras('f'), []ParticipantID{"a"}, "[a/camera f/camera e/camera]"},
		"newest speakers":    {cameras('f'), []ParticipantID{"a", "c", "b", "f"}, "[a/camera c/camera b/camera]"},
		"a speaker who left": {cameras('f'), []ParticipantID{"z", "a"}, "[a/camera f/camera e/camera]"},
		"a screen":           {append([]string{"b/screen"}, cameras('f')...), []ParticipantID{"a"}, "[a/camera b/screen f/camera]"},
		"cameras off":        {[]string{"-f/camera", "-e/camera", "d/camera", "c/camera", "b/camera", "a/camera"}, []ParticipantID{"f"}, "[d/camera c/camera b/camera]"},
	} {
		t.Run(name, func(t *testing.T) {
			w := wishes{audioSlots: 3, videoSlots: 3, offers: newOffers(offering(row.offered...), nil), spoke: row.spoke}
			if got := fmt.Sprint(names(assignAnew(w).video)); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

// A new speaker takes the place of one picture; all others stay where they are.
func TestServersChoiceMovesOnePictureForOneNewSpeaker(t *testing.T) {
	w := wishes{audioSlots: 3, videoSlots: 4, offers: newOffers(offering(cameras('h')...), nil)}
	w.have = assignAnew(w)
	for _, who := range []ParticipantID{"a", "b", "a", "c", "h", "d", "e", "b"} {
		w.spoke = slices.Insert(without(slices.Clone(w.spoke), who), 0, who)
		next := assignAnew(w)
		changed, found := 0, false
		for i, b := range next.video {
			if b.publication != w.have.video[i].publication {
				changed++
			}
			found = found || b.publication != nil && b.publication.participant == who
		}
		if changed > 1 || !found {
			t.Errorf("when %s spoke %v became %v", who, names(w.have.video), names(next.video))
		}
		w.have = next
	}
}

func TestServersChoiceKeepsPicturesWhenSomebodyJoins(t *testing.T) {
	w := wishes{audioSlots: 3, videoSlots: 4, offers: newOffers(offering(cameras('f')...), nil)}
	w.have = assignAnew(w)
	byName := map[PublicationID]*publication{}
	for _, o := range w.offers.all {
		byName[o.publication.id] = o.publication
	}
	more := offering(cameras('g')...)
	for i, o := range more {
		if known := byName[o.publication.id]; known != nil {
			more[i].publication = known
		}
	}
	before := fmt.Sprint(names(w.have.video))
	w.offers = newOffers(more, nil)
	if after := fmt.Sprint(names(assignAnew(w).video)); after != before {
		t.Errorf("%s became %s", before, after)
	}
}
