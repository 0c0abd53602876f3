package scenarios

import (
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/internal/ledger"
	"callrelay/benchmarks/report"
)

// settlePackets makes the account of all packets, after all peers are closed.
func settlePackets(c *report.Calls, pairs []*pair, cutoffs map[client.Stream]uint64) {
	delays := map[client.Source][]time.Duration{}
	var toCallee, toCaller []time.Duration
	c.DelayBins = make([]int, report.Bins)
	for _, p := range pairs {
		tallies := [2]*client.Tally{p.caller.Peer.Tally(), p.callee.Peer.Tally()}
		for from, sender := range tallies {
			receiver := tallies[1-from]
			first := time.Duration(-1)
			for source := range sender.Sent[:client.Video+1] {
				stream := client.Stream{Sender: p.numbers[from], Source: client.Source(source)}
				if sender.Sent[source].Last < sender.Sent[source].First {
					continue // nothing was sent
				}
				account, waits := settleStream(sender, receiver, stream, cutoffs[stream])
				if account.Delivered == 0 {
					c.Silent++
					continue
				}
				addAccount(c, stream.Source, account)
				delays[stream.Source] = append(delays[stream.Source], waits...)
				if at := receiver.FirstArrival[stream]; first < 0 || at < first {
					first = at
				}
			}
			switch wait := first - p.accepted; {
			case first < 0:
			case from == 0:
				toCallee = append(toCallee, wait)
			default:
				toCaller = append(toCaller, wait)
			}
			addTally(c, sender)
		}
	}
	for _, all := range delays {
		for _, d := range all {
			c.DelayBins[report.BinOf(d)]++
		}
	}
	c.AudioDelay, c.VideoDelay = report.SpreadOf(delays[client.Audio]), report.SpreadOf(delays[client.Video])
	c.AcceptToCallee, c.AcceptToCaller = report.SpreadOf(toCallee), report.SpreadOf(toCaller)
	if delivered := c.Audio.Delivered + c.Video.Delivered; delivered > 0 {
		c.DuplicateShare = float64(c.Duplicates) / float64(delivered)
	}
	if c.VideoLostUp > 0 {
		c.ResendsPerLost = float64(c.Resends) / float64(c.VideoLostUp)
	}
}

// settleStream returns the account, and the delays of what was never lost.
func settleStream(sender, receiver *client.Tally, stream client.Stream, last uint64) (ledger.Account, []time.Duration) {
	sent, arrived := sender.Sent[stream.Source], receiver.Arrived[stream]
	delays := make([]time.Duration, 0, len(arrived))
	for seq, a := range arrived {
		if !a.Repaired && !sent.Lost[seq] && seq <= last {
			delays = append(delays, a.Delay)
		}
	}
	return ledger.Settle(sent, arrived, receiver.DownLost, last), delays
}

func addAccount(c *report.Calls, source client.Source, a ledger.Account) {
	if source == client.Audio {
		c.Audio.Add(a)
	} else {
		c.Video.Add(a)
	}
}

func addTally(c *report.Calls, t *client.Tally) {
	c.Duplicates += t.Duplicates
	c.WireDuplicates += t.WireDuplicates
	c.Unmarked += t.Unmarked
	c.VideoLostUp += len(t.Sent[client.Video].Lost)
	c.Resends += t.Sent[client.Video].Resends + t.Sent[client.Audio].Resends
	c.VideoLostDown += len(t.DownLost)
	c.ServerResends += t.RepairPackets
	c.Overflows += t.Overflows
	c.KeyFrameAsked += t.KeyFrameRequests
	c.GeneratorLateMS = max(c.GeneratorLateMS, report.Millis(t.Late))
}
