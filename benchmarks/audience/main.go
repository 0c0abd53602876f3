// Command audience is many who watch one room, at the cost of a few: they open
// no packet. It says "watching" on its output when all are there. With a line
// on its input each begins to ask for key frames ten times a second; it ends,
// and all leave, when its input ends.
//
//	audience -url wss://HOST/ws -room NAME -members 200
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/netip"
	"os"
	"sync"
	"time"

	"callrelay/benchmarks/internal/client"
)

const (
	atATime = 16
	patient = time.Minute // for one to be there
)

func main() {
	url := flag.String("url", "", "wss://HOST/ws")
	room := flag.String("room", "", "name of the room")
	members := flag.Int("members", 200, "who watch")
	local := flag.String("local", "127.0.0.1", "address to receive at")
	flag.Parse()
	if err := run(*url, *room, *members, *local); err != nil {
		log.Fatal(err)
	}
}

func run(url, room string, members int, local string) error {
	at, err := netip.ParseAddr(local)
	if err != nil {
		return err
	}
	began := time.Now()
	crowd, err := client.NewCrowd(began)
	if err != nil {
		return err
	}
	defer crowd.Close()
	people := make([]*client.Person, members)
	defer func() {
		for _, p := range people {
			if p != nil {
				p.Leave()
			}
		}
	}()
	failed := make([]error, members)
	turns := make(chan struct{}, atATime)
	var coming sync.WaitGroup
	for i := range people {
		turns <- struct{}{}
		coming.Go(func() {
			defer func() { <-turns }()
			ctx, cancel := context.WithTimeout(context.Background(), patient)
			defer cancel()
			number := uint32(i + 1) //nolint:gosec // as many as fit on a machine
			p, err := client.SignIn(ctx, url, fmt.Sprintf("viewer-%d", number), client.PeerConfig{
				Number: number, Began: began, Local: netip.AddrPortFrom(at, 0), ReceiveOnly: true, Crowd: crowd, AudioSlots: 1, VideoSlots: 1,
			})
			if err != nil {
				failed[i] = err
				return
			}
			people[i] = p
			failed[i] = p.Enter(ctx, room, nil)
		})
	}
	coming.Wait()
	if err := errors.Join(failed...); err != nil {
		return err
	}
	fmt.Println("watching")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		for _, p := range people {
			p.Peer.AskForPictures()
		}
		fmt.Println("asking")
	}
	return nil
}
