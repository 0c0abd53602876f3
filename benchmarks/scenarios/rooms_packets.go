package scenarios

import (
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/internal/ledger"
	"callrelay/benchmarks/report"
)

// settle makes the account of all packets, after all have left.
func (g *gathering) settle(c *report.Rooms, judged window) {
	delays := map[client.Source][]time.Duration{}
	var firsts []time.Duration
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
			heard = g.heardFull(p, tally, judged.to)
		} else {
			wires.Steady = judged.carried[p.number()]
			heard = wires.Settle(tally.Wire)
		}
		for stream, h := range heard {
			if stream.Source == client.Audio {
				c.Audio.Add(h.Account)
			} else {
				c.Video.Add(h.Account)
			}
			delays[stream.Source] = append(delays[stream.Source], h.Delays...)
		}
		c.Silent += max(g.expected(p)-len(heard), 0)
		if first := firstOf(tally); p.expects && first > 0 {
			firsts = append(firsts, first-p.Joined())
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

// expected number of streams that somebody gets: what the others in the room
// send, as far as there are slots.
func (g *gathering) expected(p *guest) (n int) {
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
func (g *gathering) heardFull(p *guest, tally *client.Tally, cutoffs map[client.Stream]uint64) map[client.Stream]*ledger.Heard {
	all := map[client.Stream]*ledger.Heard{}
	for _, other := range g.people {
		sender := other.Tally()
		for _, source := range client.Sources() {
			stream := client.Stream{Sender: other.number(), Source: source}
			if len(tally.Arrived[stream]) == 0 {
				continue
			}
			account, waits := settleStream(sender, tally, stream, cutoffs[stream])
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
