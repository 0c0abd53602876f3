package scenarios

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/internal/watch"
	"callrelay/benchmarks/report"
)

// RoomsConfig of people who are in rooms for a while.
type RoomsConfig struct {
	// Name of the scenario, for the report.
	Name string
	// Rooms at once, each with so many Members, the first Publishers of whom
	// send; the others only watch.
	Rooms, Members, Publishers int
	// AudioOnly or VideoOnly publishers.
	AudioOnly, VideoOnly bool
	Duration             time.Duration // of steady state
	// AtATime people join.
	AtATime int
	// Full receivers open every packet and ask for what is missing; light ones
	// count by the clear headers, and cost the generator a fraction.
	Full bool
	Seed uint64
	// Shrink the pictures' width and height so many times, and their bytes by
	// the square of it; 0 is not at all.
	Shrink int
	// Still publishers send nothing: what idle participants cost.
	Still bool

	webinar *Webinar
}

// Viewers: one camera, so many watch.
func Viewers(n int) RoomsConfig {
	return RoomsConfig{Name: fmt.Sprintf("1 to %d viewers", n), Rooms: 1, Members: n + 1, Publishers: 1, VideoOnly: true}
}

// Pairs: so many rooms of two, with sound and picture.
func Pairs(n int) RoomsConfig {
	return RoomsConfig{Name: fmt.Sprintf("%d rooms of two", n), Rooms: n, Members: 2, Publishers: 2}
}

// Meeting of so many, all to all, with sound and picture.
func Meeting(n int) RoomsConfig {
	return RoomsConfig{Name: fmt.Sprintf("meeting of %d", n), Rooms: 1, Members: n, Publishers: n}
}

// gathering is a run of it.
type gathering struct {
	target *Target
	config RoomsConfig
	crowd  *client.Crowd
	failed failures

	mu      sync.Mutex
	people  []*guest
	sending map[int]bool // rooms in which somebody sends
	cameras []*guest     // of a webinar
	// lastWindow is how many packets came in it; see flows.
	lastWindow float64
}

// guest is one person in one of the rooms.
type guest struct {
	Member
	config client.PeerConfig
	room   int
	shows  map[uint32]bool // whose cameras its page shows, in a webinar
	// expects the first packet soon: somebody was sending when it joined.
	expects bool
}

func (g *guest) number() uint32 { return g.config.Number }

// Rooms lets people join rooms, stay, and leave.
func Rooms(ctx context.Context, target Target, config RoomsConfig) (*report.Report, error) {
	target.Began = time.Now()
	r := newReport(config.Name, map[string]string{
		"rooms": fmt.Sprint(config.Rooms), "members": fmt.Sprint(config.Members), "publishers": fmt.Sprint(config.Publishers),
		"duration": config.Duration.String(), "full receivers": fmt.Sprint(config.Full), "joins at a time": fmt.Sprint(config.AtATime),
	})
	r.Rooms = &report.Rooms{Rooms: config.Rooms, Wanted: config.Rooms * config.Members}
	r.Server = &report.Server{}
	g := &gathering{target: &target, config: config, failed: failures{all: r.Errors}, sending: map[int]bool{}}
	if target.Front == nil {
		target.Front = Callrelay(target.URL)
	}
	before, metricsBefore, err := target.sample(ctx)
	if err != nil {
		return nil, err
	}
	r.Server.Before = before
	if !config.Full {
		if g.crowd, err = client.NewCrowd(target.Began); err != nil {
			return nil, err
		}
		defer g.crowd.Close()
	}
	judged, err := g.stay(ctx, r)
	g.leave()
	if err != nil {
		return nil, err
	}
	if err := target.settle(ctx, r.Server, metricsBefore); err != nil {
		return nil, err
	}
	if config.webinar != nil {
		r.Webinar = &report.Webinar{}
	}
	g.settle(r, judged)
	demandRooms(r)
	if config.webinar != nil {
		demandWebinar(r, config.webinar)
	}
	demandClean(r, &target)
	return r, nil
}

// window of each stream's numbers that are judged: from exclusive, to inclusive.
type window struct {
	from, to map[client.Stream]uint64
	// before and after the end of it: what each receiver was said to get.
	before, after carriage
}

// carriage of each stream, by receiver.
type carriage map[uint32]map[client.Stream]client.Carriage

// steady streams of a receiver: those that went on past the end.
func (w window) steady(receiver uint32) map[client.Stream]bool {
	all := map[client.Stream]bool{}
	for stream, how := range w.before[receiver] {
		all[stream] = how == client.Carried && w.after[receiver][stream] == client.Carried
	}
	return all
}

// lasts are the newest numbers of all streams.
func (g *gathering) lasts() map[client.Stream]uint64 {
	all := map[client.Stream]uint64{}
	for _, p := range g.people {
		for _, source := range client.Sources() {
			all[client.Stream{Sender: p.number(), Source: source}] = p.LastSent(source)
		}
	}
	return all
}

func (g *gathering) carriage() carriage {
	all := carriage{}
	for _, p := range g.people {
		all[p.number()] = map[client.Stream]client.Carriage{}
		for _, other := range g.people {
			if other == p || other.room != p.room {
				continue
			}
			for _, source := range client.Sources() {
				if other.config.Sends(source) {
					all[p.number()][client.Stream{Sender: other.number(), Source: source}] = p.Gets(other.Member, source)
				}
			}
		}
	}
	return all
}

