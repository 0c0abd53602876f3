package sfu

import (
	"time"

	"github.com/pion/rtp"

	"callrelay/sfu/internal/estimate"
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
		if s.rtxSSRC == 0 || s.rtxPayload[encodingVP8] == 0 || s.stream == nil {
			continue
		}
		h := &s.header
		*h = rtp.Header{
			Version: 2, Padding: true, PaddingSize: maxPadding, Extensions: h.Extensions[:0],
			SSRC: s.rtxSSRC, PayloadType: s.rtxPayload[encodingVP8], Timestamp: s.stream.At(now),
		}
		s.rtxNumber++
		h.SequenceNumber = s.rtxNumber
		d.sender.writeEmpty(h, s, now)
		*h = rtp.Header{Extensions: h.Extensions[:0]}
		return maxPadding
	}
	return 0
}

// writeEmpty numbers and sends a packet without payload.
func (s *sender) writeEmpty(h *rtp.Header, slot *slot, now time.Time) {
	var none packet
	if s.extend(h, slot, &outgoing{packet: &none}) {
		s.number(now, h.MarshalSize()+maxPadding, estimate.ClassPadding)
	}
	if n, err := slot.writer.WriteRTP(h, nil); err == nil && n > 0 {
		s.sent += uint64(h.MarshalSize() + maxPadding) //nolint:gosec // positive
		s.downlink.connection.sfu.counters.packetsOut.Add(1)
	}
}
