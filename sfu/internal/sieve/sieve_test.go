package sieve

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/seq"
	"callrelay/sfu/internal/svctest"
)

// source turns an encoder's frames into what the sieve is told of packets.
type source struct {
	encoder     *svctest.Encoder
	descriptors *svctest.Descriptors // nil: by payload
	structure   codec.Structure
	targets     *Targets
	numbers     seq.Unwrapper
	vp8         bool
}

// told is one packet with the frame that it belongs to.
type told struct {
	frame  svctest.Frame
	packet Frame
	marker bool
}

func newSource(mode svctest.Mode, how string) *source {
	s := &source{encoder: svctest.New(mode), vp8: how == "vp8"}
	if how == "descriptor" {
		s.descriptors = svctest.NewDescriptors(mode, 65530)
	}
	return s
}

// picture of the encoder, in packets: two for each frame.
func (s *source) picture(key bool) (packets []told) {
	for _, f := range s.encoder.Next(key) {
		for part := range 2 {
			start, end := part == 0, part == 1
			packets = append(packets, told{f, s.tell(&f, start, end), end && f.Last})
		}
	}
	return packets
}

func (s *source) tell(f *svctest.Frame, start, end bool) (out Frame) {
	payload, kind := s.encoder.Mode.VP9(f, start, end), codec.VP9
	if s.vp8 {
		payload, kind = svctest.VP8(f, start), codec.VP8
	}
	d, ok := codec.Describe(kind, payload, end && f.Last)
	if !ok {
		panic("the payload is refused")
	}
	out = Frame{
		Start: d.Start, End: d.End, Key: d.KeyFrame, Spatial: d.Spatial, Temporal: d.Temporal,
		Sync: d.Sync, Up: d.Sync && !s.vp8, Inter: d.Inter, InterLayer: d.InterLayer,
		Time: uint32(f.Picture) * 3000, //nolint:gosec // small
	}
	if s.descriptors == nil {
		return out
	}
	var dd codec.Descriptor
	if !s.structure.Parse(s.descriptors.Value(f, start, end), &dd) {
		panic("the descriptor is refused")
	}
	if !s.targets.Same(&s.structure) {
		s.targets = NewTargets(&s.structure)
	}
	number, _ := s.numbers.Unwrap(dd.Number)
	active := dd.Active
	if !dd.HasActive {
		active = 1<<s.structure.Targets() - 1
	}
	out.Describe(&dd, s.targets, number, active)
	return out
}

// decoder has a model of what a decoder would do with what gets through.
type decoder struct {
	got map[int]bool // frames of which something came
}

// take a packet; it returns what is wrong with it.
func (d *decoder) take(f *svctest.Frame) error {
	for _, n := range f.Needs {
		if !d.got[n] {
			return fmt.Errorf("frame %d (S%d T%d) came without frame %d that it needs", f.Number, f.Spatial, f.Temporal, n)
		}
	}
	d.got[f.Number] = true
	return nil
}

// ways in which streams tell of their layers.
func ways() (list []struct {
	mode svctest.Mode
	how  string
},
) {
	for _, m := range svctest.Modes() {
		for _, how := range []string{"descriptor", "vp9", "vp8"} {
			if how != "vp8" || m.Spatial == 1 {
				list = append(list, struct {
					mode svctest.Mode
					how  string
				}{m, how})
			}
		}
	}
	return list
}

// Whatever is asked for and whenever, nothing gets through that needs what was
// left out, and each picture's last packet has the marker.
func TestSieveNeverForwardsAFrameWhoseDependenciesWereLeftOut(t *testing.T) {
	for _, way := range ways() {
		t.Run(way.mode.Name+" by "+way.how, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s, d := newSource(way.mode, way.how), decoder{map[int]bool{}}
				var sieve Sieve
				sieve.Begin(drawCut(t))
				for range rapid.IntRange(1, 120).Draw(t, "pictures") {
					packets := s.picture(rapid.IntRange(0, 15).Draw(t, "key") == 0)
					change := rapid.IntRange(-20, len(packets)-1).Draw(t, "change")
					last, marked := -1, -1
					for i := range packets {
						if i == change {
							sieve.Want(drawCut(t))
						}
						p := &packets[i]
						pass, marker := sieve.Sift(&p.packet)
						if !pass {
							continue
						}
						if err := d.take(&p.frame); err != nil {
							t.Fatal(err)
						}
						if last = i; marker || p.marker {
							if marked >= 0 {
								t.Fatalf("picture %d has two markers", p.frame.Picture)
							}
							marked = i
						}
					}
					if last != marked {
						t.Fatalf("picture %d ends with packet %d and has the marker on %d", packets[0].frame.Picture, last, marked)
					}
				}
			})
		})
	}
}

func drawCut(t *rapid.T) Cut {
	if rapid.Bool().Draw(t, "all") {
		return All()
	}
	return Cut{
		rapid.Uint8Range(0, 2).Draw(t, "spatial"),
		rapid.Uint8Range(0, 2).Draw(t, "temporal"),
	}
}

