package sfu

import (
	"maps"
	"sync/atomic"
)

// dropReason says why a packet was not forwarded. Each is counted; none is logged.
type dropReason uint8

const (
	dropMalformed     dropReason = iota // no RTP, or longer than a packet may be
	dropUnknownStream                   // an SSRC that belongs to no named section
	dropUnknownCodec                    // a payload type that was not negotiated
	dropTooManySSRCs                    // the connection was closed for it
	dropDuplicate                       // received before
	dropTooLate                         // older than what the history keeps
	dropPadding                         // carried nothing
	dropGate                            // not in a room, muted, or not allowed to publish
	dropInboxFull                       // the worker could not keep up
	dropNoKeyFrame                      // the subscription waits for a key frame
	dropBeforeSwitch                    // older than the start of what the slot carries now
	dropCodec                           // the receiver has no such codec
	dropLayer                           // another layer is forwarded
	dropQueueFull                       // the path to the receiver is too slow
	dropOverlap                         // sound of before a switch
	dropBandwidth                       // paused, as the path is too thin
	dropNotConnected                    // the connection was not ready to send
	dropUnchecked                       // from an address that ICE has not checked
	dropNotReady                        // before the connection was up, or after its end
	dropTooFast                         // more packets a second than one connection may send
	dropUnopened                        // forged or broken, or seen before
	dropRepeated                        // its number had been sealed before; never happens
	dropReasons
)

func (r dropReason) String() string {
	return [dropReasons]string{
		"malformed", "unknown_stream", "unknown_codec", "too_many_ssrcs", "duplicate", "too_late", "padding",
		"gate", "inbox_full", "no_key_frame", "before_switch", "codec", "layer", "queue_full", "overlap",
		"bandwidth", "not_connected", "unchecked", "not_ready", "too_fast", "unopened", "repeated",
	}[r]
}

// counter is one of the numbers of repair and feedback.
type counter uint8

const (
	countNACKsIn counter = iota
	countNACKedIn
	countNACKsOut
	countNACKedOut
	countResent
	countResendRefused
	countMended
	countRepairedIn
	countLostIn
	countPLIsIn
	countPLIsOut
	countKeyFrames
	countFeedbackIn
	countFeedbackOut
	countSenderReports
	countReceiverReports
	countSwitches
	countBursts
	countFramesDropped
	countPaddingOut
	countProbes
	countEventsLost
	countBadDescriptors
	countOpenedByPion
	countLossyIn        // application messages that may be lost: received,
	countLossyOut       // sent on, once for each receiver,
	countLossySlow      // not sent on, as the receiver's path is slow,
	countLossyNoChannel // or as it has no channel for them;
	countLossyMalformed // and refused
	countLossyTooLong
	countLossyTooFast
	countLossyNoRoom
	countLossyNobody
	countersTotal
)

func (c counter) String() string {
	return [countersTotal]string{
		"nacks_in", "nacked_in", "nacks_out", "nacked_out", "resent", "resend_refused", "mended", "repaired_in", "lost_in",
		"plis_in", "plis_out", "key_frames", "feedback_in", "feedback_out", "sender_reports", "receiver_reports",
		"switches", "bursts", "frames_dropped", "padding_out", "probes", "events_lost", "bad_descriptors",
		"opened_by_pion", "lossy_in", "lossy_out", "lossy_slow", "lossy_no_channel", "lossy_malformed", "lossy_too_long",
		"lossy_too_fast", "lossy_no_room", "lossy_nobody",
	}[c]
}

// counters of one SFU.
type counters struct {
	in, out traffic
	dropped [dropReasons]atomic.Uint64
	named   [countersTotal]atomic.Uint64
}

func (c *counters) drop(r dropReason)            { c.dropped[r].Add(1) }
func (c *counters) dropMany(r dropReason, n int) { c.dropped[r].Add(uint64(n)) }
func (c *counters) count(n counter)              { c.named[n].Add(1) }
func (c *counters) add(n counter, by uint64)     { c.named[n].Add(by) }

// Snapshot is what an operator can count; see Stats.
type Snapshot struct {
	Rooms, Participants, Connections, Publications, Subscriptions int
	PacketsIn, PacketsOut, BytesIn, BytesOut                      uint64
	// Dropped packets by reason.
	Dropped map[string]uint64
	// Counters of repair and feedback, by name.
	Counters map[string]uint64
	// Exits by which the connections' packets leave, and how many use each.
	Exits map[string]uint64
	// Transport facts: gso "on"/"off", reader, and so on.
	Transport map[string]string
}

// Stats returns counts since New and the present sizes of all maps.
func (s *SFU) Stats() Snapshot {
	out := Snapshot{
		Dropped:   make(map[string]uint64, dropReasons),
		Counters:  make(map[string]uint64, countersTotal),
		Exits:     make(map[string]uint64, exits),
		Transport: s.ports.facts(),
	}
	out.PacketsIn, out.BytesIn = s.counters.in.sum()
	out.PacketsOut, out.BytesOut = s.counters.out.sum()
	for x := range exits {
		out.Exits[x.String()] = uint64(max(0, s.exits[x].Load())) //nolint:gosec // not negative
	}
	for r := range dropReasons {
		out.Dropped[r.String()] = s.counters.dropped[r].Load()
	}
	for c := range countersTotal {
		out.Counters[c.String()] = s.counters.named[c].Load()
	}
	s.ports.count(out.Dropped, out.Counters)
	if s.streams != nil {
		s.streams.count(out.Counters)
	}
	if s.relay != nil {
		maps.Copy(out.Counters, s.relay.Stats())
	}
	out.Subscriptions = int(s.subscriptions.Load())
	s.mu.Lock()
	defer s.mu.Unlock()
	out.Rooms, out.Participants = len(s.rooms), len(s.participants)
	for _, p := range s.participants {
		out.Publications += p.published()
		if p.connection != nil {
			out.Connections++
		}
	}
	return out
}
