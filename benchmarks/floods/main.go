// Floods a real server on this machine's loopback with what an attacker would
// send, from addresses that never did ICE and over TURN, and tells whether
// anybody who came in earnest noticed:
//
//	go run ./benchmarks/floods --server bin/sfu
//	go run ./benchmarks/floods --server bin/sfu --joins 100 --seconds 2 --json report.json
//
// It ends with status 1 when a demand is not met. Linux only: it sends from
// all of 127.0.0.0/8.
package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"time"

	"github.com/alecthomas/kong"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/internal/pin"
	"callrelay/benchmarks/internal/serve"
	"callrelay/benchmarks/report"
	"callrelay/benchmarks/scenarios"
	"callrelay/signal/protocol"
)

type options struct {
	Server    string `help:"The server to start, on free ports of the loopback." required:"" placeholder:"BIN"`
	ServerLog string `help:"File for its log; empty drops it." placeholder:"FILE"`
	Joins     int    `help:"People who join, two by two, while forged ClientHellos arrive; an even number." default:"1000"`
	Rate      int    `help:"Forged ClientHellos a second." default:"1000"`
	Seconds   int    `help:"How long each other flood lasts." default:"5"`
	Requests  int    `help:"Allocates on one credential." default:"1000"`
	PeerRate  int    `help:"Packets a second of one who has signed in." default:"100000"`
	Pin       bool   `help:"Keep the server on core 0, and this program on the others."`
	JSON      string `help:"Write the report there." placeholder:"FILE"`
}

// Validate is called by kong once the flags are read.
func (o options) Validate() error {
	if o.Joins < 2 || o.Joins%2 != 0 {
		return fmt.Errorf("--joins is %d, but people join two by two: give an even number", o.Joins)
	}
	return nil
}

func main() {
	var o options
	kong.Parse(&o, kong.Description("Floods a server, and tells whether those in earnest noticed."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ok, err := run(ctx, o, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "floods:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// attack is what all floods need.
type attack struct {
	options
	target scenarios.Target
	media  netip.AddrPort
	report *report.Report
}

// run returns whether all demands were met.
func run(ctx context.Context, o options, out io.Writer) (bool, error) {
	log := io.Discard
	if o.ServerLog != "" {
		file, err := os.Create(o.ServerLog)
		if err != nil {
			return false, err
		}
		defer file.Close()
		log = file
	}
	on := func(f func() error) error { return f() }
	if o.Pin {
		var err error
		if on, err = pin.Self(0); err != nil {
			return false, err
		}
	}
	server, err := serve.StartOn(ctx, on, o.Server, log, "--open", "--grace=1s", "--away-grace=1s")
	if err != nil {
		return false, err
	}
	defer server.Stop()
	a := &attack{options: o, media: netip.MustParseAddrPort(server.Media), target: scenarios.Target{
		URL: server.URL, Metrics: server.Metrics, PID: server.PID, Local: netip.MustParseAddr("127.0.0.1"), Patience: 30 * time.Second,
	}}
	// People join while ClientHellos arrive: this is the report that the rest is added to.
	if err = a.hellos(ctx); err != nil {
		return false, err
	}
	conn, err := client.Dial(ctx, server.URL, protocol.Hello{Name: "mallory", Client: "floods"})
	if err != nil {
		return false, err
	}
	defer conn.Close()
	for _, one := range []func(context.Context, *client.Conn) error{a.peer, a.names, a.strangers, a.quota, a.special, a.silent} {
		if err = one(ctx, conn); err != nil {
			return false, err
		}
	}
	if err = a.report.WriteText(out); err != nil {
		return false, err
	}
	if o.JSON == "" {
		return a.report.OK(), nil
	}
	file, err := os.Create(o.JSON)
	if err != nil {
		return false, err
	}
	if err := a.report.WriteJSON(file); err != nil {
		return false, err
	}
	return a.report.OK(), file.Close()
}
