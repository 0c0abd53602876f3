package sfu

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtp"

	"callrelay/sfu/internal/codec"
	"callrelay/sfu/internal/rewrite"
	"callrelay/sfu/internal/rtpext"
)

const (
	// maxQueueBytes of video wait for one participant; then whole frames are
	// left out up to the next key frame.
	maxQueueBytes = 512 << 10
	// paceTick is how long a sender that has used up its allowance waits.
	paceTick = 5 * time.Millisecond
)

// outgoing is a packet on its way to a slot; the sender owns one reference.
type outgoing struct {
	slot    *slot
	packet  *packet
	numbers rewrite.Numbers
	resend  bool
	plain   bool // take Opus out of RED
}

// sender is the one door out to a participant: every RTP packet gets its
// transport-wide number, its send time and its class here and nowhere else.
// Sound goes first; then repair and video in order, as fast as the pace
// allows. It belongs to the participant's worker.
type sender struct {
	downlink *downlink
	sound    []outgoing
	video    []outgoing
	bytes    int // of video
	isDue    bool
	retry    timer

	allowance float64 // bytes that may go now
	paced     time.Time

	number  uint16 // transport-wide
	sent    uint64 // bytes
	scratch [maxPacket + 64]byte
	twcc    [2]byte
	values  rtpext.Values
}

// full tells whether the next frame must be left out.
func (s *sender) full() bool { return s.bytes > maxQueueBytes }

// add takes a packet; it leaves at the end of the worker's turn, or later.
func (s *sender) add(o outgoing) {
	if o.slot.audio {
		s.sound = append(s.sound, o)
	} else {
		s.video = append(s.video, o)
		s.bytes += o.packet.size
	}
	s.due()
}

func (s *sender) due() {
	if !s.isDue {
		s.isDue = true
		w := s.downlink.worker()
		w.due = append(w.due, s)
	}
}

func (s *sender) wake(time.Time) { s.due() }

// run writes what may go now.
func (s *sender) run(now time.Time) {
	for i := range s.sound {
		s.write(&s.sound[i], now)
		s.sound[i] = outgoing{}
	}
	s.sound = s.sound[:0]
	s.accrue(now)
	n := 0
	for ; n < len(s.video) && s.allowance > 0; n++ {
		o := &s.video[n]
		s.bytes -= o.packet.size
		s.allowance -= float64(o.packet.size)
		s.write(o, now)
		*o = outgoing{}
	}
	s.video = append(s.video[:0], s.video[n:]...)
	s.downlink.reportSwitched(now)
	if len(s.video) > 0 {
		s.downlink.worker().wheel.at(&s.retry, now.Add(paceTick))
	}
}

// accrue adds the allowance of the time since the last run, at most that of
// one burst.
func (s *sender) accrue(now time.Time) {
	rate := s.rate()
	most := max(rate*0.04, 24<<10)
	if s.paced.IsZero() {
		s.allowance = most
	} else {
		s.allowance = min(most, s.allowance+rate*now.Sub(s.paced).Seconds())
	}
	s.paced = now
}

// rate of the pace in bytes per second.
func (s *sender) rate() float64 { return 5e6 / 8 }

// write numbers and sends one packet and releases it.
func (s *sender) write(o *outgoing, now time.Time) {
	slot, p := o.slot, o.packet
	defer p.release()
	h := &slot.header
	h.Version, h.Marker, h.CSRC = 2, p.rtp.Marker, nil
	h.SequenceNumber, h.Timestamp = o.numbers.Seq.Wire(), o.numbers.Timestamp
	h.SSRC, h.PayloadType = slot.ssrc, slot.payload[p.encoding]
	if o.plain {
		h.PayloadType = slot.payload[encodingOpus]
	}
	payload := s.payload(o)
	if o.resend {
		h.SSRC, h.PayloadType = slot.rtxSSRC, slot.rtxPayload[p.encoding]
		slot.rtxNumber++
		h.SequenceNumber = slot.rtxNumber
	}
	s.extend(h, slot, p)
	n, err := slot.writer.WriteRTP(h, payload)
	c := &s.downlink.connection.sfu.counters
	if err != nil || n == 0 {
		c.drop(dropNotConnected)
		return
	}
	size := uint64(h.MarshalSize() + len(payload))
	s.sent += size
	if !o.resend {
		slot.packets++
		slot.octets += uint32(len(payload))
		if slot.resends != nil {
			slot.resends.Sent(int(size))
		}
	}
	c.packetsOut.Add(1)
	c.bytesOut.Add(size)
}

// payload as the receiver is to get it: with the slot's picture ids, and for
// a repair with the number of what it repairs before it (RFC 4588). It is
// valid until the next call.
func (s *sender) payload(o *outgoing) []byte {
	p := o.packet
	body := p.payload()
	if o.plain { // the receiver has no RED
		body, _ = codec.REDPrimary(body)
	}
	rewritten := o.numbers.Picture != p.numbers().Picture
	if !rewritten && !o.resend {
		return body
	}
	out := s.scratch[2 : 2+copy(s.scratch[2:], body)]
	if rewritten {
		p.picture.Write(out, o.numbers.Picture.ID, o.numbers.Picture.TL0)
	}
	if !o.resend {
		return out
	}
	binary.BigEndian.PutUint16(s.scratch[:], o.numbers.Seq.Wire())
	return s.scratch[:2+len(out)]
}

// extend sets the header extensions that the receiver knows, under its own
// numbers.
func (s *sender) extend(h *rtp.Header, slot *slot, p *packet) {
	h.Extensions = h.Extensions[:0]
	v := &s.values
	*v = rtpext.Values{}
	v.CopyFrom(&p.rtp, p.bytes(), rtpext.AudioLevel, rtpext.VideoOrientation, rtpext.PlayoutDelay, rtpext.DependencyDescriptor)
	if slot.extensions.Has(rtpext.TransportSequence) {
		binary.BigEndian.PutUint16(s.twcc[:], s.number)
		s.number++
		v[rtpext.TransportSequence] = s.twcc[:]
	}
	wide := slot.extensions.Wide(v)
	h.Extension, h.ExtensionProfile = true, rtp.ExtensionProfileOneByte
	if wide {
		h.ExtensionProfile = rtp.ExtensionProfileTwoByte
	}
	for e, value := range v {
		if e := rtpext.Extension(e); slot.extensions.Writes(e, value, wide) { //nolint:gosec // an index of an array
			_ = h.SetExtension(slot.extensions.ID(e), value)
		}
	}
	h.Extension = len(h.Extensions) > 0
}

// forget drops all that waits for a slot.
func (s *sender) forget(slot *slot) {
	s.sound = s.without(s.sound, slot)
	s.video = s.without(s.video, slot)
}

func (s *sender) without(list []outgoing, slot *slot) []outgoing {
	kept := list[:0]
	for _, o := range list {
		if slot != nil && o.slot != slot {
			kept = append(kept, o)
			continue
		}
		if !o.slot.audio {
			s.bytes -= o.packet.size
		}
		o.packet.release()
	}
	clear(list[len(kept):])
	return kept
}

// clear drops all that waits.
func (s *sender) clear() {
	s.sound = s.without(s.sound, nil)
	s.video = s.without(s.video, nil)
}
