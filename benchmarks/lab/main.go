// Command lab is a participant for tests in emulated networks: it joins a
// room, sends sound, counts what it hears, mends its connection as the page
// does, and prints one line of JSON at the end. See lab/README.md.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

// result is what a run prints. Times are in milliseconds.
type result struct {
	Name string `json:"name"`
	// Way that media took at first and at the end: udp, tcp (ICE-TCP) or relay (TURN).
	Way     string `json:"way"`
	WayLast string `json:"way_last"`
	// ConnectMS from the offer to a connection that stands.
	ConnectMS int64 `json:"connect_ms"`
	// Received packets of sound, and the longest pause between two.
	Received int   `json:"received"`
	GapMS    int64 `json:"gap_ms"`
	Restarts int   `json:"restarts"`
	// Error that ended it.
	Error string `json:"error,omitempty"`
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("lab", flag.ContinueOnError)
	url := flags.String("url", "wss://203.0.113.10:443/ws", "the server's WebSocket")
	room := flags.String("room", "lab", "room to join")
	name := flags.String("name", "peer", "user name")
	length := flags.Duration("for", 6*time.Second, "how long to stay")
	alone := flags.Bool("turn-only", false, "use TURN alone")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), *length+20*time.Second)
	defer cancel()
	got := result{Name: *name}
	err := join(ctx, guest{url: *url, room: *room, name: *name, stay: *length, turnOnly: *alone}, &got)
	if err != nil {
		got.Error = err.Error()
	}
	if printed := json.NewEncoder(out).Encode(got); printed != nil {
		return printed
	}
	return err
}
