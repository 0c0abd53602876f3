//go:build unix

package sfu

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"callrelay/sfu/internal/batch"
	"callrelay/sfu/internal/rtpext"
	"callrelay/sfu/internal/seal"
	"callrelay/sfu/internal/seq"
)

// crowd is one camera or microphone and those who watch, on one worker that
// only the benchmark runs. Packets are put in as if they had been decrypted,
// and leave by a real socket to sockets that nobody reads.
type crowd struct {
	sfu     *SFU
	worker  *worker
	viewers []*downlink
	stream  *stream
	now     time.Time
	packet  []byte
	number  uint16
	frames  int
	report  []byte
	turnsOf []message
}

const (
	crowdViewers = 100
	crowdReport  = 64 // packets of which a report tells, at most
	framePackets = 5
)

func newCrowd(b testing.TB, audio bool) *crowd {
	b.Helper()
	s := newSFU(b)
	return crowdOf(b, s, publisher(b, s), 0, audio)
}

// crowdOf one more worker of an SFU, that watches what comes as of a publisher.
func crowdOf(b testing.TB, s *SFU, c *connection, place int, audio bool) *crowd {
	b.Helper()
	w := &crowd{sfu: s, worker: newWorker(s), now: time.Now()}
	w.worker.place = place
	mid, size := "2", 1164
	if audio {
		mid, size = "0", 148
	}
	section := c.uplink.sections[mid]
	w.stream = &stream{uplink: c.uplink, ssrc: 5, section: section}
	w.stream.layer = section.publication.layerFor(c, &section.sendSection, "", 5, w.now)
	w.packet = append(vp8Packet(5, 0, 0, true), make([]byte, 200)...)[:size]
	if audio {
		w.packet[1] = 111
	}
	for range crowdViewers {
		w.viewers = append(w.viewers, w.viewer(b, section.publication, c.uplink.extensions, audio))
	}
	// One run of packets, each 500 us after the one before.
	w.report = append([]byte{0x8f, 205, 0, 4 + 1 + crowdReport/4, 22: 0}, bytes.Repeat([]byte{2}, crowdReport)...)
	return w
}

// viewer whose packets go to a socket that nobody reads.
func (w *crowd) viewer(b testing.TB, p *publication, ids rtpext.IDs, audio bool) *downlink {
	b.Helper()
	d := downlinkOf(b, w.sfu, w.worker)
	d.connection.uplink = newUplink(d.connection)
	one := w.sfu.ports.all[0]
	d.egress.path = &path{one, unread(b)}
	d.egress.outbox, d.egress.to = w.worker.outbox(one), batch.NewDestination(d.egress.path.remote)
	only := newSlot(0, audio, "x")
	only.ssrc, only.rtxSSRC, only.extensions = 9, 10, ids
	only.payload[encodingVP8], only.payload[encodingOpus] = 96, 111
	only.begin(w.now)
	d.slots = []*slot{only}
	newSubscription(d, only, binding{publication: p}).start(w.now)
	w.worker.wheel.at(&d.second, w.now.Add(reportEvery))
	w.worker.wheel.at(&d.adaptTimer, w.now.Add(adaptEvery))
	return d
}

// unread is the address of a socket that nobody reads.
func unread(b testing.TB) netip.AddrPort {
	b.Helper()
	u, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = u.Close() })
	_ = u.SetReadBuffer(1) // what nobody reads is soon dropped
	return u.LocalAddr().(*net.UDPAddr).AddrPort()
}

// frame of so many packets goes in and out; every second one brings feedback
// from all viewers.
func (w *crowd) frame(packets int, every time.Duration) {
	w.frames++
	w.now = w.now.Add(every)
	for i := range packets {
		w.number++
		w.packet[1] &= 0x7f
		if i == packets-1 {
			w.packet[1] |= 0x80
		}
		w.packet[2], w.packet[3] = byte(w.number>>8), byte(w.number)
		w.packet[4], w.packet[5], w.packet[6] = byte(w.frames>>16), byte(w.frames>>8), byte(w.frames)
		w.stream.write(w.packet, w.now)
		w.packet[16] |= 1 // no key frame but the first
	}
	inbox := w.worker.inbox
	w.worker.inbox = w.turnsOf[:0]
	w.worker.wheel.advance(w.now)
	w.worker.handle(inbox, w.now)
	w.worker.send(w.now)
	clear(inbox)
	w.turnsOf = inbox
	if w.frames%2 == 0 {
		w.feedback(2 * packets)
	}
}

// sent packets so far.
func (w *crowd) sent() uint64 {
	n, _ := w.sfu.counters.out.sum()
	return n
}

// feedback that all of the last packets have arrived.
func (w *crowd) feedback(packets int) {
	binary.BigEndian.PutUint16(w.report[14:], uint16(packets))
	binary.BigEndian.PutUint32(w.report[16:], uint32(w.now.Sub(time.Unix(0, 0))/(64*time.Millisecond))<<8)
	binary.BigEndian.PutUint16(w.report[20:], 1<<13|uint16(packets))
	for _, d := range w.viewers {
		if d.sender.book == nil || d.sender.book.Count() < uint64(packets) {
			continue
		}
		binary.BigEndian.PutUint16(w.report[12:], uint16(d.sender.book.Count()-uint64(packets)))
		d.sender.feedback(w.report, w.now)
	}
}

