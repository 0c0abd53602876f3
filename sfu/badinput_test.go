package sfu_test

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"net"
	"sync"
	"testing"

	"github.com/pion/dtls/v3"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"callrelay/sfu"
	"callrelay/sfu/sfutest/bare"
)

// attacker is a signed-in client a that misbehaves, beside b, who is attacked
// and publishes, and watches what reaches b.
type attacker struct {
	*bare.Client
	t      *testing.T
	sfu    *sfu.SFU
	victim *bare.Client
	number uint16
}

func attack(t *testing.T) *attacker {
	t.Helper()
	s, a, b := bareCall(t, sfu.Config{}, dtls.SRTP_AEAD_AES_128_GCM)
	one := &attacker{Client: a, t: t, sfu: s, victim: b, number: 1000}
	one.passes("hello")
	return one
}

// passes proves that the way from the attacker is open and all before has been handled.
func (a *attacker) passes(payload string) {
	a.t.Helper()
	eventually(a.t, "b hears "+payload, func() bool {
		a.number++
		a.Send(a.Seal(a.Opus(a.number, payload)))
		return heardBy(a.victim, payload)
	})
}

// dropped for any of some reasons.
func (a *attacker) dropped(reasons ...string) (n uint64) {
	d := a.sfu.Stats().Dropped
	for _, r := range reasons {
		n += d[r]
	}
	return n
}

func TestNobodyCanSendAsAnother(t *testing.T) {
	a := attack(t)
	b := a.victim
	before := a.dropped("unknown_stream")
	extended := func(id uint8, value string, h rtp.Header) []byte {
		h.Version, h.SequenceNumber = 2, 7
		a.number++
		if err := h.SetExtension(id, []byte(value)); err != nil {
			t.Fatal(err)
		}
		return a.Packet(h, []byte("forged"))
	}
	for _, p := range [][]byte{
		// b's camera, sealed by a: a has sections of its own for that, and a
		// browser that sends under an SSRC it has not declared says its mid.
		a.Packet(rtp.Header{Version: 2, PayloadType: 100, SSRC: b.Camera, SequenceNumber: 7}, []byte("forged")),
		// A mid that is no section of a's, under b's SSRC and another.
		extended(bare.ExtensionMID, "b/microphone", rtp.Header{PayloadType: bare.Opus, SSRC: b.Microphone}),
		extended(bare.ExtensionMID, "9", rtp.Header{PayloadType: bare.Opus, SSRC: 77}),
		// A slot of a's, on which it receives.
		extended(bare.ExtensionMID, bare.SoundMID, rtp.Header{PayloadType: bare.Opus, SSRC: 78}),
	} {
		a.Send(a.Seal(p))
	}
	a.passes("after forged streams")
	if n := a.dropped("unknown_stream") - before; n != 4 {
		t.Errorf("%d were counted as of no stream, want 4", n)
	}
	// b's microphone with a payload type that only one section of a's has: it
	// is a's own microphone under a new SSRC, whosever that is elsewhere.
	eventually(t, "a's microphone goes on", func() bool {
		a.number++
		a.Send(a.Seal(b.Opus(a.number, "as b")))
		return heardBy(b, "as b")
	})
	for _, p := range b.Received() {
		if p.SSRC != a.slotSSRC() {
			t.Errorf("forwarded as another's: %v", p.Header)
		}
	}
	for _, p := range a.Received() {
		t.Errorf("the forger is sent %q", p.Payload)
	}
}

// slotSSRC of the sound that the victim hears from the attacker.
func (a *attacker) slotSSRC() uint32 {
	for _, p := range a.victim.Received() {
		if string(p.Payload) == "hello" {
			return p.SSRC
		}
	}
	return 0
}

