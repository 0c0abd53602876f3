package codec

import (
	"bytes"
	"testing"
)

func TestDescribeRows(t *testing.T) {
	for name, c := range map[string]struct {
		kind    Kind
		payload []byte
		marker  bool
		want    Frame
		bad     bool
	}{
		"vp8 key frame, plain": {kind: VP8, payload: []byte{0x10, 0x00}, want: Frame{KeyFrame: true, Start: true}},
		"vp8 delta, end":       {kind: VP8, payload: []byte{0x10, 0x01}, marker: true, want: Frame{Start: true, End: true}},
		"vp8 not the start":    {kind: VP8, payload: []byte{0x00, 0x00}},
		"vp8 partition 1":      {kind: VP8, payload: []byte{0x11, 0x00}},
		"vp8 all fields": {
			kind: VP8, payload: []byte{0xb0, 0xf0, 0x81, 0x23, 0x45, 0xa7, 0x01},
			want: Frame{
				Start: true, Discardable: true, Temporal: 2, Sync: true,
				Picture: VP8Picture{Bits: 15, ID: 0x123, HasTL0: true, TL0: 0x45, idAt: 2, tl0At: 4},
			},
		},
		"vp8 7-bit id": {
			kind: VP8, payload: []byte{0x90, 0x80, 0x23, 0x00},
			want: Frame{KeyFrame: true, Start: true, Picture: VP8Picture{Bits: 7, ID: 0x23, idAt: 2}},
		},
		"vp8 cut in its id":         {kind: VP8, payload: []byte{0x90, 0x80, 0x81}, bad: true},
		"vp8 descriptor, no frame":  {kind: VP8, payload: []byte{0x90, 0x80, 0x01}, bad: true},
		"vp9 key frame":             {kind: VP9, payload: []byte{0x0c, 1}, want: Frame{KeyFrame: true, Start: true, End: true}},
		"vp9 key frame, middle":     {kind: VP9, payload: []byte{0x00, 1}, want: Frame{KeyFrame: true}},
		"vp9 delta":                 {kind: VP9, payload: []byte{0x48, 1}, want: Frame{Start: true, Inter: true}},
		"vp9 svc base of key":       {kind: VP9, payload: []byte{0xa8, 0x81, 2, 0x00, 9, 1}, want: Frame{KeyFrame: true, Start: true}},
		"vp9 svc upper of key":      {kind: VP9, payload: []byte{0xac, 0x81, 2, 0x03, 9, 1}, want: Frame{Start: true, End: true, Spatial: 1, InterLayer: true}},
		"vp9 svc upper, no inter":   {kind: VP9, payload: []byte{0xac, 0x05, 0x04, 9, 1}, want: Frame{Start: true, End: true, Spatial: 2}},
		"vp9 temporal sync":         {kind: VP9, payload: []byte{0xe8, 5, 0x50, 9, 1}, want: Frame{Start: true, Temporal: 2, Sync: true, Inter: true}},
		"vp9 flexible":              {kind: VP9, payload: []byte{0xf8, 5, 0x20, 2, 1}, want: Frame{Start: true, Temporal: 1, Inter: true}},
		"vp9 cut":                   {kind: VP9, payload: []byte{0xa8, 0x81, 2, 0x00, 9}, bad: true},
		"h264 idr":                  {kind: H264, payload: []byte{0x65, 0x88}, want: Frame{KeyFrame: true, Start: true}},
		"h264 idr, second slice":    {kind: H264, payload: []byte{0x65, 0x48}, want: Frame{KeyFrame: true}},
		"h264 slice":                {kind: H264, payload: []byte{0x41, 0x9a}, marker: true, want: Frame{Start: true, End: true}},
		"h264 slice, no reference":  {kind: H264, payload: []byte{0x01, 0x9a}, want: Frame{Start: true, Discardable: true}},
		"h264 sps":                  {kind: H264, payload: []byte{0x67, 1}, want: Frame{KeyFrame: true, Start: true}},
		"h264 pps alone":            {kind: H264, payload: []byte{0x68, 1}},
		"h264 stap-a sps pps":       {kind: H264, payload: []byte{0x78, 0, 2, 0x67, 1, 0, 1, 0x68}, want: Frame{KeyFrame: true, Start: true}},
		"h264 stap-a sei slice":     {kind: H264, payload: []byte{0x78, 0, 1, 0x06, 0, 2, 0x41, 0x9a}, want: Frame{Start: true}},
		"h264 stap-a cut":           {kind: H264, payload: []byte{0x78, 0, 9, 0x67, 1}, bad: true},
		"h264 stap-a of nothing":    {kind: H264, payload: []byte{0x78, 0, 0}, bad: true},
		"h264 fu-a idr, first":      {kind: H264, payload: []byte{0x7c, 0x85, 0x88}, want: Frame{KeyFrame: true, Start: true}},
		"h264 fu-a idr, later":      {kind: H264, payload: []byte{0x7c, 0x05, 0x88}, want: Frame{KeyFrame: true}},
		"h264 fu-a slice, last":     {kind: H264, payload: []byte{0x5c, 0x41, 0x88}, marker: true, want: Frame{End: true}},
		"h264 fu-a cut":             {kind: H264, payload: []byte{0x7c, 0x85}, bad: true},
		"h264 fu-b":                 {kind: H264, payload: []byte{0x7d, 0x85, 1}, bad: true},
		"av1 new sequence":          {kind: AV1, payload: []byte{0x18, 0x30, 1}, want: Frame{KeyFrame: true, Start: true}},
		"av1 sequence header, no N": {kind: AV1, payload: []byte{0x20, 2, 0x08, 0, 0x30, 1}, want: Frame{KeyFrame: true, Start: true}},
		"av1 delta, layers":         {kind: AV1, payload: []byte{0x10, 0x34, 0x48, 1}, marker: true, want: Frame{Start: true, End: true, Temporal: 2, Spatial: 1}},
		"av1 continued":             {kind: AV1, payload: []byte{0x90, 0x08, 1}},
		"av1 sizes on all":          {kind: AV1, payload: []byte{0x00, 1, 0x08, 2, 0x30, 1}, want: Frame{KeyFrame: true, Start: true}},
		"av1 size too large":        {kind: AV1, payload: []byte{0x00, 9, 0x08}, bad: true},
		"av1 size without end":      {kind: AV1, payload: []byte{0x00, 0xff, 0xff}, bad: true},
		"av1 header alone":          {kind: AV1, payload: []byte{0x18}, bad: true},
		"opus":                      {kind: Opus, payload: []byte{0x78}, want: Frame{Start: true, End: true}},
		"red":                       {kind: RED, payload: []byte{0x6f, 0x78}, want: Frame{Start: true, End: true}},
		"red cut":                   {kind: RED, payload: []byte{0xef, 0, 0, 9, 0x6f, 1}, bad: true},
		"other":                     {kind: Other, payload: []byte{1}, marker: true, want: Frame{Start: true, End: true}},
		"empty":                     {kind: Opus, bad: true},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := Describe(c.kind, c.payload, c.marker)
			if ok == c.bad || got != c.want {
				t.Fatalf("%+v, %v; want %+v", got, ok, c.want)
			}
		})
	}
}

