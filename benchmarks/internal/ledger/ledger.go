package ledger

import (
	"maps"
	"slices"

	"callrelay/benchmarks/internal/client"
)

// Account of one stream, from a sender's source to a receiver, or of many
// added up: Sent = Delivered + LostUp + LostDown + DroppedByServer + Unexplained.
type Account struct {
	// Sent packets, from the first that the receiver got: what was sent before
	// is the business of the gate, not of this ledger.
	Sent      uint64 `json:"sent"`
	Delivered uint64 `json:"delivered"`
	// Repaired of the delivered had been lost on one of the two ways.
	Repaired uint64 `json:"repaired"`
	// LostUp and LostDown are known to have been lost on the sender's and on
	// the receiver's own network, and were not repaired.
	LostUp   uint64 `json:"lost_up"`
	LostDown uint64 `json:"lost_down"`
	// DroppedByServer were left out by the server on purpose: it closed the
	// gap in the receiver's numbers.
	DroppedByServer uint64 `json:"dropped_by_server"`
	// Unexplained is what is left.
	Unexplained uint64 `json:"unexplained"`
}

// Add another account.
func (a *Account) Add(b Account) {
	a.Sent += b.Sent
	a.Delivered += b.Delivered
	a.Repaired += b.Repaired
	a.LostUp += b.LostUp
	a.LostDown += b.LostDown
	a.DroppedByServer += b.DroppedByServer
	a.Unexplained += b.Unexplained
}

// Settle the account of one stream, of its numbers up to last. What the
// sender wrote later may still be under way.
func Settle(sent client.Sent, arrived map[uint64]client.Arrival, downLost map[client.Wire]bool, last uint64) Account {
	var account Account
	seqs := slices.Sorted(maps.Keys(arrived))
	for i, seq := range seqs {
		if seq > last {
			break
		}
		account.Sent++
		account.Delivered++
		if arrived[seq].Repaired || sent.Lost[seq] {
			account.Repaired++
		}
		g := gap{begin: seq, end: max(sent.Last, last) + 1, last: last, before: arrived[seq]}
		if i+1 < len(seqs) {
			g.end, g.after = seqs[i+1], arrived[seqs[i+1]]
		}
		if g.end > seq+1 {
			account.Add(settleGap(g, sent.Lost, downLost))
		}
	}
	return account
}

// gap between two packets that arrived; end itself did, unless after is
// empty, and then the gap is the stream's end. Numbers above last are not
// judged, but what came after them tells how the numbers went on.
type gap struct {
	begin, end, last uint64
	before, after    client.Arrival
}

func settleGap(g gap, upLost map[uint64]bool, downLost map[client.Wire]bool) Account {
	var account Account
	var open []uint64 // not lost on the way up
	for seq := g.begin + 1; seq < min(g.end, g.last+1); seq++ {
		account.Sent++
		if upLost[seq] {
			account.LostUp++
		} else {
			open = append(open, seq)
		}
	}
	// The server keeps the distances of the sender's numbers, unless it leaves
	// packets out and closes the gap, or begins anew in another slot.
	atEnd := g.after == client.Arrival{}
	straight := atEnd || g.after.SSRC == g.before.SSRC && g.after.Out-g.before.Out == g.end-g.begin
	if straight {
		for _, seq := range open {
			if downLost[client.Wire{SSRC: g.before.SSRC, Out: g.before.Out + seq - g.begin}] {
				account.LostDown++
			} else {
				account.Unexplained++
			}
		}
		return account
	}
	left := uint64(len(open))
	if g.after.SSRC == g.before.SSRC && g.after.Out > g.before.Out {
		for out := g.before.Out + 1; out < g.after.Out && left > 0; out++ {
			if downLost[client.Wire{SSRC: g.before.SSRC, Out: out}] {
				account.LostDown++
				left--
			}
		}
		if width := g.after.Out - g.before.Out; width < g.end-g.begin {
			account.DroppedByServer = min(left, g.end-g.begin-width)
			left -= account.DroppedByServer
		}
	}
	account.Unexplained += left
	return account
}
