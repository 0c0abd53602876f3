package sfu

import (
	"encoding/binary"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/transport/v4/packetio"

	"callrelay/sfu/internal/rtpext"
)

// maxStreams SSRCs are taken from one connection, of RTP and of RTCP each;
// one with more is closed, as every SSRC costs memory in SRTP too.
const maxStreams = 256

// uplink is what a connection receives. Pion decrypts; each decrypted packet
// then comes straight to a stream's Write, on the connection's one reader
// goroutine, and Pion's own receivers see nothing.
type uplink struct {
	connection *connection
	mu         sync.Mutex
	used       bool
	sections   map[string]*uplinkSection // by mid
	extensions rtpext.IDs                // fixed by the first offer
	streams    map[packetio.BufferPacketType]int
	recorder   *twcc.Recorder
	recorded   bool // something since the last feedback
	pace       feedbackPace
	outage     outage
	outages    atomic.Uint64
	bytes      uint64
	// clockOffset is what to add to the publisher's clock for the server's.
	clockOffset time.Duration
	clockKnown  bool
}

// uplinkSection is a send section and where its media go.
type uplinkSection struct {
	sendSection
	publication *publication
}

func newUplink(c *connection) *uplink {
	return &uplink{
		connection: c,
		sections:   map[string]*uplinkSection{},
		streams:    map[packetio.BufferPacketType]int{},
		recorder:   twcc.NewRecorder(1),
	}
}

// use takes the sections of an offer. Sections that are there stay as they are,
// and the first offer's extension numbers hold for good, as its answer says.
func (u *uplink) use(sections []*uplinkSection, ids rtpext.IDs) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, s := range sections {
		if _, there := u.sections[s.mid]; !there {
			u.sections[s.mid] = s
		}
	}
	if !u.used {
		u.used, u.extensions = true, ids
	}
}

// buffer is webrtc.SettingEngine.BufferFactory: one for each SSRC.
func (u *uplink) buffer(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.streams[kind]++
	if u.streams[kind] > maxStreams {
		if u.streams[kind] == maxStreams+1 {
			u.connection.abandon("too many SSRCs")
		}
		return sink{u.connection.sfu}
	}
	if kind == packetio.RTCPBufferPacket {
		return control{u.connection}
	}
	return &stream{uplink: u, ssrc: ssrc}
}

// stream is the packets of one SSRC. It takes the place of Pion's buffer:
// what is written is handled at once, and there is nothing to read.
type stream struct {
	uplink  *uplink
	ssrc    uint32
	section *uplinkSection // nil until known
	layer   *layer
}

// Read implements io.Reader for Pion, which is to have nothing.
func (*stream) Read([]byte) (int, error) { return 0, io.EOF }

// Close implements io.Closer.
func (*stream) Close() error { return nil }

// Write takes one decrypted RTP packet; b is valid until it returns.
func (s *stream) Write(b []byte) (int, error) {
	s.write(b, time.Now())
	return len(b), nil
}

// write takes one opened RTP packet that arrived at now.
func (s *stream) write(b []byte, now time.Time) {
	u := s.uplink
	c := &u.connection.sfu.counters
	c.in.add(u.connection.place, len(b))
	p, ok := rtpext.Parse(b, &u.extensions)
	if !ok || len(b) > maxPacket {
		c.drop(dropMalformed)
		return
	}
	u.record(&p, b, now)
	if s.layer == nil && !s.resolve(&p, b) {
		c.drop(dropUnknownStream)
		return
	}
	s.receive(&p, b, now)
}

// receive finds out what a packet carries and hands it to its publication.
func (s *stream) receive(p *rtpext.Packet, b []byte, now time.Time) {
	c := &s.uplink.connection.sfu.counters
	d := description{rtp: *p, encoding: s.section.codecs[p.PayloadType]}
	number := p.Seq
	if d.encoding == encodingRTX {
		payload := p.Payload(b)
		if len(payload) < 2 { // a probe
			c.drop(dropPadding)
			return
		}
		number, d.repaired = binary.BigEndian.Uint16(payload), true
		d.encoding = s.section.codecs[s.section.apt[p.PayloadType]]
	}
	if d.encoding == encodingNone || d.encoding == encodingRTX {
		c.drop(dropUnknownCodec)
		return
	}
	s.section.publication.receive(s.layer, d, number, b, now)
}

// record notes the packet's transport-wide number.
func (u *uplink) record(p *rtpext.Packet, b []byte, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.bytes += uint64(len(b))
	value, _ := p.Value(b, rtpext.TransportSequence)
	number, ok := rtpext.ReadTransportSequence(value)
	if !ok {
		return
	}
	if u.outage.over(number, now) {
		u.recorder = twcc.NewRecorder(1)
		u.outages.Add(1)
		u.connection.participant.worker.post(u.connection.downlink.pathBack)
	}
	u.pace.note(number, now)
	u.recorder.Record(p.SSRC, number, now.UnixMicro())
	if !u.recorded {
		u.recorded = true
		u.connection.participant.worker.post(u.connection.feedbackDue)
	}
}

// resolve finds the layer of an SSRC: by what the SDP declares, by mid and
// rid in the packet, or by a payload type that only one section has.
func (s *stream) resolve(p *rtpext.Packet, b []byte) bool {
	u := s.uplink
	mid, _ := p.Value(b, rtpext.MID)
	u.mu.Lock()
	section := u.sectionOf(s.ssrc, p.PayloadType, mid)
	u.mu.Unlock()
	if section == nil {
		return false
	}
	rid, media := "", s.ssrc
	if len(section.rids) > 0 {
		value, ok := p.Value(b, rtpext.RID)
		if !ok {
			value, _ = p.Value(b, rtpext.RepairedRID)
		}
		if rid = string(value); rid == "" || !slices.Contains(section.rids, rid) {
			return false
		}
	}
	if section.codecs[p.PayloadType] == encodingRTX {
		media = 0 // the layer learns its SSRC from the media itself
	}
	s.section = section
	s.layer = section.publication.layerFor(u.connection, &section.sendSection, rid, media, time.Now())
	return s.layer != nil
}

// sectionOf an SSRC; mu is held.
func (u *uplink) sectionOf(ssrc uint32, payloadType uint8, mid []byte) *uplinkSection {
	if len(mid) > 0 {
		return u.sections[string(mid)]
	}
	var only *uplinkSection
	candidates := 0
	for _, s := range u.sections {
		if _, declared := s.ssrcs[ssrc]; declared {
			return s
		}
		if s.codecs[payloadType] != encodingNone {
			only = s
			candidates++
		}
	}
	if candidates != 1 {
		return nil
	}
	return only
}

// sink takes what nobody wants.
type sink struct{ sfu *SFU }

func (sink) Read([]byte) (int, error) { return 0, io.EOF }
func (s sink) Write(b []byte) (int, error) {
	s.sfu.counters.drop(dropTooManySSRCs)
	return len(b), nil
}
func (sink) Close() error { return nil }

// renewPictures of all video after the path was dead: those who watch have
// missed what the next pictures build on.
func (u *uplink) renewPictures() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, section := range u.sections {
		section.publication.renewPictures()
	}
}