func TestSaturatedEgressHardlyAllocates(t *testing.T) {
	for name, audio := range map[string]bool{"video": false, "sound": true} {
		t.Run(name, func(t *testing.T) {
			packets, every := framePackets, 33*time.Millisecond
			if audio {
				packets, every = 1, 20*time.Millisecond
			}
			w := newCrowd(t, audio)
			for range 66 {
				w.frame(packets, every)
			}
			before := w.sent()
			const frames = 66
			allocs := testing.AllocsPerRun(1, func() {
				for range frames {
					w.frame(packets, every)
				}
			})
			sent := w.sent() - before // of two runs
			if sent < 2*frames*uint64(packets)*crowdViewers {
				t.Errorf("only %d packets left", sent)
			}
			if each := 2 * allocs / float64(sent); each > 0.05 {
				t.Errorf("%.3f allocations a packet", each)
			}
		})
	}
}

// cpu that this process has used: on a machine with other work the time of the wall says little.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkEgress is the price of one delivered packet of a saturated worker:
// 100 viewers, feedback and history on, all but receiving. The floor, beside it,
// is the same packets sealed and sent by nothing but package seal and an outbox.
func BenchmarkEgress(b *testing.B) {
	for _, row := range []struct {
		name    string
		audio   bool
		packets int
		every   time.Duration
	}{
		{"video in frames of five", false, framePackets, 33 * time.Millisecond},
		{"sound alone", true, 1, 20 * time.Millisecond},
	} {
		b.Run(row.name, func(b *testing.B) {
			w := newCrowd(b, row.audio)
			for range 100 {
				w.frame(row.packets, row.every)
			}
			before := w.sent()
			b.ReportAllocs()
			b.ResetTimer()
			began := cpu()
			for range b.N {
				w.frame(row.packets, row.every)
			}
			spent := cpu() - began
			sent := w.sent() - before
			b.ReportMetric(float64(spent)/float64(sent), "cpu-ns/packet")
			b.ReportMetric(float64(sent)/float64(b.N), "packets/op")
			if want := uint64(b.N * row.packets * crowdViewers); sent < want {
				b.Errorf("%d packets left of %d; dropped %v", sent, want, w.sfu.Stats().Dropped)
			}
		})
		b.Run(row.name+", the floor", func(b *testing.B) { benchmarkFloor(b, row.packets, row.audio) })
	}
}

// BenchmarkEgressOfAllCores is the same with a worker, a publisher and a crowd
// for each processor (-cpu 1,2), all of one SFU and its socket: how much more
// two do than one, and at what cost for each packet.
func BenchmarkEgressOfAllCores(b *testing.B) {
	s := newSFU(b)
	var crowds []*crowd
	for i := range runtime.GOMAXPROCS(0) {
		id := ParticipantID(fmt.Sprint("p", i))
		crowds = append(crowds, crowdOf(b, s, publisherAs(b, s, id, RoomID(id)), i, false))
	}
	for range 100 {
		for _, w := range crowds {
			w.frame(framePackets, 33*time.Millisecond)
		}
	}
	before := crowds[0].sent()
	b.ResetTimer()
	began, at := cpu(), time.Now()
	var all sync.WaitGroup
	for _, w := range crowds {
		all.Go(func() {
			for range b.N {
				w.frame(framePackets, 33*time.Millisecond)
			}
		})
	}
	all.Wait()
	sent := float64(crowds[0].sent() - before)
	b.ReportMetric(float64(cpu()-began)/sent, "cpu-ns/packet")
	b.ReportMetric(sent/time.Since(at).Seconds(), "packets/s")
	if want := float64(b.N * framePackets * crowdViewers * len(crowds)); sent < want {
		b.Errorf("%.0f packets left of %.0f", sent, want)
	}
}

func benchmarkFloor(b *testing.B, packets int, audio bool) {
	w := newCrowd(b, audio)
	size := len(w.packet) + 8 // the transport-wide number
	streams := make([]*seal.Stream, len(w.viewers))
	for i, d := range w.viewers {
		streams[i] = d.egress.context.Stream(9)
	}
	plain := make([]byte, size)
	plain[0], plain[11] = 0x80, 9
	b.ReportAllocs()
	b.ResetTimer()
	began, sent := cpu(), 0
	for range b.N {
		for i, d := range w.viewers {
			for range packets {
				sent++
				n := seq.Number(sent)
				if sealed, ok := d.egress.context.RTP(append(d.egress.room(), plain...), 12, streams[i], n); ok {
					d.egress.leave(sealed)
				}
			}
		}
		w.worker.flush()
	}
	b.ReportMetric(float64(cpu()-began)/float64(sent), "cpu-ns/packet")
	b.ReportMetric(float64(sent)/float64(b.N), "packets/op")
}
