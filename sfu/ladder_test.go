package sfu

import (
	"testing"

	"callrelay/sfu/internal/codec"
)

// A small camera has its whole picture in two encodings or in all, as browsers
// make only the first of them; asking for another is to begin its encoder anew.
func TestLadderHasTheSamePictureOnce(t *testing.T) {
	small, large := codec.Size{Width: 640, Height: 360}, codec.Size{Width: 1280, Height: 720}
	half, unknown := codec.Size{Width: 320, Height: 180}, codec.Size{}
	for name, row := range map[string]struct {
		sizes  [3]codec.Size
		coming [3]bool
		want   []int // ranks
		asked  [3]bool
	}{
		"all differ":                       {[3]codec.Size{half, small, large}, [3]bool{true, true, true}, []int{0, 1, 2}, [3]bool{}},
		"nothing is known":                 {[3]codec.Size{unknown, unknown, unknown}, [3]bool{}, []int{0, 1, 2}, [3]bool{}},
		"two alike, the first comes":       {[3]codec.Size{half, small, small}, [3]bool{true, true, false}, []int{0, 1}, [3]bool{}},
		"two alike, both come":             {[3]codec.Size{half, small, small}, [3]bool{true, true, true}, []int{0, 1, 2}, [3]bool{}},
		"two alike, the last comes":        {[3]codec.Size{half, small, small}, [3]bool{false, false, true}, []int{0, 2}, [3]bool{}},
		"all alike, the last comes":        {[3]codec.Size{half, half, half}, [3]bool{false, false, true}, []int{2}, [3]bool{}},
		"the whole of a small camera":      {[3]codec.Size{unknown, unknown, small}, [3]bool{false, false, true}, []int{0, 2}, [3]bool{}},
		"the whole of a tiny camera":       {[3]codec.Size{unknown, unknown, half}, [3]bool{false, false, true}, []int{2}, [3]bool{}},
		"the whole of a large camera":      {[3]codec.Size{unknown, unknown, large}, [3]bool{false, false, true}, []int{0, 1, 2}, [3]bool{}},
		"the middle of a large camera":     {[3]codec.Size{unknown, small, unknown}, [3]bool{false, true, false}, []int{0, 1, 2}, [3]bool{}},
		"all alike, the last stands still": {[3]codec.Size{half, half, half}, [3]bool{}, []int{2}, [3]bool{false, false, true}},
		"all alike, another comes":         {[3]codec.Size{half, half, half}, [3]bool{true, false, false}, []int{0}, [3]bool{false, false, true}},
	} {
		var list []choice
		for i, size := range row.sizes {
			list = append(list, choice{layer: &layer{rank: i, size: size}, size: size, coming: row.coming[i], asked: row.asked[i]})
		}
		guess(list)
		got := distinct(list)
		same := len(got) == len(row.want)
		for i := 0; same && i < len(got); i++ {
			same = got[i].layer.rank == row.want[i]
		}
		if !same {
			t.Errorf("%s: %d layers, want %v: %+v", name, len(got), row.want, got)
		}
	}
}
