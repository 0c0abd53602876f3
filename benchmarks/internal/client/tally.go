package client

import (
	"maps"
	"sync"
	"time"
)

// Stream names one source of one participant.
type Stream struct {
	Sender uint32
	Source Source
}

// Arrival of one packet at a receiver.
type Arrival struct {
	// SSRC and Out are the numbers it bore, Out extended.
	SSRC uint32
	Out  uint64
	// Delay from the sender's write to the receiver's read.
	Delay time.Duration
	// Repaired: it came as a retransmission.
	Repaired bool
}

// Wire is one packet on a receiver's wire.
type Wire struct {
	SSRC uint32
	Out  uint64
}

// Sent is what one participant did with one of its sources.
type Sent struct {
	// First and Last extended numbers written; none when Last < First.
	First, Last uint64
	// Lost on the uplink, by the first writing.
	Lost map[uint64]bool
	// Resends written, those lost again included.
	Resends int
}

// Tally is all that one peer knows of its packets.
type Tally struct {
	Sent [sources]Sent
	// Arrived packets of each stream, by the sender's number.
	Arrived map[Stream]map[uint64]Arrival
	// FirstArrival since the run began.
	FirstArrival map[Stream]time.Duration
	// DownLost were lost on the downlink.
	DownLost map[Wire]bool
	// Duplicates: packets that the receiver was handed a second time.
	Duplicates int
	// WireDuplicates: the same SSRC and number seen twice on the downlink.
	WireDuplicates int
	// Unmarked packets came without an intact mark.
	Unmarked int
	// WirePackets and WireBytes of RTP on the downlink, lost ones included.
	WirePackets, WireBytes uint64
	// RepairPackets of those are retransmissions.
	RepairPackets uint64
	// KeyFrameRequests that this peer was sent.
	KeyFrameRequests int
	// Overflows: datagrams that this program was too slow to read.
	Overflows int
	// Wire is what a light peer received, by SSRC, and FirstWire when the first
	// of it came, since the run began. Arrived and its like are then empty.
	Wire      map[uint32]*WireStream
	FirstWire time.Duration
	// FirstPicture is when the first of a picture came to a light peer.
	FirstPicture time.Duration
	// Late is how much later than planned frames were written, at worst: a
	// large value means that the generator had too little CPU.
	Late time.Duration
}

// NewTally of nothing.
func NewTally() *Tally {
	t := &Tally{
		Wire: map[uint32]*WireStream{}, Arrived: map[Stream]map[uint64]Arrival{},
		FirstArrival: map[Stream]time.Duration{}, DownLost: map[Wire]bool{},
	}
	for i := range t.Sent {
		t.Sent[i].Lost = map[uint64]bool{}
	}
	return t
}

// AddReceived adds what another connection of the same participant received,
// other streams than those here.
func (t *Tally) AddReceived(o *Tally) {
	maps.Copy(t.Arrived, o.Arrived)
	maps.Copy(t.FirstArrival, o.FirstArrival)
	maps.Copy(t.DownLost, o.DownLost)
	maps.Copy(t.Wire, o.Wire)
	t.Duplicates += o.Duplicates
	t.WireDuplicates += o.WireDuplicates
	t.Unmarked += o.Unmarked
	t.WirePackets += o.WirePackets
	t.WireBytes += o.WireBytes
	t.RepairPackets += o.RepairPackets
	t.Overflows += o.Overflows
	t.FirstWire = earlier(t.FirstWire, o.FirstWire)
	t.FirstPicture = earlier(t.FirstPicture, o.FirstPicture)
}

// earlier of two times, of which 0 is none.
func earlier(a, b time.Duration) time.Duration {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// tally collects a Tally from several goroutines.
type tally struct {
	mu       sync.Mutex
	t        Tally
	wire     map[uint32]*wireStream // downlink, by SSRC
	tracks   *[sources]*track
	rtxTypes map[uint8]bool
	// senderReports that came last, by SSRC, at a light peer.
	senderReports map[uint32]senderReport
}

// wireStream extends and remembers the numbers of one SSRC on the downlink.
type wireStream struct {
	numbers missing
	seen    [4096]uint64 // by number
}

func newTally(tracks *[sources]*track) *tally {
	return &tally{
		t:    *NewTally(),
		wire: map[uint32]*wireStream{}, tracks: tracks, rtxTypes: map[uint8]bool{typeRTX: true},
		senderReports: map[uint32]senderReport{},
	}
}

// wrote notes a packet at the socket on its way up.
func (t *tally) wrote(p wirePacket, lost bool) {
	for i, track := range t.tracks {
		if track == nil {
			continue
		}
		media, rtx := track.ssrcs()
		switch p.ssrc {
		case media:
			if lost {
				seq := track.extend(p.seq)
				t.mu.Lock()
				t.t.Sent[i].Lost[seq] = true
				t.mu.Unlock()
			}
			return
		case rtx:
			t.mu.Lock()
			t.t.Sent[i].Resends++
			t.mu.Unlock()
			return
		}
	}
}

// read notes a packet at the socket on its way down.
func (t *tally) read(p wirePacket, lost bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.t.WirePackets++
	t.t.WireBytes += uint64(p.bytes)
	if t.rtxTypes[p.payloadType] {
		t.t.RepairPackets++
	}
	s := t.wire[p.ssrc]
	if s == nil {
		s = &wireStream{}
		t.wire[p.ssrc] = s
	}
	out := s.numbers.extend(p.seq)
	if s.seen[out%uint64(len(s.seen))] == out {
		t.t.WireDuplicates++
	}
	s.seen[out%uint64(len(s.seen))] = out
	if !s.numbers.started || out > s.numbers.highest {
		s.numbers.started, s.numbers.highest = true, out
	}
	if lost {
		t.t.DownLost[Wire{p.ssrc, out}] = true
	}
}

// arrived notes a packet that the peer was handed.
func (t *tally) arrived(m Mark, ssrc uint32, seq uint16, repaired bool, now time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	stream := Stream{m.Sender, m.Source}
	all := t.t.Arrived[stream]
	if all == nil {
		all = map[uint64]Arrival{}
		t.t.Arrived[stream] = all
		t.t.FirstArrival[stream] = now
	}
	if _, again := all[m.Seq]; again {
		t.t.Duplicates++
		return
	}
	a := Arrival{SSRC: ssrc, Delay: now - m.Sent, Repaired: repaired}
	if s := t.wire[ssrc]; s != nil {
		a.Out = s.numbers.extend(seq)
	}
	all[m.Seq] = a
}

func (t *tally) add(f func(*Tally)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(&t.t)
}
