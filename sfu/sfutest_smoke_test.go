package sfu_test

import (
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

func TestTwoPeopleSeeAndHearEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 10 * time.Millisecond})
		defer r.Close()
		a := r.Connect("a", sfutest.Slots{Audio: 1, Video: 1})
		b := r.Connect("b", sfutest.Slots{Audio: 1, Video: 1})
		ctx := r.Context()
		for _, p := range []*sfutest.Peer{a, b} {
			r.Do(r.SFU.Publish(ctx, p.ID, sfu.SourceMicrophone, false))
			r.Do(r.SFU.Publish(ctx, p.ID, sfu.SourceCamera, false))
		}
		r.Until(5*time.Second, "both are connected", func() bool { return a.Connected() && b.Connected() })
		time.Sleep(2 * time.Second)
		if a.Arrived() != 0 || b.Arrived() != 0 {
			t.Fatal("packets crossed before the join")
		}
		all := sfu.Rights{Publish: true, Subscribe: true}
		r.Do(r.SFU.Join(ctx, "room", "a", all))
		r.Do(r.SFU.Join(ctx, "room", "b", all))
		time.Sleep(3 * time.Second)
		for _, p := range []*sfutest.Peer{a, b} {
			t.Logf("%s audio %+v", p.ID, brief(p.FirstSlot(true)))
			t.Logf("%s video %+v", p.ID, brief(p.FirstSlot(false)))
		}
		t.Logf("%+v", r.SFU.Stats())
		t.Logf("%+v", r.Slots("a"))
	})
}

func brief(r sfutest.Received) map[string]any {
	return map[string]any{"packets": r.Packets, "dup": r.Duplicates, "missing": r.Missing, "unexplained": r.Unexplained, "back": r.Backward, "tags": r.ByTag, "gap": r.LargestGap}
}
