// Peers puts servers side by side under the same load: each run starts a
// fresh server on a core of its own, the runs of all servers alternate, and
// the medians stand in one table.
//
//	go run ./benchmarks/peers --system callrelay=bin/sfu --system janus --run viewers:100 --run pairs:25 --rounds 3
//	go run ./benchmarks/peers --system before=bin/sfu.old --system after=bin/sfu --run pairs:25
//
// A system is a server of Callrelay (NAME=BINARY) or a name of those in
// adapters.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"callrelay/benchmarks/internal/pin"
	"callrelay/benchmarks/scenarios"
)

type options struct {
	System   []string      `help:"Server to measure: NAME=BINARY of Callrelay, janus or galene; repeatable. The ratios are to the first." required:"" sep:"none"`
	Run      []string      `help:"Scenario: viewers:N, pairs:N or meeting:N; repeatable." required:"" sep:"none"`
	Address  string        `help:"Address of this machine for servers that do not work on the loopback." placeholder:"IP"`
	Galene   string        `help:"Galene's program, for the system of that name." placeholder:"FILE"`
	Rounds   int           `help:"Runs of each, in turns." default:"3"`
	Add      []string      `help:"Count the runs of an earlier --json too; repeatable." placeholder:"FILE" sep:"none"`
	Duration time.Duration `help:"Of steady state in each run." default:"5s"`
	AtATime  int           `help:"Joins at a time." default:"4"`
	NoPin    bool          `help:"Leave servers and generator on all cores."`
	Full     bool          `help:"Receivers that open every packet."`
	JSON     string        `help:"Write all runs there." placeholder:"FILE"`
	SVG      string        `help:"Write the picture there." placeholder:"FILE"`
	Verbose  bool          `help:"Show each run's whole report."`
}

func main() {
	var o options
	kong.Parse(&o, kong.Description("Puts servers side by side under the same load."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, o options, out io.Writer) error {
	var address netip.Addr
	if o.Address != "" {
		var err error
		if address, err = netip.ParseAddr(o.Address); err != nil {
			return err
		}
	}
	systems, err := adaptersOf(o.System, address, o.Galene)
	if err != nil {
		return err
	}
	configs, err := configsOf(o)
	if err != nil {
		return err
	}
	on := func(f func() error) error { return f() }
	if !o.NoPin {
		if on, err = pin.Self(serverCore); err != nil {
			return err
		}
	}
	s := &series{systems: systems, configs: configs, rounds: o.Rounds, on: on, out: out, verbose: o.Verbose}
	for _, name := range o.Add {
		if err := s.add(name); err != nil {
			return err
		}
	}
	if err := s.run(ctx); err != nil {
		return err
	}
	table := s.table()
	if err := table.writeText(out); err != nil {
		return err
	}
	return errors.Join(writeTo(o.JSON, table.writeJSON), writeTo(o.SVG, table.writeSVG))
}

// serverCore is where each server runs.
const serverCore = 0

// configsOf the scenarios that are named.
func configsOf(o options) (configs []scenarios.RoomsConfig, err error) {
	for _, text := range o.Run {
		kind, number, _ := strings.Cut(text, ":")
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%s: a scenario is named as viewers:100", text)
		}
		var c scenarios.RoomsConfig
		switch kind {
		case "viewers":
			c = scenarios.Viewers(n)
		case "pairs":
			c = scenarios.Pairs(n)
		case "meeting":
			c = scenarios.Meeting(n)
		default:
			return nil, fmt.Errorf("%s: there are viewers, pairs and meeting", text)
		}
		c.Duration, c.AtATime, c.Full, c.Seed = o.Duration, o.AtATime, o.Full, 1
		configs = append(configs, c)
	}
	return configs, nil
}

func writeTo(name string, write func(io.Writer) error) error {
	if name == "" {
		return nil
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}