// What is asked for gets through, and no more: at the latest after the next
// key picture.
func TestSieveForwardsExactlyWhatIsWanted(t *testing.T) {
	for _, way := range ways() {
		t.Run(way.mode.Name+" by "+way.how, func(t *testing.T) {
			for from := range 3 {
				for to := range 3 {
					s := newSource(way.mode, way.how)
					var sieve Sieve
					sieve.Begin(Cut{uint8(from), uint8(from)}) //nolint:gosec // small
					feed(s, &sieve, 9, false)
					sieve.Want(Cut{uint8(to), uint8(to)}) //nolint:gosec // small
					feed(s, &sieve, 9, false)
					feed(s, &sieve, 2, true)
					if sieve.Waiting() {
						t.Errorf("from %d to %d: it waits after a key picture", from, to)
					}
					for _, f := range feed(s, &sieve, 12, false) {
						if f.spatial > to || f.temporal > to {
							t.Errorf("from %d to %d: S%d T%d got through", from, to, f.spatial, f.temporal)
						}
					}
					most := [2]int{min(to, way.mode.Spatial-1), min(to, way.mode.Temporal-1)}
					if got := feed(s, &sieve, 12, false); !has(got, most) {
						t.Errorf("from %d to %d: S%d T%d did not get through", from, to, most[0], most[1])
					}
				}
			}
		})
	}
}

type passed struct{ spatial, temporal int }

func has(list []passed, layer [2]int) bool {
	for _, f := range list {
		if f == (passed{layer[0], layer[1]}) {
			return true
		}
	}
	return false
}

// feed pictures and return the frames that got through.
func feed(s *source, sieve *Sieve, pictures int, key bool) (list []passed) {
	for range pictures {
		for _, p := range s.picture(key) {
			if pass, _ := sieve.Sift(&p.packet); pass && p.packet.Start {
				list = append(list, passed{p.frame.Spatial, p.frame.Temporal})
			}
		}
	}
	return list
}

func TestTemporalLayersSwitchWithoutAKeyFrame(t *testing.T) {
	for _, way := range ways() {
		if way.mode.Temporal < 2 {
			continue
		}
		t.Run(way.mode.Name+" by "+way.how, func(t *testing.T) {
			s := newSource(way.mode, way.how)
			var sieve Sieve
			sieve.Begin(Cut{everything, 0})
			feed(s, &sieve, 8, false)
			top := uint8(way.mode.Temporal - 1) //nolint:gosec // small
			sieve.Want(Cut{everything, top})
			feed(s, &sieve, 8, false)
			if !has(feed(s, &sieve, 4, false), [2]int{0, int(top)}) && !way.mode.KeyOnly {
				t.Errorf("T%d is not back after two periods", top)
			}
			sieve.Want(Cut{everything, 0})
			feed(s, &sieve, 4, false)
			if got := feed(s, &sieve, 4, false); has(got, [2]int{0, int(top)}) {
				t.Errorf("T%d still gets through", top)
			}
		})
	}
}

func TestSpatialLayersGoDownAtOnceWhereTheyNeedEachOtherAlways(t *testing.T) {
	for _, how := range []string{"descriptor", "vp9"} {
		s := newSource(svctest.Mode{Name: "L3T3", Spatial: 3, Temporal: 3}, how)
		var sieve Sieve
		sieve.Begin(Cut{2, 2})
		feed(s, &sieve, 9, false)
		sieve.Want(Cut{0, 2})
		feed(s, &sieve, 4, false)
		if sieve.Have().Spatial != 0 || sieve.Waiting() {
			t.Errorf("by %s: S%d gets through, waiting %v", how, sieve.Have().Spatial, sieve.Waiting())
		}
	}
}

func TestSieveWaitsForAKeyFrameToGoUpOrDownWhereOnlyKeysJoinLayers(t *testing.T) {
	for _, how := range []string{"descriptor", "vp9"} {
		s := newSource(svctest.Mode{Name: "L3T3_KEY", Spatial: 3, Temporal: 3, KeyOnly: true}, how)
		var sieve Sieve
		sieve.Begin(Cut{1, 2})
		feed(s, &sieve, 9, false)
		for _, f := range feed(s, &sieve, 8, false) {
			if f.spatial != 1 {
				t.Errorf("by %s: S%d gets through for nothing", how, f.spatial)
			}
		}
		for _, want := range []uint8{2, 0} {
			sieve.Want(Cut{want, 2})
			feed(s, &sieve, 8, false)
			if !sieve.Waiting() || sieve.Have().Spatial == want {
				t.Errorf("by %s: to S%d without a key frame", how, want)
			}
			feed(s, &sieve, 1, true)
			if sieve.Waiting() || sieve.Have().Spatial != want {
				t.Errorf("by %s: S%d after a key frame, want S%d", how, sieve.Have().Spatial, want)
			}
			feed(s, &sieve, 8, false)
		}
	}
}

