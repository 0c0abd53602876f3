package sfu

import (
	"time"

	"callrelay/sfu/internal/estimate"
	"callrelay/sfu/internal/rtpext"
)

// maxPadding of one packet, by its one-byte length (RFC 3550, section 5.1).
const maxPadding = 255

// pad puts about that many bytes more on the path, for a probe: recent
// packets once more as repairs, which also mend what may have been lost, or
// else padding on a repair stream. It returns how many bytes were added; 0 if
// the receiver has no slot with a repair stream.
func (d *downlink) pad(bytes int, now time.Time) (added int) {
	for added < bytes {
		n := d.padRecent(now, bytes-added)
		if n == 0 {
			n = d.padEmpty(now)
		}
		if n == 0 {
			break
		}
		added += n
		d.connection.sfu.counters.count(countPaddingOut)
	}
	return added
}

// padRecent queues the newest packets of a slot again, the newest last.
func (d *downlink) padRecent(now time.Time, bytes int) (added int) {
	for _, s := range d.slots {
		if s.rtxSSRC == 0 || !s.hasLast || s.subscription == nil {
			continue
		}
		for n := s.last; added < bytes && s.last-n < 16 && n > 0; n-- {
			origin, ok := s.stream.Origin(n.Wire())
			if !ok {
				break
			}
			p := s.subscription.publication.get(origin.Source, origin.Seq, now)
			if p == nil {
				break
			}
			out, ok := s.stream.Resend(origin, p.numbers())
			if !ok || s.rtxPayload[p.encoding] == 0 {
				p.release()
				break
			}
			added += p.size
			d.sender.add(outgoing{slot: s, packet: p, numbers: out, resend: true, padding: true})
		}
		if added > 0 {
			return added
		}
	}
	return 0
}

// padEmpty writes one packet of nothing but padding.
func (d *downlink) padEmpty(now time.Time) int {
	for _, s := range d.slots {
		if s.rtxSSRC == 0 || s.rtxPayload[encodingVP8] == 0 {
			continue
		}
		s.begin(now)
		s.rtxNumber++
		d.sender.writeEmpty(rtpext.Header{
			SSRC: s.rtxSSRC, PayloadType: s.rtxPayload[encodingVP8], Timestamp: s.stream.At(now), Seq: s.rtxNumber.Wire(),
		}, s, now)
		return maxPadding
	}
	return 0
}

// writeEmpty numbers and sends a packet of the slot's repair stream without payload.
func (s *sender) writeEmpty(h rtpext.Header, slot *slot, now time.Time) {
	var none packet
	b, numberAt := s.header(h, slot, &outgoing{packet: &none})
	head := len(b)
	b[0] |= padded
	b = append(b, make([]byte, maxPadding)...)
	b[len(b)-1] = maxPadding // its length
	s.number(b, numberAt, now, estimate.ClassPadding)
	size := len(b)
	if s.downlink.egress.media(b, head, slot, true, slot.rtxNumber) {
		s.count(size)
	}
}
