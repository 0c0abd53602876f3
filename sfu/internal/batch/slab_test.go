package batch

import (
	"bytes"
	"net/netip"
	"slices"
	"testing"
)

var (
	destA = netip.MustParseAddrPort("192.0.2.1:1000")
	destB = netip.MustParseAddrPort("192.0.2.2:1000")
)

// shape of a slab: for each message its destination's last digit and sizes.
func shape(s *slab) [][]int {
	var all [][]int
	for _, m := range s.messages {
		a := m.to.Addr().As4()
		one := []int{int(a[3])}
		for e := m.first; e != none; e = s.entries[e].next {
			one = append(one, int(s.entries[e].len))
		}
		all = append(all, one)
	}
	return all
}

func TestSlabSharesMessageOnlyWhileSizesMatch(t *testing.T) {
	type write struct {
		to   netip.AddrPort
		size int
	}
	for name, row := range map[string]struct {
		writes []write
		want   [][]int
	}{
		"equal sizes share":                 {[]write{{destA, 9}, {destA, 9}, {destA, 9}}, [][]int{{1, 9, 9, 9}}},
		"a shorter one is the last":         {[]write{{destA, 9}, {destA, 5}, {destA, 5}}, [][]int{{1, 9, 5}, {1, 5}}},
		"a longer one begins a message":     {[]write{{destA, 5}, {destA, 9}, {destA, 9}}, [][]int{{1, 5}, {1, 9, 9}}},
		"destinations do not mix":           {[]write{{destA, 9}, {destB, 9}, {destA, 9}}, [][]int{{1, 9, 9}, {2, 9}}},
		"no more than the limit in message": {[]write{{destA, 3}, {destA, 3}, {destA, 3}, {destA, 3}, {destA, 3}}, [][]int{{1, 3, 3, 3, 3}, {1, 3}}},
	} {
		s := newSlab(slabBytes, slabDatagrams, 4)
		for _, w := range row.writes {
			if !s.add(make([]byte, w.size), w.to) {
				t.Fatalf("%s: no room", name)
			}
		}
		if got := shape(s); !slices.EqualFunc(got, row.want, slices.Equal) {
			t.Errorf("%s: got %v, want %v", name, got, row.want)
		}
	}
}

func TestSlabMessageStaysUnder64KiB(t *testing.T) {
	s := newSlab(slabBytes, slabDatagrams, maxSegments)
	for range 64 {
		s.add(make([]byte, 1400), destA)
	}
	for _, m := range s.messages {
		if m.bytes > maxMessageBytes {
			t.Errorf("message of %d bytes", m.bytes)
		}
	}
	if len(s.messages) != 2 {
		t.Errorf("%d messages, want 2", len(s.messages))
	}
}

func TestSlabRefusesWhatDoesNotFitAndForgetsOnReset(t *testing.T) {
	s := newSlab(slabBytes, slabDatagrams, 16)
	n := 0
	for s.add(make([]byte, 2000), destA) {
		n++
	}
	if n != slabBytes/2000 {
		t.Errorf("took %d datagrams of 2000 bytes", n)
	}
	s.reset()
	n = 0
	for s.add([]byte{1}, destA) {
		n++
	}
	if n != slabDatagrams {
		t.Errorf("took %d datagrams of one byte", n)
	}
}

// Whatever is written comes out once, whole, in order for each destination,
// in messages that the kernel takes.
func FuzzSlabKeepsEveryDatagram(f *testing.F) {
	f.Add([]byte{1, 200, 130, 7, 7, 7, 255, 0})
	f.Fuzz(func(t *testing.T, script []byte) {
		s := newSlab(slabBytes, slabDatagrams, 5)
		want := map[netip.AddrPort][][]byte{}
		for i, op := range script {
			to := netip.AddrPortFrom(destA.Addr(), uint16(op%3))
			b := bytes.Repeat([]byte{byte(i)}, int(op)/3+1)
			if s.add(b, to) {
				want[to] = append(want[to], b)
			}
		}
		got := map[netip.AddrPort][][]byte{}
		for _, m := range s.messages {
			count := int32(0)
			for e := m.first; e != none; e = s.entries[e].next {
				count++
				last := s.entries[e].next == none
				if n := s.entries[e].len; n > m.segment || n < m.segment && !last {
					t.Fatalf("segment of %d bytes in a message of %d", n, m.segment)
				}
				got[m.to] = append(got[m.to], s.payload(e))
			}
			if count != m.count || count > 5 {
				t.Fatalf("message says %d datagrams, has %d", m.count, count)
			}
		}
		for to, all := range want {
			if !slices.EqualFunc(all, got[to], bytes.Equal) {
				t.Fatalf("%v: not what was written", to)
			}
		}
	})
}