func TestControlAboutAnothersStreamDoesNothing(t *testing.T) {
	a := attack(t)
	b := a.victim
	eventually(t, "a hears b", func() bool {
		a.number++
		b.Send(b.Seal(b.Opus(a.number, "from b")))
		return heardBy(a.Client, "from b")
	})
	before := a.sfu.Stats()
	for _, p := range []rtcp.Packet{
		&rtcp.PictureLossIndication{SenderSSRC: b.Microphone, MediaSSRC: b.Camera},
		&rtcp.TransportLayerNack{SenderSSRC: b.Microphone, MediaSSRC: b.Camera, Nacks: []rtcp.NackPair{{PacketID: 1, LostPackets: 0xffff}}},
		&rtcp.FullIntraRequest{SenderSSRC: b.Camera, MediaSSRC: b.Camera, FIR: []rtcp.FIREntry{{SSRC: b.Camera}}},
		&rtcp.Goodbye{Sources: []uint32{b.Microphone, b.Camera}},
		&rtcp.SenderReport{SSRC: b.Microphone, NTPTime: 1 << 40, RTPTime: 5},
		&rtcp.ReceiverReport{SSRC: b.Microphone, Reports: []rtcp.ReceptionReport{{SSRC: b.Microphone, FractionLost: 255}}},
		&rtcp.ReceiverEstimatedMaximumBitrate{SenderSSRC: b.Microphone, Bitrate: 1, SSRCs: []uint32{b.Camera}},
	} {
		raw, err := rtcp.Marshal([]rtcp.Packet{p})
		if err != nil {
			t.Fatal(err)
		}
		a.Send(a.SealControl(raw))
	}
	a.passes("after forged control")
	after := a.sfu.Stats()
	for _, name := range []string{"resent", "plis_out", "nacks_out"} {
		if after.Counters[name] != before.Counters[name] {
			t.Errorf("%s went from %d to %d", name, before.Counters[name], after.Counters[name])
		}
	}
	if after.Participants != 2 || after.Connections != 2 {
		t.Errorf("%d participants, %d connections", after.Participants, after.Connections)
	}
}

func TestReplayedPacketsAreOpenedOnce(t *testing.T) {
	a := attack(t)
	a.number++
	sound := a.Seal(a.Opus(a.number, "once"))
	report, err := rtcp.Marshal([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: a.Microphone}})
	if err != nil {
		t.Fatal(err)
	}
	control := a.SealControl(report)
	reports := a.sfu.Stats().Counters["receiver_reports"]
	stranger, err := net.DialUDP("udp", nil, a.Server)
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	for range 50 {
		a.Send(sound)
		a.Send(control)
	}
	a.passes("after replays")
	for range 50 { // and by somebody who has recorded them
		_, _ = stranger.Write(sound)
		_, _ = stranger.Write(control)
	}
	a.passes("after a stranger's replays")
	heard := 0
	for _, p := range a.victim.Received() {
		if string(p.Payload) == "once" {
			heard++
		}
	}
	if heard != 1 {
		t.Errorf("forwarded %d times", heard)
	}
	if n := a.sfu.Stats().Counters["receiver_reports"] - reports; n > 2 {
		t.Errorf("a report counts %d times", n)
	}
	if n := a.dropped("unopened"); n < 90 {
		t.Errorf("%d counted", n)
	}
}

func TestBrokenPacketsOfAKeyHolderHarmNobody(t *testing.T) {
	a := attack(t)
	var broken [][]byte
	add := func(b []byte) { broken = append(broken, b) }
	header := func(first byte, rest ...byte) []byte {
		a.number++
		b := []byte{first, bare.Opus}
		b = binary.BigEndian.AppendUint16(b, a.number)
		b = binary.BigEndian.AppendUint32(b, 0)
		b = binary.BigEndian.AppendUint32(b, a.Microphone)
		return append(b, rest...)
	}
	for _, padding := range []byte{0, 2, 13, 200, 255} { // of one byte of payload
		add(header(0xa0, 1, padding))
	}
	add(header(0x8f, make([]byte, 60)...))                      // 15 CSRCs and nothing
	add(header(0x8f, append(make([]byte, 60), "broken"...)...)) // and a payload
	for _, id := range []byte{0xbe, 0x10} {
		for size := range 17 { // values that are longer than the block
			add(header(0x90, append([]byte{id, 0xde, 0, 1, 0x10 | byte(size), byte(size), 0, 0}, "broken"...)...))
		}
	}
	add(header(0x90, 0xbe, 0xde, 0, 0))
	random := rand.New(rand.NewSource(1)) //nolint:gosec // the same each time
	for size := 12; size <= 1460; size += 7 {
		b := make([]byte, size)
		random.Read(b)
		copy(b, header(0x80|b[0]&0x0f))
		add(b)
	}
	for _, b := range broken {
		if sealed, ok := a.TrySeal(b); ok {
			a.Send(sealed)
		}
	}
	a.passes("after broken packets")
	for size := 4; size <= 1400; size += 4 { // RTCP of any kind that claims any length
		b := make([]byte, size)
		random.Read(b)
		b[0], b[1] = 0x80|b[0]&0x3f, 192+b[1]%32
		if sealed, ok := a.TrySealControl(b); ok {
			a.Send(sealed)
		}
	}
	a.passes("after broken control")
}

