// wanem delays the packets of one netfilter queue. It does what "tc netem
// delay" does, for kernels without the netem module. Packets stay in the
// kernel; only their numbers come here and each is released when it is due.
//
//	iptables -t mangle -A PREROUTING -i wan -j NFQUEUE --queue-num 1 --queue-bypass
//	wanem -queue 1 -delay 80ms -jitter 20ms -reorder 1
//
// Jitter alone keeps the order. -reorder sends that percentage of packets at
// once, ahead of those that wait. It runs until it is killed; packets then
// pass undelayed (--queue-bypass). One process per queue, in the namespace of
// the rule. Standard library only.
package main

import (
	"container/heap"
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"syscall"
	"time"
)

const (
	netlinkNetfilter = 12
	subsysQueue      = 3 << 8
	msgPacket        = subsysQueue
	msgVerdict       = subsysQueue | 1
	msgConfig        = subsysQueue | 2
)

// held is a packet that waits in the kernel.
type held struct {
	id  uint32
	due time.Time
}
type byDue []held

func (h byDue) Len() int           { return len(h) }
func (h byDue) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h byDue) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byDue) Push(x any)        { *h = append(*h, x.(held)) }
func (h *byDue) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

type queue struct {
	fd  int
	num uint16
	to  *syscall.SockaddrNetlink
}

// send writes one netlink message with one attribute.
func (q *queue) send(typ uint16, attr uint16, payload []byte) {
	n := 16 + 4 + 4 + len(payload)
	b := make([]byte, (n+3)&^3)
	binary.NativeEndian.PutUint32(b[0:], uint32(len(b)))
	binary.NativeEndian.PutUint16(b[4:], typ)
	binary.NativeEndian.PutUint16(b[6:], syscall.NLM_F_REQUEST)
	b[16] = syscall.AF_UNSPEC
	binary.BigEndian.PutUint16(b[18:], q.num)
	binary.NativeEndian.PutUint16(b[20:], uint16(4+len(payload)))
	binary.NativeEndian.PutUint16(b[22:], attr)
	copy(b[24:], payload)
	if err := syscall.Sendto(q.fd, b, 0, q.to); err != nil {
		die("send", err)
	}
}

func (q *queue) accept(id uint32) {
	p := binary.BigEndian.AppendUint32(nil, 1) // NF_ACCEPT
	q.send(msgVerdict, 2, binary.BigEndian.AppendUint32(p, id))
}

// read calls got with the number of each packet that enters the queue.
func (q *queue) read(got func(id uint32)) {
	buf := make([]byte, 1<<16)
	for {
		n, _, err := syscall.Recvfrom(q.fd, buf, 0)
		if err == syscall.EINTR || err == syscall.ENOBUFS {
			continue
		}
		if err != nil {
			die("receive", err)
		}
		msgs, err := syscall.ParseNetlinkMessage(buf[:n])
		if err != nil {
			die("parse", err)
		}
		for _, m := range msgs {
			if m.Header.Type == syscall.NLMSG_ERROR && len(m.Data) >= 4 {
				// ENOENT: the packet is gone, as all that wait are when rules of the namespace change.
				if e := syscall.Errno(-int32(binary.NativeEndian.Uint32(m.Data))); e != 0 && e != syscall.ENOENT {
					die("kernel", e) // EPERM: another process has this queue
				}
			}
			if m.Header.Type != msgPacket {
				continue
			}
			for a := m.Data[4:]; len(a) >= 8; {
				size := int(binary.NativeEndian.Uint16(a))
				if binary.NativeEndian.Uint16(a[2:]) == 1 { // the packet header
					got(binary.BigEndian.Uint32(a[4:]))
				}
				size = (size + 3) &^ 3
				if size < 4 || size > len(a) {
					break
				}
				a = a[size:]
			}
		}
	}
}

// die ends the program: nothing useful can be done without the queue.
func die(doing string, err error) {
	_, _ = fmt.Fprintf(os.Stderr, "wanem: %s: %v\n", doing, err)
	os.Exit(1)
}

func main() {
	num := flag.Uint("queue", 1, "number of the netfilter queue")
	delay := flag.Duration("delay", 50*time.Millisecond, "base delay")
	jitter := flag.Duration("jitter", 0, "each packet waits delay plus or minus up to this")
	reorder := flag.Float64("reorder", 0, "percentage of packets that do not wait")
	flag.Parse()

	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW, netlinkNetfilter)
	if err != nil {
		die("socket", err)
	}
	_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, 16<<20)
	q := &queue{fd: fd, num: uint16(*num), to: &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}}
	if err := syscall.Bind(fd, q.to); err != nil {
		die("bind", err)
	}
	q.send(msgConfig, 1, []byte{1, 0, 0, 0})    // bind to the queue
	q.send(msgConfig, 2, []byte{0, 0, 0, 0, 1}) // numbers only, no packet bytes
	q.send(msgConfig, 3, []byte{0, 0, 0x40, 0}) // hold up to 16384 packets

	in := make(chan uint32, 16384)
	go q.read(func(id uint32) { in <- id })
	var waiting byDue
	var last time.Time
	timer := time.NewTimer(time.Hour)
	for {
		select {
		case id := <-in:
			if rand.Float64()*100 < *reorder {
				q.accept(id)
				continue
			}
			due := time.Now().Add(*delay)
			if *jitter > 0 {
				due = due.Add(time.Duration(rand.Int63n(int64(2**jitter))) - *jitter)
			}
			if due.Before(last) {
				due = last
			}
			last = due
			heap.Push(&waiting, held{id, due})
		case <-timer.C:
		}
		for len(waiting) > 0 && !waiting[0].due.After(time.Now()) {
			q.accept(heap.Pop(&waiting).(held).id)
		}
		if len(waiting) > 0 {
			timer.Reset(time.Until(waiting[0].due))
		}
	}
}
