package janus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/peers/internal/apart"
	"callrelay/benchmarks/scenarios"
)

type front struct{ url string }

// member of a room.
type member struct {
	*apart.Member
	room       string
	conn       *conn
	subscriber *client.Peer
	handle     uint64 // the subscriber's; 0 before it has one
	known      map[string]bool

	feeds     chan []feed
	stop      chan struct{}
	following sync.WaitGroup
}

// roomExists is VideoRoom's code for it.
const roomExists = 427

// Enter implements scenarios.Front.
func (f front) Enter(ctx context.Context, room scenarios.Room, config client.PeerConfig) (scenarios.Member, error) {
	c, err := dial(ctx, f.url)
	if err != nil {
		return nil, err
	}
	m := &member{
		Member: apart.New(config), room: room.Name, conn: c, known: map[string]bool{},
		feeds: make(chan []feed, room.Members+1), stop: make(chan struct{}),
	}
	c.watch(func(event message) { m.notice(event.PluginData.Data.Publishers) })
	if err := m.enter(ctx, room); err != nil {
		m.Leave()
		return nil, err
	}
	m.following.Go(m.follow)
	return m, nil
}

func (m *member) enter(ctx context.Context, room scenarios.Room) error {
	handle, err := m.conn.attach(ctx)
	if err != nil {
		return err
	}
	if m.Config.ReceiveOnly {
		return m.watch(ctx, handle)
	}
	_, err = m.conn.request(ctx, handle, nil, map[string]any{
		"request": "create", "room": m.room, "publishers": room.Members, "bitrate": 0,
		"audiocodec": "opus", "videocodec": "vp8", "notify_joining": false,
	})
	var no refused
	if err != nil && (!errors.As(err, &no) || no.code != roomExists) {
		return err
	}
	return m.publish(ctx, handle)
}

// publish what the member sends. Whom it is to receive is told with the answer.
func (m *member) publish(ctx context.Context, handle uint64) error {
	publisher, err := m.Publish()
	if err != nil {
		return err
	}
	offer, err := publisher.Offer()
	if err != nil {
		return err
	}
	answer, err := m.conn.request(ctx, handle, &jsep{"offer", offer}, map[string]any{
		"request": "joinandconfigure", "ptype": "publisher", "room": m.room, "id": fmt.Sprint(m.Config.Number),
	})
	if err != nil {
		return err
	}
	if answer.JSEP == nil {
		return errors.New("joinandconfigure: no answer to the offer")
	}
	if err := publisher.TakeAnswer(answer.JSEP.SDP); err != nil {
		return err
	}
	if err := publisher.Await(ctx); err != nil {
		return err
	}
	publisher.StartMedia()
	m.notice(answer.PluginData.Data.Publishers)
	return nil
}

// watch those who publish in the room already.
func (m *member) watch(ctx context.Context, handle uint64) error {
	m.handle = handle
	for {
		list, err := m.conn.request(ctx, handle, nil, map[string]any{"request": "listparticipants", "room": m.room})
		if err != nil {
			return err
		}
		var feeds []feed
		for _, f := range list.PluginData.Data.Participants {
			if f.Publisher {
				feeds = append(feeds, f)
			}
		}
		if len(feeds) > 0 {
			return m.subscribe(ctx, feeds)
		}
		select { // whose connection has only just come up is not listed yet
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return errors.New("nobody publishes")
		}
	}
}

// notice new feeds, for follow.
func (m *member) notice(feeds []feed) {
	if len(feeds) == 0 {
		return
	}
	select {
	case m.feeds <- feeds:
	default: // there is room for one of each member
	}
}

// follow subscribes to whoever comes.
func (m *member) follow() {
	for {
		select {
		case <-m.stop:
			return
		case feeds := <-m.feeds:
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			_ = m.subscribe(ctx, feeds) // what does not come shows as a silent stream
			cancel()
		}
	}
}

// subscribe to feeds, the first ones with a new connection, others on it.
func (m *member) subscribe(ctx context.Context, feeds []feed) error {
	var streams []map[string]any
	for _, f := range feeds {
		if !m.known[f.ID] {
			m.known[f.ID] = true
			streams = append(streams, map[string]any{"feed": f.ID})
		}
	}
	if len(streams) == 0 {
		return nil
	}
	body := map[string]any{"request": "update", "subscribe": streams}
	if m.subscriber == nil {
		if err := m.open(ctx); err != nil {
			return err
		}
		body = map[string]any{"request": "join", "ptype": "subscriber", "room": m.room, "streams": streams}
	}
	offered, err := m.conn.request(ctx, m.handle, nil, body)
	if err != nil {
		return err
	}
	if offered.JSEP == nil {
		return fmt.Errorf("%v: no offer", body["request"])
	}
	answer, err := m.subscriber.AnswerTo(offered.JSEP.SDP)
	if err != nil {
		return err
	}
	if _, err := m.conn.request(ctx, m.handle, &jsep{"answer", answer}, map[string]any{"request": "start"}); err != nil {
		return err
	}
	return m.subscriber.Await(ctx)
}

// open the subscriber's connection and its handle.
func (m *member) open(ctx context.Context) (err error) {
	if m.handle == 0 {
		if m.handle, err = m.conn.attach(ctx); err != nil {
			return err
		}
	}
	m.subscriber, err = m.Receive()
	return err
}

// Leave implements scenarios.Member.
func (m *member) Leave() {
	close(m.stop)
	m.following.Wait()
	m.conn.close()
	m.Close()
}
