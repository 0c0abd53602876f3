package sfutest

import (
	"encoding/binary"
	"io"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/transport/v4/packetio"
)

// Received is what arrived in one slot.
type Received struct {
	SSRC    uint32
	Audio   bool
	Packets int // media and repaired, without duplicates
	// Duplicates of packets that had arrived; Repaired came as a
	// retransmission; Missing have not come, of those up to the highest.
	Duplicates, Repaired, Missing int
	// Unexplained packets carry what nobody sent.
	Unexplained int
	// Backward counts timestamps that went back with rising numbers.
	Backward int
	// ByTag counts packets by their sender.
	ByTag map[uint32]int
	// Changes of the sender or layer, and how many of them did not begin with
	// a key frame (video).
	Changes, Rough int
	// LargestGap between arrivals, after the first.
	LargestGap time.Duration
	First      time.Time
	Last       time.Time

	// Slowest packet that came by itself, from its sender's write, in each
	// second since the first.
	Slowest []time.Duration
	// Frames are the times at which pictures could be shown: whole, and so all
	// before them back to a key frame.
	Frames []time.Time

	pictures  assembler
	started   bool
	tag       uint32 // of the newest packet
	highest   int64
	have      map[int64]bool
	wanted    map[int64]*want
	timestamp uint32
}

type want struct {
	tries int
	next  time.Time
	since time.Time
}

// inbox receives the packets of one SSRC of a peer, in place of Pion's.
type inbox struct {
	peer *Peer
	kind packetio.BufferPacketType
	ssrc uint32
}

func (i *inbox) Read([]byte) (int, error) { return 0, io.EOF }
func (i *inbox) Close() error             { return nil }

func (i *inbox) Write(b []byte) (int, error) {
	if i.kind == packetio.RTCPBufferPacket {
		if len(b) > 0 && i.peer.lastRTCP != &b[0] {
			i.peer.lastRTCP = &b[0]
			packets, err := rtcp.Unmarshal(b)
			if err == nil {
				i.peer.control(packets)
			}
		}
		return len(b), nil
	}
	var p rtp.Packet
	if p.Unmarshal(b) == nil {
		i.peer.receive(&p, time.Now())
	}
	return len(b), nil
}

// receive counts a packet. It runs on the connection's reader.
func (p *Peer) receive(packet *rtp.Packet, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.arrived++
	if p.twccID != 0 {
		if e := packet.GetExtension(p.twccID); len(e) == 2 {
			p.recorder.Record(packet.SSRC, binary.BigEndian.Uint16(e), now.UnixMicro())
		}
	}
	ssrc, wire, payload, repaired := packet.SSRC, packet.SequenceNumber, packet.Payload, false
	if media, ok := p.repairs[ssrc]; ok {
		if len(payload) < 2 {
			return
		}
		ssrc, wire, payload, repaired = media, binary.BigEndian.Uint16(payload), payload[2:], true
	}
	r := p.received[ssrc]
	if r == nil {
		p.strangers++
		return
	}
	r.take(p, packet, wire, payload, repaired, now)
}

func (r *Received) take(p *Peer, packet *rtp.Packet, wire uint16, payload []byte, repaired bool, now time.Time) {
	n := int64(wire)
	if !r.started {
		r.started, r.highest, r.First = true, n-1, now
	} else {
		n = r.highest + int64(int16(wire-uint16(r.highest))) //nolint:gosec // serial arithmetic
		r.LargestGap = max(r.LargestGap, now.Sub(r.Last))
	}
	r.Last = now
	if r.have[n] {
		r.Duplicates++
		return
	}
	r.have[n] = true
	if !r.Audio {
		r.pictures.take(n, packet, payload, now)
		r.Frames = r.pictures.frames
	}
	delete(r.wanted, n)
	r.Packets++
	if repaired {
		r.Repaired++
	}
	if n > r.highest {
		if r.highest >= 0 && int32(packet.Timestamp-r.timestamp) < 0 && r.Packets > 1 { //nolint:gosec // serial
			r.Backward++
		}
		r.timestamp = packet.Timestamp
		for m := r.highest + 1; m < n && r.Packets > 1; m++ {
			r.wanted[m] = &want{next: now.Add(10 * time.Millisecond), since: now}
		}
		r.highest = n
	}
	r.explain(p, payload, n, repaired, now)
}

// explain looks the payload up among what was sent.
func (r *Received) explain(p *Peer, payload []byte, n int64, repaired bool, now time.Time) {
	skip := 0
	if !r.Audio {
		skip = vp8Length(payload) + 1
	}
	if len(payload) < skip+12 {
		r.Unexplained++
		return
	}
	tag := binary.BigEndian.Uint32(payload[skip:])
	counter := binary.BigEndian.Uint64(payload[skip+4:])
	at, ok := p.rig.sent(tag, counter)
	if !ok {
		r.Unexplained++
		return
	}
	if !repaired {
		for second := int(now.Sub(r.First) / time.Second); second >= len(r.Slowest); {
			r.Slowest = append(r.Slowest, 0)
		}
		newest := &r.Slowest[len(r.Slowest)-1]
		*newest = max(*newest, now.Sub(at))
	}
	if tag != r.tag && r.tag != 0 && n == r.highest {
		r.Changes++
		if !r.Audio && payload[skip-1]&1 != 0 {
			r.Rough++
		}
	}
	if n == r.highest {
		r.tag = tag
	}
	r.ByTag[tag]++
}

func vp8Length(b []byte) int {
	if len(b) < 2 || b[0]&0x80 == 0 {
		return 1
	}
	n := 2
	if b[1]&0x80 != 0 {
		n++
		if len(b) > 2 && b[2]&0x80 != 0 {
			n++
		}
	}
	if b[1]&0x40 != 0 {
		n++
	}
	if b[1]&0x30 != 0 {
		n++
	}
	return n
}

// sent tells when the track with a tag sent its packet with a counter, if it did.
func (r *Rig) sent(tag uint32, counter uint64) (at time.Time, ok bool) {
	r.mu.Lock()
	t := r.tracks[tag]
	r.mu.Unlock()
	if t == nil {
		return at, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if counter == 0 || counter > uint64(len(t.firsts)) {
		return at, false
	}
	return time.Unix(0, t.firsts[counter-1]), true
}
