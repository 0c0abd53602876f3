package sfu

import (
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/srtp/v3"

	"callrelay/sfu/internal/seal"
)

// voidWay leads nowhere.
type voidWay struct{}

func (voidWay) writeTo(b []byte, _ netip.AddrPort) (int, error) { return len(b), nil }

// downlinkOf a participant that is in no room, on a worker of its own that
// only the test runs. Its packets are sealed and go nowhere.
func downlinkOf(t testing.TB, s *SFU, w *worker) *downlink {
	t.Helper()
	c := &connection{sfu: s, participant: &participant{worker: w}, seat: Seat{"b", 1}}
	c.inlet = newInlet(c)
	c.downlink = newDownlink(c)
	context, err := seal.New(seal.Keys{
		Profile: srtp.ProtectionProfileAeadAes128Gcm, MasterKey: make([]byte, 16), MasterSalt: make([]byte, 12),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.downlink.ready = true
	c.downlink.egress = egress{connection: c, sealer: sealerOwn, context: context, path: &path{via: voidWay{}}}
	return c.downlink
}

func TestSenderReportIsReadAsItWasMeant(t *testing.T) {
	s := newSFU(t)
	c := publisher(t, s)
	d := downlinkOf(t, s, newWorker(s))
	now := time.Now()
	video := newSlot(0, false, "x")
	video.ssrc, video.payload[encodingVP8] = 9, 96
	video.begin(now)
	d.slots = []*slot{video}
	section := c.uplink.sections["2"]
	newSubscription(d, video, binding{publication: section.publication}).start(now)
	if b := video.appendReport(nil, now, "name"); len(b) != 0 {
		t.Errorf("%d bytes about nothing", len(b))
	}
	st := &stream{uplink: c.uplink, ssrc: 5, section: section}
	st.layer = section.publication.layerFor(c, &section.sendSection, "", 5, now)
	st.write(vp8Packet(5, 1, 3000, true), now)
	w := d.worker()
	w.handle(w.inbox, now)
	w.send(now)
	for _, name := range []string{"", "n", "na", "nam", "name"} {
		packets, err := rtcp.Unmarshal(video.appendReport(nil, now, name))
		if err != nil || len(packets) != 2 {
			t.Fatalf("%q: %v, %v", name, packets, err)
		}
		report, isReport := packets[0].(*rtcp.SenderReport)
		if !isReport || report.SSRC != 9 || report.PacketCount != 1 || report.OctetCount != video.octets || report.NTPTime != ntp(now) {
			t.Errorf("report %+v", packets[0])
		}
		source, isSource := packets[1].(*rtcp.SourceDescription)
		if !isSource || len(source.Chunks) != 1 || source.Chunks[0].Source != 9 || source.Chunks[0].Items[0].Text != name {
			t.Errorf("source %+v", packets[1])
		}
	}
}
