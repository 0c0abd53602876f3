package codec

import (
	"bytes"
	"testing"
)

func TestMaskTellsActiveTargetsAndChangesNothingElse(t *testing.T) {
	told := (&bitWriter{}).put([2]uint32{8, 0xc1}, [2]uint32{16, 9}, [2]uint32{5, 0b01100},
		[2]uint32{2, 0b11}, [2]uint32{4, 0b1011}).b
	for name, value := range map[string][]byte{
		"key frame": keyFrameL1T2(0), "short": {0xc1, 0, 1}, "with a mask": told,
		"with custom indications": (&bitWriter{}).put([2]uint32{8, 0xc1}, [2]uint32{16, 9}, [2]uint32{5, 0b00100}, [2]uint32{4, 0b1011}).b,
	} {
		t.Run(name, func(t *testing.T) {
			var before, after Structure
			var was, is Descriptor
			before.Parse(keyFrameL1T2(0), &was)
			if !before.Parse(value, &was) {
				t.Fatal("refused")
			}
			after = before
			out := was.Mask().Rewrite(nil, value, 4711, 0b01)
			if !after.Parse(out, &is) {
				t.Fatalf("%x became %x, which is refused", value, out)
			}
			if is.Number != 4711 || !is.HasActive || is.Active != 0b01 {
				t.Errorf("number %d, active %b (%v)", is.Number, is.Active, is.HasActive)
			}
			is.Number, is.HasActive, is.Active, is.mask = was.Number, was.HasActive, was.Active, was.mask
			if is != was || after != before {
				t.Errorf("%+v\nbecame\n%+v", was, is)
			}
			same := was.Mask().Rewrite(nil, value, was.Number, 0)
			if !bytes.Equal(same, value) {
				t.Errorf("%x became %x", value, same)
			}
		})
	}
}

func FuzzMask(f *testing.F) {
	f.Add(keyFrameL1T2(0), []byte{1, 0, 2}, uint16(7), uint32(1))
	f.Add(keyFrameL1T2(60), []byte{62, 2, 189, 0x78, 0xff, 0xff}, uint16(7), uint32(3))
	f.Fuzz(func(t *testing.T, first, second []byte, number uint16, active uint32) {
		var s Structure
		var d, again Descriptor
		if len(first) > maxDescriptor || len(second) > maxDescriptor || !s.Parse(first, &d) || !s.Parse(second, &d) {
			return
		}
		active &= 1<<s.Targets() - 1
		out := d.Mask().Rewrite(nil, second, number, active)
		if len(out) > maxDescriptor {
			t.Fatalf("%d bytes", len(out))
		}
		if !s.Parse(out, &again) || again.Number != number || again.Layer != d.Layer || again.Indications != d.Indications || again.Before != d.Before {
			t.Fatalf("%x became %x: %+v, %+v", second, out, d, again)
		}
		if active != 0 && len(second) < 200 && again.Active != active {
			t.Fatalf("active %b, want %b", again.Active, active)
		}
	})
}
