package scenarios

import (
	"maps"
	"slices"
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/internal/ledger"
	"callrelay/benchmarks/report"
)

// settle makes the account of all packets, after all have left.
func (g *gathering) settle(r *report.Report, judged window) {
	c := r.Rooms
	delays := map[client.Source][]time.Duration{}
	var firsts, pictures []time.Duration
	wires := ledger.Wires{Sent: g.times(), After: judged.from, Last: judged.to}
	for _, p := range g.people {
		tally := p.Tally()
		c.Unmarked += tally.Unmarked
		c.Duplicates += tally.Duplicates
		c.ServerResends += tally.RepairPackets
		c.Overflows += tally.Overflows
		c.GeneratorLateMS = max(c.GeneratorLateMS, report.Millis(tally.Late))
		var heard map[client.Stream]*ledger.Heard
		if g.config.Full {
			heard = g.heardFull(p, tally, judged)
		} else {
			wires.Steady = judged.steady(p.number())
			heard = wires.Settle(tally.Wire)
		}
		for stream, h := range heard {
			if stream.Source == client.Audio {
				c.Audio.Add(h.Account)
			} else {
				c.Video.Add(h.Account)
			}
			kind := min(stream.Source, client.Video)
			delays[kind] = append(delays[kind], h.Delays...)
		}
		if r.Webinar != nil {
			g.settleWebinar(r.Webinar, p, heard, judged)
		} else {
			c.Silent += max(g.expected(p)-len(heard)-paused(judged.after[p.number()], heard), 0)
		}
		if first := firstOf(tally); p.expects && first > 0 {
			firsts = append(firsts, first-p.Joined())
		}
		if p.expects && tally.FirstPicture > 0 && p.config.ReceiveOnly {
			pictures = append(pictures, tally.FirstPicture-p.Joined())
		}
	}
	c.DelayBins = make([]int, report.Bins)
	for _, all := range delays {
		for _, d := range all {
			c.DelayBins[report.BinOf(d)]++
		}
	}
	c.AudioDelay, c.VideoDelay = report.SpreadOf(delays[client.Audio]), report.SpreadOf(delays[client.Video])
	c.JoinToFirst = report.SpreadOf(firsts)
	if r.Webinar != nil {
		r.Webinar.JoinToPicture = report.SpreadOf(pictures)
	}
}

// times of all that was sent.
func (g *gathering) times() func(client.Stream) ledger.Times {
	all := map[client.Stream]ledger.Times{}
	for _, p := range g.people {
		for _, source := range client.Sources() {
			if p.config.Sends(source) {
				first, micros := p.SentTimes(source)
				all[client.Stream{Sender: p.number(), Source: source}] = ledger.Times{First: first, Micros: micros}
			}
		}
	}
	return func(s client.Stream) ledger.Times { return all[s] }
}

// paused streams of which nothing was heard.
func paused(streams map[client.Stream]client.Carriage, heard map[client.Stream]*ledger.Heard) (n int) {
	for stream, how := range streams {
		if how == client.Paused && heard[stream] == nil {
			n++
		}
	}
	return n
}

// expected number of streams that somebody gets: what the others in the room
// send, as far as there are slots.
func (g *gathering) expected(p *guest) (n int) {
	if g.config.Still {
		return 0
	}
	var audio, video int
	for _, other := range g.people {
		if other != p && other.room == p.room {
			if other.config.Sends(client.Audio) {
				audio++
			}
			if other.config.Sends(client.Video) {
				video++
			}
		}
	}
	return min(audio, g.audioSlots()) + min(video, g.videoSlots())
}

// heardFull is the account of one who opens every packet.
func (g *gathering) heardFull(p *guest, tally *client.Tally, judged window) map[client.Stream]*ledger.Heard {
	all := map[client.Stream]*ledger.Heard{}
	steady := judged.steady(p.number())
	for _, other := range g.people {
		sender := other.Tally()
		for _, source := range client.Sources() {
			stream := client.Stream{Sender: other.number(), Source: source}
			if len(tally.Arrived[stream]) == 0 {
				continue
			}
			last := judged.to[stream]
			if !steady[stream] { // it ended where its last packet came
				last = min(last, slices.Max(slices.Collect(maps.Keys(tally.Arrived[stream]))))
			}
			account, waits := settleStream(sender, tally, stream, last)
			all[stream] = &ledger.Heard{Account: account, Delays: waits}
		}
	}
	return all
}

func firstOf(t *client.Tally) time.Duration {
	first := t.FirstWire
	for _, at := range t.FirstArrival {
		if first == 0 || at < first {
			first = at
		}
	}
	return first
}
