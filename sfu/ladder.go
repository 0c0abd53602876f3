package sfu

import (
	"math"
	"time"

	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/estimate"
	"callrelay/sfu/internal/sieve"
)

// layerLate: a layer that was asked for so long ago and has not come, while
// another does, is one that the publisher can't send at present; so is one that
// came and has ceased.
const layerLate = 3 * time.Second

// choice is a layer that may be forwarded, as large as it really is and at
// the rate it really has; both are guessed from its neighbours until it has
// been seen.
type choice struct {
	layer   *layer
	cut     sieve.Cut // of the layers within it
	bitrate int64
	size    codec.Size
	coming  bool
	asked   bool // of its publisher, and not late
	late    bool
}

// ladder appends the publication's layers, the smallest picture first: those
// that are being sent and those that would be if somebody wanted them. One
// with layers within it is there with each size, and the smallest picture with
// lower frame rates: these go before it does.
func (p *publication) ladder(now time.Time, dst []choice) []choice {
	p.mu.Lock()
	defer p.mu.Unlock()
	var space [maxRIDs]choice
	layers, coming := space[:0], false
	for _, l := range p.layers {
		coming = coming || l.coming(now)
	}
	for _, l := range p.layers {
		c := choice{layer: l, cut: sieve.All(), bitrate: l.bitrate, size: l.size}
		if c.coming = l.coming(now); !c.coming {
			if l.rid == "" && p.demand.told.has(l.rank) {
				continue // the only one: either it comes or there is nothing
			}
			c.bitrate = 0
			if l.size.Width > 0 && l.rated > 0 {
				c.bitrate = min(l.rated, usualRate(l.size))
			}
			asked := p.demand.asked[l.rank%maxRIDs]
			told := p.demand.sure && p.demand.told.has(l.rank)
			c.late = coming && told && (l.last.After(asked) || now.Sub(asked) > layerLate)
			c.asked = told && !c.late
		} else if c.bitrate == 0 {
			c.bitrate = l.rated
		}
		layers = append(layers, c)
	}
	guess(layers)
	layers = distinct(layers)
	for i, c := range layers {
		if c.coming {
			dst = c.within(i == 0, dst)
		}
		dst = append(dst, c)
	}
	return dst
}

// distinct leaves one of neighbours that are the same picture, as a small
// camera's are: one that comes, else one that was asked for and only stands
// still, else the smaller in rank. To want another is to make the browser begin
// anew, for nothing.
func distinct(list []choice) []choice {
	out := list[:0]
	for _, c := range list {
		last := len(out) - 1
		switch {
		case last < 0 || c.size != out[last].size || c.coming && out[last].coming:
			out = append(out, c)
		case c.coming || c.asked && !out[last].coming && !out[last].asked:
			out[last] = c
		}
	}
	return out
}

// within appends what can be had of a layer beside the whole of it: each
// smaller picture, and of the smallest each lower frame rate.
func (c choice) within(smallest bool, dst []choice) []choice {
	p := &c.layer.parts
	add := func(cut sieve.Cut) {
		part := choice{layer: c.layer, cut: cut, bitrate: p.rate(cut), size: c.size}
		if p.spatial > 0 {
			part.size = c.layer.sizeOf(min(cut.Spatial, p.spatial), p.spatial)
		}
		if part.bitrate > 0 && part.bitrate < c.bitrate {
			dst = append(dst, part)
		}
	}
	all := sieve.All()
	for s := range p.spatial + 1 {
		spatial := all.Spatial
		if p.spatial > 0 {
			spatial = s
		}
		if s == 0 && smallest {
			for t := range p.temporal {
				add(sieve.Cut{Spatial: spatial, Temporal: t})
			}
		}
		if s < p.spatial {
			add(sieve.Cut{Spatial: spatial, Temporal: all.Temporal})
		}
	}
	return dst
}

// guess the sizes and rates that are not known: each layer has half the sides
// of the next, but for small cameras, and the rate goes with its pixels.
func guess(list []choice) {
	var space [maxRIDs]codec.Size
	sizes := space[:0]
	for i := range list {
		sizes = append(sizes, guessSize(list, i))
	}
	for i := range list {
		c := &list[i]
		if c.size = sizes[i]; c.bitrate == 0 {
			c.bitrate = usualRate(c.size)
		}
	}
}

// guessSize of a layer from the nearest above it that is known, else from one
// below.
func guessSize(list []choice, i int) codec.Size {
	for k := i; k < len(list); k++ {
		if size := list[k].size; size.Width > 0 {
			steps := k - i
			if k == len(list)-1 {
				steps = halvings(size, steps)
			}
			return codec.Size{Width: size.Width >> steps, Height: size.Height >> steps}
		}
	}
	for k := i - 1; k >= 0; k-- {
		if size := list[k].size; size.Width > 0 {
			return codec.Size{Width: size.Width << (i - k), Height: size.Height << (i - k)}
		}
	}
	scale := len(list) - 1 - i
	return codec.Size{Width: defaultWidth >> scale, Height: defaultHeight >> scale}
}

// halvings of the whole picture in so many layers below it: a page with a small
// camera gives the whole of it to as many of them as its browser would not make
// beside others (decision 0018).
func halvings(whole codec.Size, layers int) int {
	for _, least := range []int{960 * 540, 480 * 270} {
		if whole.Width*whole.Height < least && layers > 0 {
			layers--
		}
	}
	return layers
}

// usualRate that an encoder begins with, in bits per second: 1.5 Mbit/s for
// 1280 x 720, less than in proportion for less. It soon has a measured one.
func usualRate(s codec.Size) int64 {
	const full, rate, power = defaultWidth * defaultHeight, 1.5e6, 0.9
	return max(int64(rate*math.Pow(float64(s.Width*s.Height)/full, power)), estimate.MinBitrate)
}

// climb chooses among the layers for a place of the given size: what may be
// forwarded now, and the rank of one that is large enough but late. A viewer
// that is alone with one picture gets the layer for its size and no other:
// where the path is thin, its publisher is asked for less instead.
func climb(list []choice, video *estimate.Video, alone bool) (usable []choice, hoped ranks) {
	video.Layers = video.Layers[:0]
	for _, c := range list {
		video.Layers = append(video.Layers, estimate.Layer{Bitrate: c.bitrate, Width: c.size.Width, Height: c.size.Height})
	}
	if len(list) == 0 {
		return nil, 0
	}
	enough := video.Enough()
	switch {
	case list[enough].late:
		hoped = rankBit(list[enough].layer.rank)
	case alone:
		video.Layers = video.Layers[enough : enough+1]
		return list[enough : enough+1], 0
	}
	usable = list[:0]
	for i, c := range list {
		if !c.late {
			video.Layers[len(usable)] = video.Layers[i]
			usable = append(usable, c)
		}
	}
	video.Layers = video.Layers[:len(usable)]
	return usable, hoped
}
