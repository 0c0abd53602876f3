package codec

import "testing"

// bitWriter builds descriptors field by field, as the specification lists them.
type bitWriter struct {
	b  []byte
	at int
}

func (w *bitWriter) put(fields ...[2]uint32) *bitWriter {
	for _, f := range fields { // width, value
		for i := int(f[0]) - 1; i >= 0; i-- {
			if w.at%8 == 0 {
				w.b = append(w.b, 0)
			}
			w.b[w.at/8] |= byte(f[1]>>i&1) << (7 - w.at%8)
			w.at++
		}
	}
	return w
}

// keyFrameL1T2 describes the first frame of a stream with two temporal
// layers: templates T0 key, T0 delta, T1; two decode targets; one chain.
func keyFrameL1T2(offset uint32) []byte {
	w := &bitWriter{}
	w.put([2]uint32{1, 1}, [2]uint32{1, 1}, [2]uint32{6, offset}, [2]uint32{16, 700})
	w.put([2]uint32{5, 0b10000})                                                 // a structure, nothing custom
	w.put([2]uint32{6, offset}, [2]uint32{5, 1})                                 // two targets
	w.put([2]uint32{2, 0}, [2]uint32{2, 1}, [2]uint32{2, 3})                     // layers: same, next temporal, end
	w.put([2]uint32{4, 0b1010}, [2]uint32{4, 0b1111}, [2]uint32{4, 0b0001})      // SS RR -D
	w.put([2]uint32{1, 0}, [2]uint32{1, 1}, [2]uint32{4, 1}, [2]uint32{1, 0})    // none; one
	w.put([2]uint32{1, 1}, [2]uint32{4, 0}, [2]uint32{1, 0})                     // one
	w.put([2]uint32{2, 0b10}, [2]uint32{4, 0}, [2]uint32{4, 2}, [2]uint32{4, 1}) // chain count 1 as ns(3); fdiffs
	w.put([2]uint32{1, 1}, [2]uint32{16, 639}, [2]uint32{16, 359})               // 640x360
	return w.b
}

func TestStructureReadsAKeyFrameAndWhatFollows(t *testing.T) {
	var s Structure
	var d Descriptor
	if s.Parse([]byte{0xc3, 0, 1}, &d) {
		t.Fatal("a frame without a structure was read")
	}
	if !s.Parse(keyFrameL1T2(60), &d) {
		t.Fatal("the key frame was refused")
	}
	if f := d.Frame(); !f.KeyStart() || !f.End || d.Number != 700 || !d.Independent || d.Active != 3 || !d.SwitchTo(1) {
		t.Fatalf("%+v", d)
	}
	if s.Targets() != 2 || s.Target(0) != (Layer{}) || s.Target(1) != (Layer{Temporal: 1}) {
		t.Fatalf("%d targets, %+v, %+v", s.Targets(), s.Target(0), s.Target(1))
	}
	if size, ok := s.Size(0); !ok || size != (Size{640, 360}) {
		t.Fatalf("size %v", size)
	}
	// Template 62 is the third: T1, not needed by the first target.
	if !s.Parse([]byte{0x80 | 62, 2, 189}, &d) {
		t.Fatal("the second frame was refused")
	}
	if d.KeyFrame || d.Independent || !d.Start || d.End || d.Layer != (Layer{Temporal: 1}) ||
		d.Indications[0] != NotPresent || d.Indications[1] != Discardable {
		t.Fatalf("%+v", d)
	}
	if s.Parse([]byte{63, 2, 190}, &d) {
		t.Fatal("an unknown template was read")
	}
}

func TestStructureReadsCustomFields(t *testing.T) {
	var s Structure
	var d Descriptor
	s.Parse(keyFrameL1T2(0), &d)
	w := &bitWriter{}
	w.put([2]uint32{1, 1}, [2]uint32{1, 0}, [2]uint32{6, 1}, [2]uint32{16, 9})
	w.put([2]uint32{5, 0b01111})            // active targets, all custom
	w.put([2]uint32{2, 0b01})               // active
	w.put([2]uint32{4, 0b1000})             // S -
	w.put([2]uint32{2, 0}, [2]uint32{8, 7}) // no dependency; chain
	if !s.Parse(w.b, &d) {
		t.Fatal("refused")
	}
	if d.Active != 1 || !d.HasActive || !d.SwitchTo(0) || d.Indications[1] != NotPresent || !d.Independent {
		t.Fatalf("%+v", d)
	}
}

func TestStructureIsKeptWhenTheNextIsCutOff(t *testing.T) {
	var s Structure
	var d Descriptor
	whole := keyFrameL1T2(0)
	s.Parse(whole, &d)
	before := s
	for n := range len(whole) {
		if n != 3 && s.Parse(whole[:n], &d) {
			t.Fatalf("%d of %d bytes were read", n, len(whole))
		}
	}
	if s != before {
		t.Fatal("the structure changed")
	}
}

func TestStructureAllocatesNothing(t *testing.T) {
	var s Structure
	var d Descriptor
	key := keyFrameL1T2(0)
	if got := testing.AllocsPerRun(100, func() {
		s.Parse(key, &d)
		s.Parse(key[:3], &d)
	}); got != 0 {
		t.Fatalf("%v allocations", got)
	}
}

func FuzzDescriptor(f *testing.F) {
	f.Add(keyFrameL1T2(0), []byte{1, 0, 2})
	f.Add(keyFrameL1T2(60), []byte{62, 2, 189, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var s Structure
		var d Descriptor
		for _, value := range [][]byte{first, second} {
			before := s
			if !s.Parse(value, &d) && s != before {
				t.Fatal("refused, and the structure changed")
			}
			if d.Layer.Spatial >= maxSpatial || d.Layer.Temporal >= maxTemporal || s.Targets() > MaxTargets {
				t.Fatalf("out of range: %+v", d)
			}
		}
	})
}

func BenchmarkDescriptorDelta(b *testing.B) {
	var s Structure
	var d Descriptor
	s.Parse(keyFrameL1T2(0), &d)
	for b.Loop() {
		s.Parse([]byte{0xc1, 0, 1}, &d)
	}
}
