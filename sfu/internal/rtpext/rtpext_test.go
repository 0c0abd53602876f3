package rtpext

import (
	"bytes"
	"testing"
	"time"

	"github.com/pion/rtp"
	"pgregory.net/rapid"
)

func idsOf(mixed bool, numbers map[Extension]uint8) *IDs {
	ids := &IDs{Mixed: mixed}
	for e, id := range numbers {
		ids.Set(e.URI(), id)
	}
	return ids
}

func TestPacketsAreReadAsPionWritesThem(t *testing.T) {
	ids := idsOf(true, map[Extension]uint8{MID: 4, AudioLevel: 1, TransportSequence: 3, DependencyDescriptor: 9})
	for _, profile := range []uint16{rtp.ExtensionProfileOneByte, rtp.ExtensionProfileTwoByte} {
		in := &rtp.Packet{
			Header: rtp.Header{
				Version: 2, Marker: true, PayloadType: 111, SequenceNumber: 65535, Timestamp: 77, SSRC: 5,
				CSRC: []uint32{1, 2}, Extension: true, ExtensionProfile: profile, Padding: true, PaddingSize: 7,
			},
			Payload: []byte("hello"),
		}
		for id, value := range map[uint8][]byte{4: []byte("a0"), 1: {0x85}, 3: {1, 2}, 12: {9}} {
			if err := in.SetExtension(id, value); err != nil {
				t.Fatal(err)
			}
		}
		b, err := in.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		p, ok := Parse(b, ids)
		if want := (Header{true, 111, 65535, 77, 5}); !ok || p.Header != want || string(p.Payload(b)) != "hello" {
			t.Fatalf("%+v, %v, %q", p.Header, ok, p.Payload(b))
		}
		if mid, ok := p.Value(b, MID); !ok || string(mid) != "a0" {
			t.Errorf("mid %q", mid)
		}
		value, _ := p.Value(b, AudioLevel)
		if l, ok := ReadLevel(value); !ok || l != (Level{5, true}) {
			t.Errorf("level %+v", l)
		}
		value, _ = p.Value(b, TransportSequence)
		if n, ok := ReadTransportSequence(value); !ok || n != 0x102 {
			t.Errorf("number %x", n)
		}
		if _, ok := p.Value(b, DependencyDescriptor); ok {
			t.Error("a descriptor from nowhere")
		}
	}
}

func TestParseRefusesInconsistentLengths(t *testing.T) {
	fixed := []byte{0x80, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3}
	with := func(first byte, rest ...byte) []byte {
		b := append(bytes.Clone(fixed), rest...)
		b[0] = first
		return b
	}
	ids := idsOf(false, map[Extension]uint8{MID: 1})
	for name, b := range map[string][]byte{
		"short":                     fixed[:11],
		"version":                   with(0x40),
		"sources beyond the end":    with(0x81),
		"block cut":                 with(0x90, 0xbe, 0xde),
		"block longer than packet":  with(0x90, 0xbe, 0xde, 0, 1),
		"element longer than block": with(0x90, 0xbe, 0xde, 0, 1, 0x1f, 0, 0, 0),
		"two-byte without a length": with(0x90, 0x10, 0, 0, 1, 0, 0, 0, 1),
		"padding of nothing":        with(0xa0, 0),
		"padding over the header":   with(0xa0, 14),
	} {
		if _, ok := Parse(b, ids); ok {
			t.Errorf("%s: read", name)
		}
	}
	for name, b := range map[string][]byte{
		"padding only":       with(0xa0, 0, 2),
		"reserved id stops":  with(0x90, 0xbe, 0xde, 0, 1, 0xf9, 0, 0, 0),
		"foreign profile":    with(0x90, 1, 1, 0, 1, 0xff, 0xff, 0xff, 0xff),
		"elements of zero":   with(0x90, 0xbe, 0xde, 0, 1, 0, 0, 0x10, 7),
		"a block of nothing": with(0x90, 0xbe, 0xde, 0, 0),
	} {
		if _, ok := Parse(b, ids); !ok {
			t.Errorf("%s: refused", name)
		}
	}
}

func TestAppendLeavesOutWhatTheReceiverCannotTake(t *testing.T) {
	long := bytes.Repeat([]byte{7}, 40)
	values := Values{MID: []byte("1"), DependencyDescriptor: long, VideoOrientation: {1}}
	numbers := map[Extension]uint8{MID: 1, DependencyDescriptor: 2}
	for _, mixed := range []bool{false, true} {
		ids := idsOf(mixed, numbers)
		b, at := Append(nil, Header{SSRC: 1}, ids, &values)
		p, ok := Parse(b, ids)
		if !ok || at != 0 {
			t.Fatalf("mixed %v: %v, number at %d", mixed, ok, at)
		}
		if _, ok := p.Value(b, MID); !ok {
			t.Errorf("mixed %v: no mid", mixed)
		}
		if got, ok := p.Value(b, DependencyDescriptor); ok != mixed || ok && !bytes.Equal(got, long) {
			t.Errorf("mixed %v: descriptor %v", mixed, ok)
		}
	}
	if b, _ := Append(nil, Header{}, &IDs{}, &values); len(b) != fixedHeader {
		t.Errorf("%d bytes without any extension", len(b))
	}
}

