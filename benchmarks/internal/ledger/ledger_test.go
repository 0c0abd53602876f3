package ledger

import (
	"testing"

	"callrelay/benchmarks/internal/client"
)

// arrivals of numbers at the same distance from the receiver's own.
func arrivals(offset uint64, seqs ...uint64) map[uint64]client.Arrival {
	all := map[uint64]client.Arrival{}
	for _, s := range seqs {
		all[s] = client.Arrival{SSRC: 7, Out: s + offset}
	}
	return all
}

func merge(maps ...map[uint64]client.Arrival) map[uint64]client.Arrival {
	all := map[uint64]client.Arrival{}
	for _, m := range maps {
		for k, v := range m {
			all[k] = v
		}
	}
	return all
}

func set[K comparable](keys ...K) map[K]bool {
	all := map[K]bool{}
	for _, k := range keys {
		all[k] = true
	}
	return all
}

func out(n uint64) client.Wire { return client.Wire{SSRC: 7, Out: n} }

func TestEveryPacketIsSettledOnce(t *testing.T) {
	for name, row := range map[string]struct {
		arrived map[uint64]client.Arrival
		up      map[uint64]bool
		down    map[client.Wire]bool
		want    Account
	}{
		"all arrive":                   {arrivals(100, 1, 2, 3, 4), nil, nil, Account{Sent: 4, Delivered: 4}},
		"before the gate is not sent":  {arrivals(100, 3, 4), nil, nil, Account{Sent: 2, Delivered: 2}},
		"lost up":                      {arrivals(100, 1, 3, 4), set[uint64](2), nil, Account{Sent: 4, Delivered: 3, LostUp: 1}},
		"lost up and repaired":         {arrivals(100, 1, 2, 3, 4), set[uint64](2), nil, Account{Sent: 4, Delivered: 4, Repaired: 1}},
		"lost down":                    {arrivals(100, 1, 3, 4), nil, set(out(102)), Account{Sent: 4, Delivered: 3, LostDown: 1}},
		"lost down at the end":         {arrivals(100, 1, 2, 3), nil, set(out(104)), Account{Sent: 4, Delivered: 3, LostDown: 1}},
		"another's loss explains none": {arrivals(100, 1, 3, 4), nil, set(out(103), out(101)), Account{Sent: 4, Delivered: 3, Unexplained: 1}},
		"gone at the end":              {arrivals(100, 1, 2), nil, nil, Account{Sent: 4, Delivered: 2, Unexplained: 2}},
		"server closes the gap":        {merge(arrivals(100, 1), arrivals(98, 4)), nil, nil, Account{Sent: 4, Delivered: 2, DroppedByServer: 2}},
		"closed gap with a loss in it": {merge(arrivals(100, 1), arrivals(99, 4)), nil, set(out(102)), Account{Sent: 4, Delivered: 2, LostDown: 1, DroppedByServer: 1}},
		"closed gap and one missing":   {merge(arrivals(100, 1), arrivals(99, 4)), nil, nil, Account{Sent: 4, Delivered: 2, DroppedByServer: 1, Unexplained: 1}},
	} {
		got := Settle(client.Sent{First: 1, Last: 5, Lost: row.up}, row.arrived, row.down, 4)
		if got != row.want {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, row.want)
		}
		if got.Sent != got.Delivered+got.LostUp+got.LostDown+got.DroppedByServer+got.Unexplained {
			t.Errorf("%s: does not add up: %+v", name, got)
		}
	}
}

func TestWhatIsStillUnderWayIsNotJudged(t *testing.T) {
	got := Settle(client.Sent{First: 1, Last: 9}, arrivals(0, 1, 2, 3, 8), nil, 3)
	if want := (Account{Sent: 3, Delivered: 3}); got != want {
		t.Errorf("got %+v", got)
	}
}

func TestWhatComesAfterTheLastTellsWhetherTheServerClosedTheGap(t *testing.T) {
	arrived := merge(arrivals(100, 1, 2), arrivals(94, 9))
	got := Settle(client.Sent{First: 1, Last: 9}, arrived, nil, 5)
	if want := (Account{Sent: 5, Delivered: 2, DroppedByServer: 3}); got != want {
		t.Errorf("got %+v", got)
	}
}
