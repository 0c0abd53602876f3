package codec

import "testing"

func TestKeyFramesTellTheirSize(t *testing.T) {
	vp9 := (&bitWriter{}).put([2]uint32{2, 2}, [2]uint32{2, 0}, [2]uint32{2, 0}, [2]uint32{2, 0b10},
		[2]uint32{24, 0x498342}, [2]uint32{4, 0}, [2]uint32{16, 639}, [2]uint32{16, 359}, [2]uint32{8, 0}).b
	// 640 x 360: 40 x 23 macroblocks, four rows of pairs cut at the bottom.
	sps := (&bitWriter{}).put([2]uint32{8, 66}, [2]uint32{8, 0xe0}, [2]uint32{8, 31},
		[2]uint32{1, 1}, [2]uint32{1, 1}, [2]uint32{1, 1}, [2]uint32{1, 1}, // id, frame num, poc type and lsb: 0
		[2]uint32{3, 0b010}, [2]uint32{1, 0}, // one reference, no gaps
		[2]uint32{11, 40}, [2]uint32{9, 23}, [2]uint32{1, 1}, [2]uint32{1, 1}, [2]uint32{1, 1},
		[2]uint32{1, 1}, [2]uint32{1, 1}, [2]uint32{1, 1}, [2]uint32{5, 0b00101}, [2]uint32{4, 8}).b
	av1 := (&bitWriter{}).put([2]uint32{8, 0x08}, [2]uint32{5, 0}, [2]uint32{1, 0}, [2]uint32{1, 0}, [2]uint32{5, 0},
		[2]uint32{12, 0}, [2]uint32{5, 5}, [2]uint32{4, 9}, [2]uint32{4, 8}, [2]uint32{10, 639}, [2]uint32{9, 359}, [2]uint32{8, 0}).b
	for name, c := range map[string]struct {
		kind    Kind
		payload []byte
		want    Size
	}{
		"vp8":               {VP8, []byte{0x10, 0, 0, 0, 0x9d, 1, 0x2a, 0x80, 2, 0x68, 1}, Size{640, 360}},
		"vp8, scaled":       {VP8, []byte{0x10, 0, 0, 0, 0x9d, 1, 0x2a, 0x80, 0x42, 0x68, 0x81}, Size{640, 360}},
		"vp8, no startcode": {VP8, []byte{0x10, 0, 0, 0, 0x9d, 1, 0x2b, 0x80, 2, 0x68, 1}, Size{}},
		"vp8, no width":     {VP8, []byte{0x10, 0, 0, 0, 0x9d, 1, 0x2a, 0, 0, 0x68, 1}, Size{}},
		"vp8, cut":          {VP8, []byte{0x10, 0, 0, 0, 0x9d, 1, 0x2a, 0x80, 2, 0x68}, Size{}},
		"vp9":               {VP9, append([]byte{0x0c}, vp9...), Size{640, 360}},
		"vp9, structure":    {VP9, []byte{0x0a, 0x30, 1, 0x40, 0, 0xb4, 2, 0x80, 1, 0x68, 1}, Size{640, 360}},
		"vp9, groups":       {VP9, append([]byte{0x0a, 0x08, 1, 0x14, 1}, vp9...), Size{640, 360}},
		"vp9, bad":          {VP9, []byte{0x0a, 0x30, 1}, Size{}},
		"vp9, cut":          {VP9, append([]byte{0x0c}, vp9[:7]...), Size{}},
		"h264":              {H264, append([]byte{0x67}, sps...), Size{640, 360}},
		"h264, cut":         {H264, append([]byte{0x67}, sps[:6]...), Size{}},
		"av1":               {AV1, append([]byte{0x18}, av1...), Size{640, 360}},
		"av1, cut":          {AV1, append([]byte{0x18}, av1[:6]...), Size{}},
	} {
		t.Run(name, func(t *testing.T) {
			f, ok := Describe(c.kind, c.payload, true)
			if !ok || !f.KeyFrame || f.Size != c.want {
				t.Fatalf("%+v, %v; want %v", f, ok, c.want)
			}
		})
	}
}

func FuzzSize(f *testing.F) {
	f.Add([]byte{66, 0xe0, 31, 0xf4, 5, 1, 0xe8, 0x40, 0, 0, 3, 0})
	f.Add([]byte{0x82, 0x49, 0x83, 0x42, 0, 0x27, 0xf0, 0x16, 0x70})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, s := range []Size{sizeVP8(b), sizeVP9(b), sizeAV1(b), sizeH264(b)} {
			if s.Width < 0 || s.Height < 0 || s.Width > maxSide || s.Height > maxSide || (s.Width == 0) != (s.Height == 0) {
				t.Fatalf("size %v", s)
			}
		}
	})
}
