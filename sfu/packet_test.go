package sfu

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/transport/v4/packetio"
	"github.com/pion/webrtc/v4"

	"callrelay/sfu/internal/rtpext"
)

// discard is an observer that wants to know nothing.
type discard struct{}

func (discard) Observe(Event) {}

func newSFU(t testing.TB) *SFU {
	t.Helper()
	s, err := New(Config{Observer: discard{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// realOffer as a browser-like client makes it.
func realOffer(t testing.TB) (string, []Section) {
	t.Helper()
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pc.Close() }()
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		for _, direction := range []webrtc.RTPTransceiverDirection{webrtc.RTPTransceiverDirectionSendonly, webrtc.RTPTransceiverDirectionRecvonly} {
			if _, err = pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: direction}); err != nil {
				t.Fatal(err)
			}
		}
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	return offer.SDP, []Section{{MID: "0", Source: SourceMicrophone}, {MID: "2", Source: SourceCamera}}
}

// publisher is a participant in a room with a connection on which packets can
// be put as if they had been decrypted.
func publisher(t testing.TB, s *SFU) *connection {
	t.Helper()
	return publisherAs(t, s, "a", "room")
}

func publisherAs(t testing.TB, s *SFU, id ParticipantID, room RoomID) *connection {
	t.Helper()
	text, sections := realOffer(t)
	ctx := context.Background()
	if _, err := s.Answer(ctx, Seat{id, 1}, text, sections); err != nil {
		t.Fatal(err)
	}
	for _, source := range []Source{SourceMicrophone, SourceCamera} {
		if err := s.Publish(ctx, id, source, false); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Join(ctx, room, id, Rights{true, true}); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	c := s.participants[id].connection
	s.mu.Unlock()
	c.participant.worker.wait(nil)
	return c
}

func TestAnswerHasCandidatesSlotsAndRepair(t *testing.T) {
	s := newSFU(t)
	text, sections := realOffer(t)
	answer, err := s.Answer(context.Background(), Seat{"a", 1}, text, sections)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"a=candidate:", "typ host", "a=end-of-candidates", "a=ssrc-group:FID", "a=setup:passive",
		"x-google-start-bitrate=450", "transport-wide-cc", "a=rtcp-fb:96 nack",
	} {
		if !strings.Contains(answer, want) {
			t.Errorf("no %q in the answer:\n%s", want, answer)
		}
	}
	if strings.Contains(answer, "ice-lite") {
		t.Error("the server is to be a full ICE agent")
	}
}

func FuzzAnswer(f *testing.F) {
	text, _ := realOffer(f)
	f.Add(text)
	f.Add(strings.Replace(text, "sendonly", "sendrecv", 1))
	f.Add(strings.ReplaceAll(text, "a=ice-ufrag", "a=ice-ufrog"))
	s := newSFU(f)
	generation := uint32(0)
	f.Fuzz(func(t *testing.T, text string) {
		generation++
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_, err := s.Answer(ctx, Seat{"fuzz", generation}, text, []Section{{MID: "0", Source: SourceMicrophone}})
		if errors.Is(err, context.DeadlineExceeded) {
			t.Error("an offer was not answered in 5 s")
		}
		if err := s.Remove(context.Background(), "fuzz"); err != nil && !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
	})
}

func FuzzLossyHeader(f *testing.F) {
	f.Add([]byte{0, 0})
	f.Add([]byte("\x01a\x05topicpayload"))
	f.Add([]byte{255, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		to, ok := lossyRecipient(b)
		if ok && !bytes.HasPrefix(b[1:], []byte(to)) {
			t.Errorf("recipient %q is not what stands in %q", to, b)
		}
	})
}

// vp8Packet with a picture id.
func vp8Packet(ssrc uint32, n uint16, timestamp uint32, key bool) []byte {
	payload := append([]byte{0x90, 0x80, 0x80, byte(n), 0x11}, make([]byte, 1000)...)
	if key {
		payload[4] = 0x10
	}
	p := rtp.Packet{Header: rtp.Header{
		Version: 2, PayloadType: 96, SequenceNumber: n, Timestamp: timestamp, SSRC: ssrc, Marker: true,
	}, Payload: payload}
	b, err := p.Marshal()
	if err != nil {
		panic(err)
	}
	return b
}

func FuzzRTP(f *testing.F) {
	s := newSFU(f)
	c := publisher(f, s)
	mid := c.uplink.extensions.ID(rtpext.MID)
	f.Add(vp8Packet(1, 1, 1, true), uint32(1))
	f.Add([]byte{0x90, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xbe, 0xde, 0, 1, mid << 4, '2', 0, 0, 0x90, 0x80, 0x80, 1, 0x10}, uint32(2))
	f.Add([]byte{0xbf, 97, 0, 1}, uint32(3))
	f.Fuzz(func(t *testing.T, b []byte, ssrc uint32) {
		st := &stream{uplink: c.uplink, ssrc: ssrc}
		for range 2 {
			if n, err := st.Write(b); n != len(b) || err != nil {
				t.Errorf("Write returned %d, %v", n, err)
			}
			if len(b) > 4 {
				b[3]++
			}
		}
	})
}

func FuzzRTCP(f *testing.F) {
	s := newSFU(f)
	c := publisher(f, s)
	add := func(packets ...rtcp.Packet) {
		b, err := rtcp.Marshal(packets)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	ssrc := c.downlink.slots[1].ssrc
	add(&rtcp.TransportLayerNack{MediaSSRC: ssrc, Nacks: []rtcp.NackPair{{PacketID: 1, LostPackets: 0xffff}}})
	add(&rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{{SSRC: ssrc, LastSenderReport: 1, Delay: 1}}}, &rtcp.PictureLossIndication{MediaSSRC: ssrc})
	add(&rtcp.SenderReport{SSRC: 1, NTPTime: 1 << 63, RTPTime: 1})
	add(&rtcp.FullIntraRequest{MediaSSRC: ssrc, FIR: []rtcp.FIREntry{{SSRC: ssrc}}})
	add(&rtcp.TransportLayerCC{
		Header:    rtcp.Header{Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: 5},
		MediaSSRC: ssrc, PacketStatusCount: 1, PacketChunks: []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{
			Type: rtcp.TypeTCCRunLengthChunk, PacketStatusSymbol: rtcp.TypeTCCPacketReceivedSmallDelta, RunLength: 1,
		}}, RecvDeltas: []*rtcp.RecvDelta{{Type: rtcp.TypeTCCPacketReceivedSmallDelta, Delta: 250}},
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		if n, err := (control{c}).Write(b); n != len(b) || err != nil {
			t.Errorf("Write returned %d, %v", n, err)
		}
	})
}