// An encoder that begins anew may number its frames from below.
func TestSieveGoesOnWhenFramesAreNumberedAnew(t *testing.T) {
	s := newSource(svctest.Modes()[1], "descriptor")
	var sieve Sieve
	sieve.Begin(All())
	feed(s, &sieve, 300, false)
	again := newSource(svctest.Modes()[1], "descriptor")
	again.numbers.Unwrap(64_000)
	again.encoder = s.encoder
	again.descriptors = svctest.NewDescriptors(svctest.Modes()[1], 60_000)
	feed(again, &sieve, 1, true)
	if got := feed(again, &sieve, 8, false); len(got) != 8 {
		t.Errorf("%d of 8 frames get through", len(got))
	}
}

func TestActiveTargetsAreToldWhereSomeAreLeftOut(t *testing.T) {
	s := newSource(svctest.Mode{Name: "L3T3", Spatial: 3, Temporal: 3}, "descriptor")
	var sieve Sieve
	sieve.Begin(All())
	p := s.picture(true)
	sieve.Sift(&p[0].packet)
	if got := sieve.Active(&p[0].packet); got != 0 {
		t.Errorf("with all layers the mask is %b", got)
	}
	sieve.Begin(Cut{1, 1})
	p = s.picture(true)
	sieve.Sift(&p[0].packet)
	if got := sieve.Active(&p[0].packet); got != 0b000011011 {
		t.Errorf("the mask for S1 T1 is %b", got)
	}
}

// A network loses, repeats and reorders packets; the sieve's decisions stay
// the same for all packets of a frame.
func TestSieveDecidesOnceForAFrameWhateverTheNetworkDoes(t *testing.T) {
	for _, way := range ways() {
		if way.how != "descriptor" {
			continue
		}
		t.Run(way.mode.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := newSource(way.mode, way.how)
				var sieve Sieve
				sieve.Begin(drawCut(t))
				var late []told
				fate := map[int]bool{}
				take := func(p *told) {
					pass, _ := sieve.Sift(&p.packet)
					if before, known := fate[p.frame.Number]; known && before != pass {
						t.Fatalf("frame %d: %v, then %v", p.frame.Number, before, pass)
					}
					fate[p.frame.Number] = pass
				}
				for i := range rapid.IntRange(1, 60).Draw(t, "pictures") {
					for k, p := range s.picture(rapid.IntRange(0, 15).Draw(t, "key") == 0) {
						switch op := rapid.IntRange(0, 9).Draw(t, "op"); {
						case i == 0 && k == 0, op > 1:
							take(&p)
						case op == 1:
							late = append(late, p)
						}
					}
					if rapid.IntRange(0, 3).Draw(t, "arrives") == 0 {
						for k := range late {
							take(&late[k])
						}
						late = nil
					}
					if rapid.IntRange(0, 9).Draw(t, "changes") == 0 {
						sieve.Want(drawCut(t))
					}
				}
			})
		})
	}
}

func FuzzSieve(f *testing.F) {
	s := newSource(svctest.Mode{Name: "L3T3", Spatial: 3, Temporal: 3}, "descriptor")
	key := svctest.New(s.encoder.Mode).Next(true)
	f.Add(s.descriptors.Value(&key[0], true, false), []byte{0xc1, 0, 1}, uint16(0x1234))
	f.Fuzz(func(_ *testing.T, structure, bytes []byte, wants uint16) {
		var st codec.Structure
		var d codec.Descriptor
		var numbers seq.Unwrapper
		var targets *Targets
		var sieve Sieve
		sieve.Begin(Cut{uint8(wants & 7), uint8(wants >> 3 & 7)})
		for i, value := range [][]byte{structure, bytes, structure, bytes, bytes} {
			sieve.Want(Cut{uint8(wants >> (i + 3) & 7), uint8(wants >> i & 7)})
			frame := Frame{Time: uint32(i / 2), Start: i%2 == 0, Spatial: uint8(wants >> i & 7), Temporal: uint8(i)} //nolint:gosec // small
			if st.Parse(value, &d) {
				if !targets.Same(&st) {
					targets = NewTargets(&st)
				}
				number, _ := numbers.Unwrap(d.Number)
				frame.Describe(&d, targets, number, d.Active)
			}
			sieve.Sift(&frame)
			sieve.Active(&frame)
			sieve.Waiting()
			sieve.Have()
		}
	})
}

func TestSieveAllocatesNothing(t *testing.T) {
	s := newSource(svctest.Mode{Name: "L3T3", Spatial: 3, Temporal: 3}, "descriptor")
	var packets []told
	for range 100 {
		packets = append(packets, s.picture(false)...)
	}
	var sieve Sieve
	sieve.Begin(Cut{1, 1})
	if got := testing.AllocsPerRun(10, func() {
		for i := range packets {
			sieve.Sift(&packets[i].packet)
			sieve.Active(&packets[i].packet)
		}
	}); got != 0 {
		t.Errorf("%v allocations", got)
	}
}

func BenchmarkSieve(b *testing.B) {
	s := newSource(svctest.Mode{Name: "L3T3", Spatial: 3, Temporal: 3}, "descriptor")
	packets := s.picture(true)
	for range 100 {
		packets = append(packets, s.picture(false)...)
	}
	var sieve Sieve
	sieve.Begin(Cut{1, 1})
	for i := range b.N {
		sieve.Sift(&packets[i%len(packets)].packet)
	}
}
