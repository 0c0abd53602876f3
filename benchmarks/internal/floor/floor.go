package floor

import (
	"fmt"
	"slices"
	"strings"
)

// PacketBytes of a datagram: a full packet of video.
const PacketBytes = 1200

// Price of one thing.
type Price struct {
	Name string `json:"name"`
	// Micros of processor time for a packet, the median of several rounds; 0
	// where Missing tells why it could not be measured.
	Micros  float64 `json:"us"`
	Missing string  `json:"missing,omitempty"`
}

// Names of prices that others reckon with.
const (
	SendGSO   = "sendmmsg with GSO, 5 packets to each of 100"
	SendBatch = "sendmmsg, 1 packet to each of 100"
	Receive   = "recvmmsg, 32 at a time"
	Seal      = "seal AES-128-GCM"
	Open      = "open AES-128-GCM"
)

// Prices of this machine.
type Prices []Price

// Measure them all; it takes about two seconds.
func Measure() Prices { return append(sockets(), seals()...) }

// Of a name; 0 when it is not known.
func (p Prices) Of(name string) float64 {
	if i := slices.IndexFunc(p, func(p Price) bool { return p.Name == name }); i >= 0 {
		return p[i].Micros
	}
	return 0
}

// Forward is the least that one forwarded packet can cost where in packets
// are received for each that is sent: its share of receiving and opening,
// sealing, and sending by GSO. 0 when a part is not known.
func (p Prices) Forward(in float64) float64 {
	parts := []float64{p.Of(SendGSO), p.Of(Seal), p.Of(Receive), p.Of(Open)}
	if slices.Contains(parts, 0) {
		return 0
	}
	return parts[0] + parts[1] + in*(parts[2]+parts[3])
}

// Markdown table.
func (p Prices) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| for a packet of %d bytes | us of CPU |\n|---|---|\n", PacketBytes)
	for _, price := range p {
		if price.Missing != "" {
			fmt.Fprintf(&b, "| %s | not measured: %s |\n", price.Name, price.Missing)
		} else {
			fmt.Fprintf(&b, "| %s | %.2f |\n", price.Name, price.Micros)
		}
	}
	return b.String()
}

// rounds of each measurement.
const rounds = 9

// medianOf rounds of f, which returns microseconds a packet.
func medianOf(f func() (float64, error)) (float64, error) {
	var all []float64
	for range rounds {
		v, err := f()
		if err != nil {
			return 0, err
		}
		all = append(all, v)
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}

func priceOf(name string, f func() (float64, error)) Price {
	micros, err := medianOf(f)
	if err != nil {
		return Price{Name: name, Missing: err.Error()}
	}
	return Price{Name: name, Micros: micros}
}