func TestConnectionWithTooManySSRCsIsClosed(t *testing.T) {
	s := newSFU(t)
	c := publisher(t, s)
	for i := range uint32(2000) {
		_, _ = c.uplink.buffer(packetio.RTPBufferPacket, i).Write(vp8Packet(i, 1, 1, true))
	}
	s.tasks.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed || c.state != Failed {
		t.Errorf("closed %v, state %q", c.closed, c.state)
	}
}

func TestForwardingAllocatesNothing(t *testing.T) {
	s := newSFU(t)
	c := publisher(t, s)
	st := &stream{uplink: c.uplink, ssrc: 5}
	st.section = c.uplink.sections["2"]
	st.layer = st.section.publication.layerFor(c, &st.section.sendSection, "", 5, time.Now())
	var n uint16
	packet := vp8Packet(5, 0, 0, false)
	send := func() {
		n++
		binary.BigEndian.PutUint16(packet[2:], n)
		binary.BigEndian.PutUint32(packet[4:], uint32(n)*3000)
		_, _ = st.Write(packet)
	}
	// A subscription on a worker of its own that seals into the void.
	w := newWorker(s)
	d := downlinkOf(t, s, w)
	video := newSlot(0, false, "x")
	video.ssrc, video.payload[encodingVP8] = 9, 96
	video.extensions = c.uplink.extensions
	video.begin(time.Now())
	d.slots = []*slot{video}
	sub := newSubscription(d, video, binding{publication: st.section.publication})
	sub.start(time.Now())
	var inbox, spare []message
	now := time.Now()
	turn := func() {
		send()
		inbox, w.inbox = w.inbox, spare[:0]
		now = now.Add(10 * time.Millisecond)
		w.handle(inbox, now)
		w.send(now)
		clear(inbox)
		spare = inbox
	}
	packet = vp8Packet(5, 0, 0, true)
	turn()
	packet = vp8Packet(5, 0, 0, false)
	for range 1000 {
		turn()
	}
	if got := testing.AllocsPerRun(2000, turn); got > 0.05 {
		t.Errorf("%.2f allocations a packet", got)
	}
	if out, _ := s.counters.out.sum(); out < 3000 {
		t.Errorf("only %d packets went out", out)
	}
}

// void is where packets end.
type void struct{}

func (void) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	return h.MarshalSize() + len(payload), nil
}
func (void) Write(b []byte) (int, error) { return len(b), nil }
