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

func TestEachPacketOfSoundIsOpenedWhereVoicesTakeTurns(t *testing.T) {
	for _, row := range []struct {
		openSound   bool
		payloadType uint8
		all         bool
	}{{true, typeOpus, true}, {true, typeVP8, false}, {false, typeOpus, false}} {
		tally, opened := newTally(nil), 0
		for seq := range uint16(100) {
			if tally.light(wirePacket{ssrc: 1, seq: seq, payloadType: row.payloadType}, 0, row.openSound) {
				opened++
			}
		}
		if all := opened == 100; all != row.all {
			t.Errorf("%+v: opened %d of 100", row, opened)
		}
	}
}
