package client

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestMarkSurvivesAndDamageIsSeen(t *testing.T) {
	want := Mark{Sender: 77, Source: Video, Seq: 1<<40 + 5, Sent: 3 * time.Hour}
	payload := make([]byte, 100)
	want.Put(payload)
	if got, ok := ReadMark(payload); !ok || got != want {
		t.Errorf("got %+v, %v", got, ok)
	}
	for i := len(payload) - MarkSize; i < len(payload); i++ {
		damaged := bytes.Clone(payload)
		damaged[i] ^= 1
		if _, ok := ReadMark(damaged); ok {
			t.Errorf("damage at byte %d not seen", i)
		}
	}
	if _, ok := ReadMark(payload[:MarkSize-1]); ok {
		t.Error("read a mark from too few bytes")
	}
}

func FuzzReadMark(f *testing.F) {
	b := make([]byte, MarkSize)
	Mark{Sender: 1, Source: Audio, Seq: 2}.Put(b)
	f.Add(b)
	f.Fuzz(func(t *testing.T, payload []byte) {
		m, ok := ReadMark(payload)
		if !ok {
			return
		}
		again := make([]byte, MarkSize)
		m.Put(again)
		if !bytes.HasSuffix(payload, again) {
			t.Errorf("read %+v from % x", m, payload)
		}
	})
}

func FuzzParseWire(f *testing.F) {
	f.Add([]byte{0x90, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xbe, 0xde, 0, 1, 0x31, 0, 9, 0}, uint8(3))
	f.Fuzz(func(_ *testing.T, b []byte, id uint8) { parseWire(b, id) })
}

func TestParseWireFindsTheTransportWideNumber(t *testing.T) {
	b := []byte{0x90, 0x80 | 96, 0, 7, 0, 0, 0, 2, 0, 0, 0, 3, 0xbe, 0xde, 0, 2, 0x10, 'a', 0, 0x31, 1, 2, 0, 0, 'x'}
	p, ok := parseWire(b, 3)
	if !ok || p.seq != 7 || p.ssrc != 3 || p.payloadType != 96 || !p.hasNumber || p.transport != 0x0102 {
		t.Errorf("got %+v, %v", p, ok)
	}
	for name, other := range map[string][]byte{
		"RTCP": {0x80, 200, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3},
		"STUN": make([]byte, 20),
		"DTLS": {22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	} {
		if _, ok := parseWire(other, 3); ok {
			t.Errorf("%s taken for RTP", name)
		}
	}
}

func TestMissingIsAskedForAfterAWhileAndNotForEver(t *testing.T) {
	var m missing
	for _, s := range []uint64{10, 11, 14} {
		m.received(s, 0)
	}
	if got := m.due(nackReorder - 1); len(got) != 0 {
		t.Errorf("asked at once for %v", got)
	}
	m.received(12, nackReorder-1) // came late by itself
	if got := m.due(nackReorder); !slices.Equal(got, []uint16{13}) {
		t.Errorf("asked for %v, want 13", got)
	}
	if got := m.due(nackReorder + nackSpacing - 1); len(got) != 0 {
		t.Errorf("asked again too soon for %v", got)
	}
	tries := 1
	for now := nackReorder; now < 10*time.Second; now += 10 * time.Millisecond {
		tries += len(m.due(now))
	}
	if tries != nackTries {
		t.Errorf("asked %d times, want %d", tries, nackTries)
	}
	if len(m.holes) != 0 {
		t.Errorf("still holds %d", len(m.holes))
	}
}

func TestMissingIsPatientWhenRepairsTakeLong(t *testing.T) {
	var m missing
	for _, s := range []uint64{10, 12, 14} {
		m.received(s, 0)
	}
	if got := m.due(100 * time.Millisecond); len(got) != 2 {
		t.Fatalf("asked for %v", got)
	}
	m.received(11, 200*time.Millisecond) // after 100 ms
	if got := m.due(210 * time.Millisecond); !slices.Equal(got, []uint16{13}) {
		t.Errorf("asked for %v", got)
	}
	if got := m.due(409 * time.Millisecond); len(got) != 0 {
		t.Errorf("asked again within twice the time that repairs take: %v", got)
	}
}

func TestMissingFollowsNumbersOverTheirWrap(t *testing.T) {
	var m missing
	for _, s := range []uint16{65533, 65534, 1, 2} {
		m.received(m.extend(s), 0)
	}
	got := m.due(time.Second)
	slices.Sort(got)
	if !slices.Equal(got, []uint16{0, 65535}) {
		t.Errorf("asked for %v", got)
	}
}

func TestFramesHaveTheRateAndTheKeyFramesOfAnEncoder(t *testing.T) {
	v := vp8{random: rand.New(rand.NewPCG(1, 1))}
	bytesSent, keys := 0, []int{}
	const frames = 3000
	for i := range frames {
		now := time.Duration(i) * frameTime
		v.keyWanted = v.keyWanted || i == 2 || i == 1500
		sizes, key := v.frame(now)
		if key {
			keys = append(keys, i)
		}
		for _, s := range sizes {
			if s > videoPayload || s < MarkSize {
				t.Fatalf("packet of %d bytes", s)
			}
			bytesSent += s
		}
	}
	if rate := float64(bytesSent) * 8 * 30 / frames; rate < 1.15e6 || rate > 1.3e6 {
		t.Errorf("%.0f bit/s", rate)
	}
	if !slices.Equal(keys, []int{0, 10, 1500}) { // the one wanted at 2 waits for 300 ms
		t.Errorf("key frames at %v", keys)
	}
}