func TestDatagramsOfAnySizeHarmNobody(t *testing.T) {
	a := attack(t)
	stranger, err := net.DialUDP("udp", nil, a.Server)
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	random := rand.New(rand.NewSource(1)) //nolint:gosec // the same each time
	for _, first := range []byte{0, 1, 22, 64, 127, 0x80, 0x81, 0x90, 0xaf, 0xbf, 0xff} {
		for size := 1; size <= 1600; size += 13 {
			b := make([]byte, size)
			random.Read(b)
			b[0] = first
			if first == 22 || first >= 0x80 { // DTLS and media of the client's own address
				a.Send(b)
			}
			_, _ = stranger.Write(b)
		}
		a.passes(fmt.Sprintf("after those that begin with %d", first))
	}
	for _, size := range []int{2047, 2048, 2049, 9000, 65507} {
		b := make([]byte, size)
		b[0] = 0x80
		a.Send(b)
		_, _ = stranger.Write(b)
	}
	a.passes("after the longest")
	if n := a.dropped("socket_truncated"); n < 6 {
		t.Errorf("%d too long ones are counted, want 6", n)
	}
}

func TestAPeerThatSendsFarTooFastHoldsNobodyElseUp(t *testing.T) {
	a := attack(t)
	b := a.victim
	burst := make([][]byte, 12_000) // twice what a second allows
	for i := range burst {
		a.number++
		burst[i] = a.Seal(a.Opus(a.number, "flood"))
	}
	for i, p := range burst {
		a.Send(p)
		if i%600 == 0 { // b goes on meanwhile
			payload := fmt.Sprint("calm ", i)
			number := uint16(i / 600 * 50) //nolint:gosec // small
			eventually(t, "a hears b", func() bool {
				number++
				b.Send(b.Seal(b.Opus(number, payload)))
				return heardBy(a.Client, payload)
			})
		}
	}
}

func TestFloodsFromUncheckedAddressesDoNotKeepOthersOut(t *testing.T) {
	s, err := sfu.New(sfu.Config{Observer: ignore{}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	first := bare.Connect(t, s, "first", 1, dtls.SRTP_AEAD_AES_128_GCM)
	defer first.Close()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		hello := make([]byte, 300)
		hello[0], hello[1], hello[2] = 22, 254, 253
		for {
			select {
			case <-stop:
				return
			default:
			}
			stranger, err := net.DialUDP("udp", nil, first.Server)
			if err != nil {
				continue // no port is free for the moment
			}
			for range 20 {
				_, _ = stranger.Write(hello)
			}
			_ = stranger.Close()
		}
	}()
	end := sync.OnceFunc(func() { close(stop); <-stopped })
	defer end()
	for i := range 10 {
		c := bare.Connect(t, s, sfu.ParticipantID(fmt.Sprint("p", i)), uint32(i+2), dtls.SRTP_AEAD_AES_128_GCM) //nolint:gosec // small
		defer c.Close()
	}
	end()
	if n := s.Stats().Dropped["unchecked"]; n == 0 {
		t.Error("no forged packet was counted")
	}
}
