package scenarios

import (
	"context"
	"errors"
	"fmt"
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/internal/ledger"
	"callrelay/benchmarks/report"
)

// Webinar of so many members, of whom some send cameras with three layers and
// some of those talk; each page shows some of the cameras.
type Webinar struct {
	Members, Cameras, Talkers int
	// Shown cameras on each page: the first larger, the others small.
	Shown int
	// MaxPicture from joining to the first of a picture, 95 of 100; 0 demands nothing.
	MaxPicture time.Duration
}

// UsualWebinar is the one that benchmarks/README.md tells of.
func UsualWebinar(members int) Webinar {
	return Webinar{Members: members, Cameras: min(20, members-1), Talkers: min(10, members-1), Shown: min(9, members-2), MaxPicture: time.Second}
}

// Rooms that it is run as.
func (w Webinar) Rooms() RoomsConfig {
	return RoomsConfig{
		Name: fmt.Sprintf("webinar of %d", w.Members), Rooms: 1, Members: w.Members, Publishers: w.Cameras, webinar: &w,
	}
}

const (
	webinarLayers = 3
	webinarVoices = 3 // audio slots of a page
)

// tileSize of the place where a page shows its n-th camera.
func tileSize(n int) (width, height int) {
	if n == 0 {
		return 640, 360
	}
	return 320, 180
}

// Shower is a Member that can say what its page shows.
type Shower interface {
	Show(ctx context.Context, cameras []Member) error
}

// Show implements Shower.
func (p person) Show(ctx context.Context, cameras []Member) error {
	var tiles []client.Tile
	for i, c := range cameras {
		other, ok := c.(person)
		if !ok {
			return errors.New("a member of another server")
		}
		width, height := tileSize(i)
		tiles = append(tiles, client.Tile{Seat: other.Seat, Width: width, Height: height})
	}
	return p.Person.Show(ctx, tiles)
}

// show lets a guest choose among the cameras that are there.
func (g *gathering) show(ctx context.Context, p *guest) error {
	shower, ok := p.Member.(Shower)
	if !ok {
		return errors.New("this server is not told what a page shows")
	}
	var cameras []Member
	shown := map[uint32]bool{}
	g.mu.Lock()
	n := len(g.cameras)
	for i := range n {
		c := g.cameras[(i+int(p.number()))%n]
		if c.number() != p.number() && len(cameras) < g.config.webinar.Shown {
			cameras = append(cameras, c.Member)
			shown[c.number()] = true
		}
	}
	p.shows = shown
	g.mu.Unlock()
	return shower.Show(ctx, cameras)
}

// gatherWebinar: first those with cameras, whose pages show each other then,
// and the others after them.
func (g *gathering) gatherWebinar(ctx context.Context) {
	c := g.config
	inParallel(c.Publishers, c.AtATime, func(i int) { g.enter(ctx, 0, i) })
	speakers := append([]*guest(nil), g.cameras...)
	inParallel(len(speakers), c.AtATime, func(i int) {
		if err := g.show(ctx, speakers[i]); err != nil {
			g.failed.add("show", err)
		}
	})
	inParallel(c.Members-c.Publishers, c.AtATime, func(i int) { g.enter(ctx, 0, c.Publishers+i) })
}

// allShown tells whether all pages are sent all cameras that they show.
func (g *gathering) allShown() bool {
	for _, p := range g.people {
		for _, c := range g.cameras {
			if p.shows[c.number()] && p.Gets(c.Member, client.Video) != client.Carried {
				return false
			}
		}
	}
	return true
}

// settleWebinar notes what one member got.
func (g *gathering) settleWebinar(w *report.Webinar, p *guest, heard map[client.Stream]*ledger.Heard, judged window) {
	pictures := map[uint32]bool{}
	var sound, sent float64
	for stream, h := range heard {
		if stream.Source == client.Audio {
			sound += float64(h.Account.Delivered)
			sent = max(sent, float64(judged.to[stream]-judged.from[stream]))
			continue
		}
		pictures[stream.Sender] = true
		if !p.shows[stream.Sender] {
			w.NotShown += h.Account.Delivered
		}
	}
	for number := range p.shows {
		camera := client.Stream{Sender: number, Source: client.Video}
		if !pictures[number] && judged.after[p.number()][camera] != client.Paused {
			w.Missing++
		}
	}
	if sent > 0 {
		w.VoicesMost = max(w.VoicesMost, sound/sent)
	}
}
