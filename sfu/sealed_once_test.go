package sfu_test

import (
	"encoding/binary"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

// numbersSeen are the numbers under which the SFU has sealed, as anybody on
// the network can read them: each must be there once, for each key.
type numbersSeen struct {
	t *testing.T

	mu        sync.Mutex
	streams   map[stream]*numbers
	rtp, rtcp int
	repeated  int
}

// stream is an SSRC towards an address; its kind tells RTP from RTCP. No two
// connections share an address in these tests.
type stream struct {
	to   string
	ssrc uint32
	rtcp bool
}

type numbers struct {
	highest uint64
	seen    map[uint64]bool
}

func watchNumbers(t *testing.T, r *sfutest.Rig) *numbersSeen {
	n := &numbersSeen{t: t, streams: map[stream]*numbers{}}
	r.Tap(n.see)
	return n
}

func (n *numbersSeen) see(to string, b []byte) {
	if len(b) < 12 || b[0] < 128 || b[0] > 191 {
		return // STUN, DTLS
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if b[1] >= 192 && b[1] <= 223 {
		n.rtcp++
		index := binary.BigEndian.Uint32(b[len(b)-4:]) &^ (1 << 31) // of AES-GCM
		n.note(stream{to, binary.BigEndian.Uint32(b[4:]), true}, uint64(index))
		return
	}
	n.rtp++
	key := stream{to, binary.BigEndian.Uint32(b[8:]), false}
	wire := binary.BigEndian.Uint16(b[2:])
	s := n.streams[key]
	if s == nil { // receivers, too, take the roll-over count to be 0
		n.note(key, uint64(wire))
		return
	}
	n.note(key, s.highest+uint64(int64(int16(wire-uint16(s.highest))))) //nolint:gosec // serial arithmetic
}

func (n *numbersSeen) note(key stream, number uint64) {
	s := n.streams[key]
	if s == nil {
		s = &numbers{seen: map[uint64]bool{}}
		n.streams[key] = s
	}
	if s.seen[number] {
		n.repeated++
	}
	s.seen[number] = true
	s.highest = max(s.highest, number)
}

func (n *numbersSeen) check(atLeastRTP, atLeastRTCP int) {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.repeated != 0 {
		n.t.Errorf("%d numbers were sealed again", n.repeated)
	}
	if n.rtp < atLeastRTP || n.rtcp < atLeastRTCP {
		n.t.Errorf("only %d RTP and %d RTCP packets were seen", n.rtp, n.rtcp)
	}
}

func TestNoNumberIsSealedTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// Loss both ways: repairs, key frames asked for, feedback with gaps.
		r := sfutest.New(t, sfutest.Conditions{Delay: 20 * time.Millisecond, LossUp: 0.05, LossDown: 0.1})
		defer r.Close()
		seen := watchNumbers(t, r)
		a, b := call(r, "a", "b")
		c, d := call(r, "c", "d")
		join(r, "room", a, b, c, d)
		time.Sleep(3 * time.Second)
		r.Do(a.Restart()) // the same keys
		time.Sleep(time.Second)
		for _, who := range []sfu.PublicationID{"b/camera", "c/camera", "d/camera", "b/camera"} {
			r.Do(r.SFU.Prefer(r.Context(), "a", []sfu.Preference{{Publication: who, Width: 640, Height: 360}}))
			time.Sleep(300 * time.Millisecond)
		}
		r.Do(r.SFU.Publish(r.Context(), "b", sfu.SourceCamera, true))
		time.Sleep(300 * time.Millisecond)
		r.Do(r.SFU.Publish(r.Context(), "b", sfu.SourceCamera, false))
		r.Do(r.SFU.Leave(r.Context(), "c"))
		b.Restart() //nolint:errcheck // its answer does not matter
		time.Sleep(time.Second)
		join(r, "room", c)
		again := r.Again(d, sfutest.Slots{Audio: 1, Video: 1}) // other keys
		d.Close()
		r.Until(5*time.Second, "the new connection is up", again.Connected)
		time.Sleep(2 * time.Second)
		seen.check(3000, 300)
		if s := r.SFU.Stats(); s.Dropped["repeated"] != 0 || s.Counters["resent"] == 0 || s.Counters["nacks_out"] == 0 {
			t.Errorf("repeated %d, resent %d, NACKs out %d", s.Dropped["repeated"], s.Counters["resent"], s.Counters["nacks_out"])
		}
	})
}
