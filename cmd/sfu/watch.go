package main

import (
	"context"
	"log/slog"
	"strings"

	"callrelay/selfcheck"
	"callrelay/sfu"
)

// watchMedia begins the loop through the server's own media port: as a client
// of its own it connects and sends a packet there and back, every 30 s. It
// goes to the port's address on this machine too, because the advertised one,
// of a NAT in front, may not be reachable from behind it.
func watchMedia(media *sfu.SFU, log *slog.Logger) *selfcheck.Watch {
	answer := func(ctx context.Context, offer string) (string, error) { return media.Echo(ctx, offer, sfu.MaxEchoes) }
	trip := selfcheck.Trip{Answer: answer, Only: selfcheck.UDPOnly}
	var names []string
	for _, a := range media.MediaAddresses() {
		names = append(names, "UDP "+a.Local.String())
		if a.Local != a.Advertised {
			trip.Extra = append(trip.Extra, a.Local.String())
		}
	}
	return selfcheck.NewWatch(trip.Go, strings.Join(names, ", "), log)
}
