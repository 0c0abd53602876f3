package sfu_test

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"

	"github.com/pion/dtls/v3"

	"callrelay/sfu"
	"callrelay/sfu/sfutest/bare"
)

func TestEveryReaderOfAPortServesItsClients(t *testing.T) {
	s, err := sfu.New(sfu.Config{Observer: ignore{}})
	must(t, err)
	defer func() { _ = s.Close() }()
	if got, want := s.Stats().Transport["sockets"], strconv.Itoa(min(runtime.GOMAXPROCS(0), 8)); got != want {
		t.Errorf("%s sockets, want %s", got, want)
	}
	var clients []*bare.Client
	for i := range 6 { // of different ports, so the kernel spreads them
		c := bare.Connect(t, s, sfu.ParticipantID(fmt.Sprint("p", i)), uint32(i+1), dtls.SRTP_AEAD_AES_128_GCM) //nolint:gosec // small
		defer c.Close()
		must(t, s.Join(t.Context(), sfu.RoomID(fmt.Sprint("room", i/2)), c.ID, everything))
		clients = append(clients, c)
	}
	for i, c := range clients {
		other := clients[i^1]
		number := uint16(0)
		eventually(t, fmt.Sprintf("%s hears %s", other.ID, c.ID), func() bool {
			number++
			c.Send(c.Seal(c.Opus(number, "hello")))
			return heardBy(other, "hello")
		})
	}
}

func TestASecondServerCannotTakeAPortThatIsInUse(t *testing.T) {
	first, err := sfu.New(sfu.Config{Observer: ignore{}})
	must(t, err)
	defer func() { _ = first.Close() }()
	address := first.MediaAddresses()[0].Local.String()
	if second, taken := sfu.New(sfu.Config{Listen: address, Observer: ignore{}}); taken == nil {
		_ = second.Close()
		t.Error("it could")
	}
	must(t, first.Close())
	again, err := sfu.New(sfu.Config{Listen: address, Observer: ignore{}})
	must(t, err)
	must(t, again.Close())
}