// stay is all between coming and leaving.
func (g *gathering) stay(ctx context.Context, r *report.Report) (window, error) {
	began := time.Now()
	cpu, cpuErr := watch.CPU(g.target.PID)
	if g.config.webinar != nil {
		g.gatherWebinar(ctx)
	} else {
		g.gather(ctx)
	}
	r.Rooms.Joined, r.Rooms.SetUpSeconds = len(g.people), time.Since(began).Seconds()
	if used, err := watch.CPU(g.target.PID); err == nil && cpuErr == nil && len(g.people) > 0 {
		r.Rooms.CPUMillisJoin = report.Millis(used-cpu) / float64(len(g.people))
	}
	var people []sink
	for _, p := range g.people {
		people = append(people, p)
	}
	took, err := g.flow(ctx, people)
	if err != nil {
		return window{}, err
	}
	r.Rooms.FlowSeconds = took.Seconds()
	from := g.lasts()
	if err = steady(ctx, g.target, g.config.Duration, r.Server, people); err != nil {
		return window{}, err
	}
	w := window{from: from, to: g.lasts(), before: g.carriage()}
	rest := tail
	if !g.config.Full {
		rest = tail / 4 // nothing is asked for again
	}
	err = pause(ctx, rest)
	w.after = g.carriage()
	return w, err
}

// audioSlots that everybody offers: one for each of the others that sends.
func (g *gathering) audioSlots() int {
	if g.config.webinar != nil {
		return webinarVoices
	}
	return min(max(g.config.Publishers-1, 1), mostVoices)
}

// mostVoices is how many audio slots a server lets a page have.
const mostVoices = 8

// videoSlots that everybody offers.
func (g *gathering) videoSlots() int {
	if w := g.config.webinar; w != nil {
		return w.Shown
	}
	return max(g.config.Publishers-1, 1)
}

// gather lets all join: first those who send, so that the others find them.
func (g *gathering) gather(ctx context.Context) {
	c := g.config
	inParallel(c.Rooms*c.Publishers, c.AtATime, func(i int) { g.enter(ctx, i%c.Rooms, i/c.Rooms) })
	inParallel(c.Rooms*(c.Members-c.Publishers), c.AtATime, func(i int) { g.enter(ctx, i%c.Rooms, c.Publishers+i/c.Rooms) })
}

// enter lets one person join.
func (g *gathering) enter(ctx context.Context, room, member int) {
	ctx, cancel := context.WithTimeout(ctx, setUpTime)
	defer cancel()
	c := g.config
	number := uint32(room*c.Members + member + 1)
	run := fmt.Sprintf("load-%x", g.target.Began.UnixNano())
	config := client.PeerConfig{
		Number: number, Began: g.target.Began, Local: netip.AddrPortFrom(g.target.Local, 0), Seed: c.Seed + uint64(number),
		AudioOnly: c.AudioOnly, VideoOnly: c.VideoOnly, ReceiveOnly: member >= c.Publishers, Crowd: g.crowd, Shrink: c.Shrink, Still: c.Still,
		AudioSlots: g.audioSlots(), VideoSlots: g.videoSlots(), OpenSound: c.webinar == nil && c.Publishers-1 > g.audioSlots(),
	}
	if w := c.webinar; w != nil {
		config.Layers, config.VideoOnly = webinarLayers, member >= w.Talkers
	}
	g.mu.Lock()
	expects := g.sending[room]
	g.mu.Unlock()
	p, err := g.target.Front.Enter(ctx, Room{Name: fmt.Sprintf("%s-%d", run, room), Members: c.Members}, config)
	if err != nil {
		g.failed.add("enter", err)
		return
	}
	coming := &guest{Member: p, config: config, room: room, expects: expects}
	if c.webinar != nil && member >= c.Publishers {
		if err := g.show(ctx, coming); err != nil {
			g.failed.add("show", err)
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.people = append(g.people, coming)
	g.sending[room] = g.sending[room] || member < c.Publishers
	if c.webinar != nil && member < c.Publishers {
		g.cameras = append(g.cameras, coming)
	}
}

func (g *gathering) leave() {
	slices.SortFunc(g.people, func(a, b *guest) int { return cmp.Compare(a.number(), b.number()) })
	for _, p := range g.people {
		p.StopMedia()
	}
	inParallel(len(g.people), leaveAtATime, func(i int) { g.people[i].Leave() })
}

// leaveAtATime people leave.
const leaveAtATime = 16

// demandWebinar notes what one has to show beside.
func demandWebinar(r *report.Report, w *Webinar) {
	r.Demand("pictures that never came", float64(r.Webinar.Missing), 0)
	r.Demand("packets of what nobody shows", float64(r.Webinar.NotShown), 0)
	r.Demand("audio streams to a member", r.Webinar.VoicesMost, webinarVoices+0.1) // one may take another's place
	if w.MaxPicture > 0 {
		r.Demand("join to first picture, p95, ms", r.Webinar.JoinToPicture.P95, report.Millis(w.MaxPicture))
	}
}

// demandRooms notes what a run has to show.
func demandRooms(r *report.Report) {
	c := r.Rooms
	r.Demand("participants that failed", float64(c.Wanted-c.Joined), 0)
	r.Demand("silent streams", float64(c.Silent), 0)
	// Each datagram that this program was too slow to read is one of them.
	r.Demand("unexplained packets", max(float64(c.Audio.Unexplained+c.Video.Unexplained)-float64(c.Overflows), 0), 0)
	r.Demand("unmarked packets", float64(c.Unmarked), 0)
}