func TestTransportSequenceIsWrittenAtTheMomentOfSending(t *testing.T) {
	ids := idsOf(false, map[Extension]uint8{MID: 1, TransportSequence: 5})
	b, at := Append([]byte("before"), Header{}, ids, &Values{MID: []byte("0"), TransportSequence: {0, 0}})
	SetTransportSequence(b, at, 0xabcd)
	SetTransportSequence(b, 0, 0xffff) // absent: nothing
	p, ok := Parse(b[6:], ids)
	value, _ := p.Value(b[6:], TransportSequence)
	if n, _ := ReadTransportSequence(value); !ok || n != 0xabcd {
		t.Fatalf("%x, %v", n, ok)
	}
}

func TestWhatIsAppendedIsReadAgainWithAnyIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := &IDs{Mixed: true}
		numbers := rapid.SliceOfNDistinct(rapid.Uint8Range(1, 255), int(count), int(count), rapid.ID[uint8]).Draw(t, "ids")
		var values Values
		for e, id := range numbers {
			ids.id[e] = id
			if rapid.Bool().Draw(t, "present") {
				values[e] = rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "value")
			}
		}
		h := Header{
			rapid.Bool().Draw(t, "m"), rapid.Uint8Range(0, 127).Draw(t, "pt"), rapid.Uint16().Draw(t, "seq"),
			rapid.Uint32().Draw(t, "ts"), rapid.Uint32().Draw(t, "ssrc"),
		}
		b, _ := Append(nil, h, ids, &values)
		b = append(b, "payload"...)
		var other rtp.Packet
		if err := other.Unmarshal(b); err != nil || string(other.Payload) != "payload" {
			t.Fatalf("pion reads %q, %v", other.Payload, err)
		}
		p, ok := Parse(b, ids)
		if !ok || p.Header != h || string(p.Payload(b)) != "payload" {
			t.Fatalf("%+v, %v", p.Header, ok)
		}
		for e, want := range values {
			if got, ok := p.Value(b, Extension(e)); ok != (want != nil) || !bytes.Equal(got, want) {
				t.Fatalf("%s: %x, %v; want %x", Extension(e).URI(), got, ok, want)
			}
		}
	})
}

func TestExtensionsHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{"": true}
	for _, e := range All() {
		if seen[e.URI()] {
			t.Errorf("%d: %q", e, e.URI())
		}
		seen[e.URI()] = true
	}
}

func TestPlayoutDelayIsLimitedToWhatFits(t *testing.T) {
	if got := PlayoutDelayValue(-time.Second, time.Hour); got != [3]byte{0, 0x0f, 0xff} {
		t.Errorf("%x", got)
	}
	if got := PlayoutDelayValue(100*time.Millisecond, 200*time.Millisecond); got != [3]byte{0, 0xa0, 20} {
		t.Errorf("%x", got)
	}
}

func sample(ids *IDs) []byte {
	b, _ := Append(nil, Header{PayloadType: 96}, ids, &Values{
		MID: []byte("0"), TransportSequence: {1, 2}, DependencyDescriptor: {0x80, 0, 1}, AudioLevel: {3},
	})
	return append(b, make([]byte, 1000)...)
}

func TestParseAndAppendAllocateNothing(t *testing.T) {
	ids := idsOf(false, map[Extension]uint8{MID: 1, TransportSequence: 5, DependencyDescriptor: 6, AudioLevel: 7})
	b, out, number := sample(ids), make([]byte, 0, 1500), [2]byte{}
	if got := testing.AllocsPerRun(100, func() {
		p, _ := Parse(b, ids)
		var v Values
		v.CopyFrom(&p, b, DependencyDescriptor, AudioLevel)
		v[TransportSequence] = number[:]
		Append(out, p.Header, ids, &v)
	}); got != 0 {
		t.Fatalf("%v allocations", got)
	}
}

func FuzzParse(f *testing.F) {
	ids := idsOf(true, map[Extension]uint8{MID: 1, TransportSequence: 5, DependencyDescriptor: 6, AudioLevel: 7})
	f.Add(sample(ids))
	f.Add([]byte{0xb1, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0x10, 0, 0, 1, 6, 1, 7, 0, 9, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, ok := Parse(b, ids)
		if !ok {
			return
		}
		var v Values
		v.CopyFrom(&p, b, All()...)
		out, at := Append(nil, p.Header, ids, &v)
		SetTransportSequence(out, at, 1)
		again, ok := Parse(append(out, p.Payload(b)...), ids)
		if !ok || again.Header != p.Header || again.payload.size != p.payload.size {
			t.Fatalf("%+v became %+v, %v", p, again, ok)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	ids := idsOf(false, map[Extension]uint8{MID: 1, TransportSequence: 5, DependencyDescriptor: 6, AudioLevel: 7})
	packet := sample(ids)
	for b.Loop() {
		Parse(packet, ids)
	}
}

func BenchmarkAppend(b *testing.B) {
	ids := idsOf(false, map[Extension]uint8{MID: 1, TransportSequence: 5, DependencyDescriptor: 6, AudioLevel: 7})
	packet, out := sample(ids), make([]byte, 0, 1500)
	p, _ := Parse(packet, ids)
	var v Values
	v.CopyFrom(&p, packet, All()...)
	for b.Loop() {
		Append(out, p.Header, ids, &v)
	}
}
