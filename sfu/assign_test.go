package sfu

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// room of publications named "b/camera", newest first; a "-" before one is muted.
func offering(names ...string) (out []offered) {
	for _, name := range names {
		id := strings.TrimPrefix(name, "-")
		who, source, _ := strings.Cut(id, "/")
		audio, _ := Source(source).audio()
		out = append(out, offered{
			publication: &publication{id: PublicationID(id), participant: ParticipantID(who), source: Source(source), audio: audio},
			muted:       id != name,
		})
	}
	return out
}

// assignAnew ranks the sounds first, as a room does for all its members.
func assignAnew(w wishes) plan {
	w.offers = newOffers(w.offers.all, w.voices)
	return assign(w)
}

func TestAssignFillsThePairThenTheRest(t *testing.T) {
	all := offering("d/camera", "d/microphone", "c/camera", "-c/microphone", "b/screen_audio", "b/screen", "b/camera", "b/microphone")
	for name, row := range map[string]struct {
		offered      []offered
		audio, video int
		have         string // of an earlier assignment with everything offered: keep it
		prefer       []string
		chosen       bool
		want         string
	}{
		"nobody":            {nil, 1, 1, "", nil, false, "[-] [-]"},
		"call of two":       {all[6:], 1, 1, "", nil, false, "[b/microphone] [b/camera]"},
		"sound only":        {all[7:], 1, 1, "", nil, false, "[b/microphone] [-]"},
		"newest first":      {all, 1, 1, "", nil, false, "[d/microphone] [d/camera]"},
		"more slots":        {all, 3, 3, "", nil, false, "[d/microphone b/screen_audio b/microphone] [d/camera b/screen c/camera]"},
		"more than needed":  {all[6:], 3, 3, "", nil, false, "[b/microphone - -] [b/camera - -]"},
		"preferred":         {all, 2, 2, "", []string{"b/screen", "b/camera"}, true, "[b/microphone b/screen_audio] [b/camera b/screen]"},
		"nothing preferred": {all[6:], 1, 1, "", nil, true, "[b/microphone] [-]"},
		"unknown preferred": {all[6:], 1, 2, "", []string{"z/camera"}, true, "[b/microphone] [- -]"},
		"no slots":          {all, 0, 0, "", nil, false, "[] []"},
	} {
		t.Run(name, func(t *testing.T) {
			w := wishes{audioSlots: row.audio, videoSlots: row.video, offers: newOffers(row.offered, nil), chosen: row.chosen}
			for _, p := range row.prefer {
				w.prefer = append(w.prefer, Preference{Publication: PublicationID(p), Width: 320, Height: 180})
			}
			first := assignAnew(w)
			if got := fmt.Sprint(names(first.audio), " ", names(first.video)); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
			w.have = first
			if again := assignAnew(w); fmt.Sprint(names(again.audio), names(again.video)) != fmt.Sprint(names(first.audio), names(first.video)) {
				t.Errorf("assigned again it became %v %v", names(again.audio), names(again.video))
			}
		})
	}
}

func names(list []binding) []string {
	out := []string{}
	for _, b := range list {
		if b.publication == nil {
			out = append(out, "-")
		} else {
			out = append(out, string(b.publication.id))
		}
	}
	return out
}

func TestAThinPathIsDividedByWhatThePagePrefersAndNotByTheSlots(t *testing.T) {
	all := offering("d/camera", "c/camera", "b/screen", "b/camera")
	show := func(id string, width, height, priority int) Preference {
		return Preference{Publication: PublicationID(id), Width: width, Height: height, Priority: priority}
	}
	for name, row := range map[string]struct {
		have   []string // in slots already
		prefer []Preference
		spoke  []ParticipantID
		want   string
	}{
		"the screen, then as offered": {nil, nil, nil, "[b/screen d/camera c/camera b/camera]"},
		"who spoke last":              {nil, nil, []ParticipantID{"b", "c"}, "[b/screen b/camera c/camera d/camera]"},
		"the largest": {
			[]string{"d/camera", "c/camera", "b/camera"},
			[]Preference{show("d/camera", 320, 180, 0), show("c/camera", 320, 180, 0), show("b/camera", 1280, 720, 0)},
			nil, "[b/camera d/camera c/camera]",
		},
		"a screen before a larger camera": {
			nil, []Preference{show("c/camera", 1280, 720, 0), show("b/screen", 640, 360, 0)}, nil, "[b/screen c/camera]",
		},
		"by priority before all": {
			[]string{"b/screen", "c/camera", "d/camera"},
			[]Preference{show("b/screen", 1280, 720, 0), show("c/camera", 640, 360, 0), show("d/camera", 320, 180, 1)},
			nil, "[d/camera b/screen c/camera]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := wishes{audioSlots: 1, videoSlots: 4, offers: newOffers(all, nil), prefer: row.prefer, chosen: row.prefer != nil, spoke: row.spoke}
			w.have.video = make([]binding, 4)
			for i, id := range row.have {
				o, _ := w.offers.find(PublicationID(id))
				w.have.video[i] = o.binding()
			}
			got := slices.DeleteFunc(assignAnew(w).video, func(b binding) bool { return b.publication == nil })
			slices.SortFunc(got, func(a, b binding) int { return a.rank - b.rank })
			if s := fmt.Sprint(names(got)); s != row.want {
				t.Errorf("%s, want %s", s, row.want)
			}
		})
	}
}

