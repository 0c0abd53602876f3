package sfu

import (
	"bytes"
	"io"
	"time"

	"github.com/pion/rtcp"

	"callrelay/sfu/internal/estimate"
)

// control is the incoming RTCP of one SSRC. Pion hands a packet to each SSRC
// it speaks of, one after the other; it is handled once.
type control struct{ connection *connection }

// Read implements io.Reader for Pion, which is to have nothing.
func (control) Read([]byte) (int, error) { return 0, io.EOF }

// Close implements io.Closer.
func (control) Close() error { return nil }

// Write takes one decrypted RTCP packet, on the connection's RTCP reader.
func (c control) Write(b []byte) (int, error) {
	if len(b) == 0 || c.connection.lastControl == &b[0] {
		return len(b), nil
	}
	// Holding on to it also keeps its address from being used again.
	c.connection.lastControl = &b[0]
	c.connection.controlBytes(b, time.Now())
	return len(b), nil
}

// controlBytes takes one opened RTCP packet, which may hold several. Reports of
// transport-wide numbers, most of all there is, are read where they lie.
func (c *connection) controlBytes(b []byte, now time.Time) {
	for len(b) > 0 {
		var header rtcp.Header
		size := 0
		if header.Unmarshal(b) == nil {
			size = 4 * (int(header.Length) + 1)
		}
		if size == 0 || size > len(b) || !c.controlPart(b[:size], now) {
			c.sfu.counters.drop(dropMalformed)
			return
		}
		b = b[size:]
	}
}

// controlPart takes one of several; false if it is broken.
func (c *connection) controlPart(b []byte, now time.Time) bool {
	if estimate.IsReport(b) {
		c.sfu.counters.count(countFeedbackIn)
		report := bytes.Clone(b)
		c.participant.worker.post(func(now time.Time) { c.downlink.sender.feedback(report, now) })
		return true
	}
	packets, err := rtcp.Unmarshal(b)
	for _, p := range packets {
		c.control(p, now)
	}
	return err == nil
}

// control sorts an RTCP packet to the uplink or the downlink.
func (c *connection) control(p rtcp.Packet, now time.Time) {
	switch p := p.(type) {
	case *rtcp.SenderReport:
		c.sfu.counters.count(countSenderReports)
		c.uplink.senderReport(p, now)
		c.reports(p.Reports, now)
	case *rtcp.ReceiverReport:
		c.sfu.counters.count(countReceiverReports)
		c.reports(p.Reports, now)
	case *rtcp.TransportLayerNack:
		c.sfu.counters.count(countNACKsIn)
		c.participant.worker.post(func(now time.Time) { c.downlink.nack(p, now) })
	case *rtcp.PictureLossIndication:
		c.sfu.counters.count(countPLIsIn)
		c.participant.worker.post(func(time.Time) { c.downlink.keyFrameWanted(p.MediaSSRC) })
	case *rtcp.FullIntraRequest:
		c.sfu.counters.count(countPLIsIn)
		for _, e := range p.FIR {
			c.participant.worker.post(func(time.Time) { c.downlink.keyFrameWanted(e.SSRC) })
		}
	}
}

// reports about what we send tell the round trip.
func (c *connection) reports(blocks []rtcp.ReceptionReport, now time.Time) {
	for _, b := range blocks {
		if b.LastSenderReport == 0 {
			continue
		}
		ticks := int64(middleNTP(now)) - int64(b.LastSenderReport) - int64(b.Delay)
		if ticks > 0 && ticks < 10*65536 {
			c.rtt.Store(ticks * int64(time.Second) / 65536)
		}
	}
}
