package sfu

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"callrelay/sfu/internal/batch"
)

// numbersLeft are the sequence numbers of what leaves by it.
type numbersLeft struct{ numbers []uint16 }

func (n *numbersLeft) writeTo(b []byte, _ netip.AddrPort) (int, error) {
	if b[1] < 192 || b[1] > 223 { // no RTCP
		n.numbers = append(n.numbers, binary.BigEndian.Uint16(b[2:]))
	}
	return len(b), nil
}

// watcher of one camera, with all that its packets pass on their way.
type watcher struct {
	s    *SFU
	d    *downlink
	sub  *subscription
	left *numbersLeft
	now  time.Time
	next func(key bool) // the camera's next frame, handled at once
}

func newWatcher(t *testing.T) *watcher {
	s := newSFU(t)
	c := publisher(t, s)
	w := newWorker(s)
	d := downlinkOf(t, s, w)
	one := &watcher{s: s, d: d, left: &numbersLeft{}, now: time.Now()}
	d.egress.path = &path{via: one.left}
	video := newSlot(0, false, "x")
	video.ssrc, video.payload[encodingVP8] = 9, 96
	video.begin(one.now)
	d.slots = []*slot{video}
	section := c.uplink.sections["2"]
	one.sub = newSubscription(d, video, binding{publication: section.publication})
	one.sub.start(one.now)
	st := &stream{uplink: c.uplink, ssrc: 5, section: section}
	st.layer = section.publication.layerFor(c, &section.sendSection, "", 5, one.now)
	var number uint16
	one.next = func(key bool) {
		number++
		one.now = one.now.Add(33 * time.Millisecond)
		st.write(vp8Packet(5, number, uint32(number)*3000, key), one.now)
		inbox := w.inbox
		w.inbox = nil
		w.handle(inbox, one.now)
		w.send(one.now)
	}
	return one
}

func TestFullSocketDropsPicturesToTheNextKeyFrame(t *testing.T) {
	one := newWatcher(t)
	s, d, left, frame := one.s, one.d, one.left, one.next
	frame(true)
	frame(false)
	before := len(left.numbers)
	// Packets of this connection have found the socket full since it was looked at.
	d.egress.to, d.egress.lost = batch.NewDestination(netip.MustParseAddrPort("192.0.2.1:1")), 1
	frame(false)
	asked := s.counters.named[countFramesDropped].Load()
	for range 5 {
		frame(false)
	}
	if len(left.numbers) > before+1 || asked != 1 {
		t.Errorf("%d pictures left a full socket behind, frames were given up %d times", len(left.numbers)-before, asked)
	}
	if s.counters.dropped[dropQueueFull].Load() < 5 {
		t.Errorf("dropped: %v", s.Stats().Dropped)
	}
	frame(true)
	frame(false)
	if len(left.numbers) < before+2 {
		t.Fatalf("%d packets in all: nothing after the key frame", len(left.numbers))
	}
	gaps := 0 // what waited when it was noticed had its numbers already, as the lost packets had
	for i, n := range left.numbers[1:] {
		if n != left.numbers[i]+1 {
			gaps++
		}
	}
	if gaps > 1 {
		t.Errorf("%d gaps in %v", gaps, left.numbers)
	}
}

func TestPicturesGivenUpOnAThinPathLeaveNoGap(t *testing.T) {
	one := newWatcher(t)
	d, left, frame := one.d, one.left, one.next
	for name, give := range map[string]func(){
		"as it turned out thin": func() { d.sender.startOver(one.now) },
		"as the camera was turned off": func() {
			one.sub.mute(true, one.now)
			one.sub.mute(false, one.now)
		},
	} {
		frame(true)
		frame(false)
		d.sender.allowance, d.sender.paced = -1e9, one.now // the pace lets nothing through
		for range 3 {
			frame(false)
		}
		if len(d.sender.video) != 3 {
			t.Fatalf("%d packets wait", len(d.sender.video))
		}
		give()
		d.sender.allowance = 1e5
		before := len(left.numbers)
		frame(true)
		frame(false)
		if len(left.numbers) != before+2 {
			t.Errorf("%s: %d packets after the key frame", name, len(left.numbers)-before)
		}
		one.now = one.now.Add(2 * keyFrameSpacing)
	}
	for i, n := range left.numbers[1:] {
		if n != left.numbers[i]+1 {
			t.Errorf("a gap before the %dth of %v", i+1, left.numbers)
		}
	}
}