func TestWishesOfADownlinkAreInTheOrderOfTheirRank(t *testing.T) {
	s := newSFU(t)
	d := downlinkOf(t, s, newWorker(s))
	for i, rank := range []int{2, 0, 1} {
		slot := newSlot(i, false, "x")
		newSubscription(d, slot, binding{publication: &publication{id: PublicationID(fmt.Sprint(rank))}, rank: rank})
		d.slots = append(d.slots, slot)
	}
	videos, wish := d.wish(time.Now())
	for i, v := range videos {
		if v.rank != i || wish.Videos[i].ID != v.serial {
			t.Errorf("video %d is of rank %d", i, v.rank)
		}
	}
}

func TestAssignLeavesWhatIsShownWhereItIs(t *testing.T) {
	old := offering("c/camera", "c/microphone", "b/camera", "b/microphone")
	w := wishes{audioSlots: 3, videoSlots: 3, offers: newOffers(old, nil)}
	w.have = assignAnew(w)
	w.offers = newOffers(append(offering("e/camera", "e/microphone"), old...), nil)
	got := assignAnew(w)
	if s := fmt.Sprint(names(got.audio), names(got.video)); s != "[c/microphone b/microphone e/microphone] [c/camera b/camera e/camera]" {
		t.Errorf("after a newcomer: %s", s)
	}
	left := append(offering("e/camera", "e/microphone"), old[:2]...)
	left[0].publication, left[1].publication = got.video[2].publication, got.audio[2].publication
	w.have, w.offers = got, newOffers(left, nil)
	if s := fmt.Sprint(names(assignAnew(w).audio), names(assignAnew(w).video)); s != "[c/microphone - e/microphone] [c/camera - e/camera]" {
		t.Errorf("after b left: %s", s)
	}
}

func TestAssignMovesNoPictureWithTheVoices(t *testing.T) {
	all := offering("e/camera", "e/microphone", "d/camera", "d/microphone", "c/camera", "c/microphone", "b/camera", "b/microphone")
	w := wishes{audioSlots: 2, videoSlots: 4, offers: newOffers(all, nil)}
	w.have = assignAnew(w)
	shown := fmt.Sprint(names(w.have.video))
	heard := map[string]bool{}
	for round := range 12 {
		w.voices = nil
		for i := range 4 {
			w.voices = append(w.voices, all[1+2*((round+i)%4)].publication)
		}
		w.have = assignAnew(w)
		if got := fmt.Sprint(names(w.have.video)); got != shown {
			t.Fatalf("round %d: %s became %s", round, shown, got)
		}
		heard[fmt.Sprint(names(w.have.audio))] = true
	}
	if len(heard) < 4 {
		t.Errorf("the voices hardly changed: %v", heard)
	}
}

func TestAssignGivesTheSlotsToThoseWhoSpeak(t *testing.T) {
	all := offering("f/microphone", "e/microphone", "d/microphone", "c/microphone", "b/screen_audio", "b/microphone", "b/camera")
	w := wishes{audioSlots: 3, videoSlots: 1, offers: newOffers(all, nil)}
	w.have = assignAnew(w)
	rank := func(names ...string) {
		w.voices = nil
		for _, n := range names {
			for _, o := range all {
				if o.publication.source == SourceMicrophone && string(o.publication.participant) == n {
					w.voices = append(w.voices, o.publication)
				}
			}
		}
	}
	for _, row := range []struct{ ranked, want string }{
		{"cdefb", "[c/microphone b/screen_audio d/microphone]"},
		{"ecdfb", "[c/microphone b/screen_audio e/microphone]"},
		{"cedfb", "[c/microphone b/screen_audio e/microphone]"},
	} {
		rank(strings.Split(row.ranked, "")...)
		w.have = assignAnew(w)
		if got := fmt.Sprint(names(w.have.audio)); got != row.want {
			t.Errorf("voices %s: %s, want %s", row.ranked, got, row.want)
		}
	}
}
