package client

import (
	"testing"
	"time"
)

func TestConnectionsOfOneParticipantReceiveTogetherWhatEachReceived(t *testing.T) {
	first, second, none := NewTally(), NewTally(), NewTally()
	first.Wire[1], first.FirstWire, first.WirePackets, first.Overflows = &WireStream{Count: 3}, 5*time.Second, 3, 1
	second.Wire[2], second.FirstWire, second.WirePackets, second.Unmarked = &WireStream{Count: 4}, 2*time.Second, 4, 2

	total := NewTally()
	for _, one := range []*Tally{first, none, second} {
		total.AddReceived(one)
	}

	if len(total.Wire) != 2 || total.Wire[1].Count != 3 || total.Wire[2].Count != 4 {
		t.Errorf("streams are %v", total.Wire)
	}
	if total.FirstWire != 2*time.Second {
		t.Errorf("the first packet came after %v", total.FirstWire)
	}
	if total.WirePackets != 7 || total.Overflows != 1 || total.Unmarked != 2 {
		t.Errorf("packets %d, overflows %d, unmarked %d", total.WirePackets, total.Overflows, total.Unmarked)
	}
}
