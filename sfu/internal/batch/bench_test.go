//go:build unix

package batch

import (
	"fmt"
	"net/netip"
	"syscall"
	"testing"
)

// cpu that this process has used, in nanoseconds. On a machine with other
// work the time of the wall says little.
func cpu() int64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

// reportCPU of b.N datagrams since began.
func reportCPU(b *testing.B, began int64) {
	b.ReportMetric(float64(cpu()-began)/float64(b.N), "cpu-ns/op")
}

// BenchmarkSend is the price of one datagram of 1200 bytes, its delivery into
// a loopback socket nobody reads included: 100 subscribers get a frame of
// five each between two flushes.
func BenchmarkSend(b *testing.B) {
	for _, method := range []Method{MethodSingle, MethodMMsg, MethodGSO} {
		for _, burst := range []int{1, 5} {
			b.Run(fmt.Sprintf("%s/burst=%d", method, burst), func(b *testing.B) { benchmarkSend(b, method, burst) })
		}
	}
}

func benchmarkSend(b *testing.B, method Method, burst int) {
	const subscribers = 100
	c, err := Listen(loopback, Config{Method: method})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	var to [subscribers]netip.AddrPort
	for i := range to {
		u, address := receiver(b, loopback)
		_ = u.SetReadBuffer(1) // what nobody reads is soon dropped
		to[i] = address
	}
	packet := media(1, 1200)
	b.ResetTimer()
	began := cpu()
	defer func() { reportCPU(b, began) }()
	for n := 0; n < b.N; {
		for _, d := range to {
			for range burst {
				_, _ = c.WriteToAddrPort(packet, d)
				n++
			}
		}
		c.Flush()
	}
}

// BenchmarkOutbox is BenchmarkSend without a copy, a lock and a table.
func BenchmarkOutbox(b *testing.B) {
	for _, method := range []Method{MethodMMsg, MethodGSO} {
		for _, burst := range []int{1, 5} {
			b.Run(fmt.Sprintf("%s/burst=%d", method, burst), func(b *testing.B) { benchmarkOutbox(b, method, burst) })
		}
	}
}

func benchmarkOutbox(b *testing.B, method Method, burst int) {
	const subscribers = 100
	o := outbox(b, listen(b, Config{Method: method}))
	var to [subscribers]*Destination
	for i := range to {
		u, address := receiver(b, loopback)
		_ = u.SetReadBuffer(1) // what nobody reads is soon dropped
		to[i] = NewDestination(address)
	}
	packet := media(1, 1200)
	b.ResetTimer()
	began := cpu()
	defer func() { reportCPU(b, began) }()
	for n := 0; n < b.N; {
		for _, d := range to {
			for range burst {
				o.Add(append(o.Room(), packet...), d)
				n++
			}
		}
		o.Flush()
	}
}

// BenchmarkReceive is the price of one datagram of 1200 bytes, its sending in
// batches included.
func BenchmarkReceive(b *testing.B) {
	for _, method := range []Method{MethodSingle, MethodMMsg} {
		b.Run(string(method), func(b *testing.B) {
			from, c := listen(b, Config{}), listen(b, Config{Method: method})
			to := c.local
			packet, into := media(1, 1200), make([]byte, 2048)
			const batch = 32
			b.ResetTimer()
			began := cpu()
			for n := 0; n < b.N; n += batch {
				for range batch {
					_, _ = from.WriteToAddrPort(packet, to)
				}
				from.Flush()
				for range batch {
					if _, _, err := c.ReadFromAddrPort(into); err != nil {
						b.Fatal(err)
					}
				}
			}
			reportCPU(b, began)
		})
	}
}