func TestVP8PictureIsWrittenInPlace(t *testing.T) {
	payload := []byte{0xb0, 0xf0, 0x81, 0x23, 0x45, 0xa7, 0x01}
	f, _ := Describe(VP8, payload, false)
	f.Picture.Write(payload, 0xffff, 9)
	if want := []byte{0xb0, 0xf0, 0xff, 0xff, 9, 0xa7, 0x01}; !bytes.Equal(payload, want) {
		t.Fatalf("%x", payload)
	}
	short := []byte{0x90, 0x80, 0x23, 0x00}
	f, _ = Describe(VP8, short, false)
	f.Picture.Write(short, 0xff, 9)
	if want := []byte{0x90, 0x80, 0x7f, 0x00}; !bytes.Equal(short, want) {
		t.Fatalf("%x", short)
	}
	f.Picture.Write(short[:1], 1, 1) // a shorter copy is left alone
}

func TestREDPrimaryIsTheNewestBlock(t *testing.T) {
	payload := []byte{0xef, 0, 4, 2, 0xef, 0, 4, 1, 0x6f, 'a', 'a', 'b', 'c', 'c'}
	if got, ok := REDPrimary(payload); !ok || string(got) != "cc" {
		t.Fatalf("%q, %v", got, ok)
	}
}

func TestKindOfIgnoresCase(t *testing.T) {
	for mime, want := range map[string]Kind{
		"video/VP8": VP8, "video/vp9": VP9, "video/H264": H264, "video/AV1": AV1,
		"audio/opus": Opus, "audio/red": RED, "video/rtx": Other,
	} {
		if got := KindOf(mime); got != want {
			t.Errorf("%s is %d", mime, got)
		}
	}
}

func TestDescribeAllocatesNothing(t *testing.T) {
	payload := []byte{0xb0, 0xf0, 0x81, 0x23, 0x45, 0xa7, 0x01}
	if got := testing.AllocsPerRun(100, func() {
		for kind := Other; kind <= RED; kind++ {
			Describe(kind, payload, true)
		}
	}); got != 0 {
		t.Fatalf("%v allocations", got)
	}
}

func fuzzDescribe(f *testing.F, kind Kind, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, payload []byte, marker bool) {
		before := bytes.Clone(payload)
		got, ok := Describe(kind, payload, marker)
		if !ok && got != (Frame{}) {
			t.Fatalf("refused and described: %+v", got)
		}
		if got.Spatial > 7 || got.Temporal > 7 {
			t.Fatalf("layers out of range: %+v", got)
		}
		if p := got.Picture; p.Bits > 0 { // writing what was read changes nothing
			p.Write(payload, p.ID, p.TL0)
		}
		if !bytes.Equal(before, payload) {
			t.Fatal("the payload changed")
		}
	})
}

func FuzzVP8(f *testing.F) { fuzzDescribe(f, VP8, []byte{0xb0, 0xf0, 0x81, 0x23, 0x45, 0xa7, 0x01}) }
func FuzzVP9(f *testing.F) { fuzzDescribe(f, VP9, []byte{0xa8, 0x81, 2, 0x00, 9, 1}) }
func FuzzH264(f *testing.F) {
	fuzzDescribe(f, H264, []byte{0x78, 0, 2, 0x67, 1, 0, 1, 0x68}, []byte{0x7c, 0x85, 0x88})
}
func FuzzAV1(f *testing.F) { fuzzDescribe(f, AV1, []byte{0x20, 2, 0x08, 0, 0x30, 1}) }
func FuzzRED(f *testing.F) { fuzzDescribe(f, RED, []byte{0xef, 0, 4, 2, 0x6f, 'a', 'a', 'b'}) }

func BenchmarkDescribeVP8(b *testing.B) {
	payload := []byte{0xb0, 0xf0, 0x81, 0x23, 0x45, 0xa7, 0x01}
	for b.Loop() {
		Describe(VP8, payload, true)
	}
}
