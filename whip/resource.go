package whip

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/pion/sdp/v3"

	"callrelay/signal"
	"callrelay/signal/protocol"
)

// kind of resource, and the first part of its address.
type kind string

const (
	publishing kind = "whip"
	playing    kind = "whep"
)

// resource is one encoder or player.
type resource struct {
	id, path string
	user     string
	door     *signal.Door
	seat     protocol.ParticipantID
	sections []protocol.Section

	mu    sync.Mutex // one negotiation at a time
	offer string     // newest, whole
	etag  string     // of the present ICE session
}

const (
	// askTime bounds one question to signal, media included.
	askTime = 10 * time.Second
	// lookEvery so often a watcher looks, and a connection may be missing
	// lostLooks times before its resource ends.
	lookEvery = 5 * time.Second
	lostLooks = 6
)

func (h *Handler) open(w http.ResponseWriter, r *http.Request, k kind) {
	text, ok := body(w, r, sdpType)
	if !ok {
		return
	}
	grants, err := h.server.Grants(bearer(r), string(k)+"-"+rand.Text()[:6])
	if err != nil {
		fail(w, err)
		return
	}
	if k == publishing && !grants.Publish || k == playing && !grants.Subscribe {
		refuse(w, http.StatusForbidden, "the token does not allow this")
		return
	}
	var offer sdp.SessionDescription
	if err = offer.UnmarshalString(text); err != nil || len(offer.MediaDescriptions) == 0 {
		refuse(w, http.StatusBadRequest, "the offer is not SDP with sections")
		return
	}
	res := &resource{id: rand.Text(), user: grants.User, offer: text, etag: newTag()}
	res.path = "/" + string(k) + "/" + r.PathValue("room") + "/" + res.id
	switch k {
	case publishing:
		res.sections, err = sectionsOf(&offer)
	case playing:
		err = onlyReceives(&offer)
	}
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	if err = h.enter(res, grants); err != nil {
		fail(w, err)
		return
	}
	answer, err := res.begin(r.Context(), r.PathValue("room"), protocol.ParticipantID(r.URL.Query().Get("participant")))
	if err != nil {
		res.door.Close()
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", sdpType)
	w.Header().Set("Location", res.path)
	w.Header().Set("ETag", res.etag)
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write([]byte(answer))
}

func newTag() string { return `"` + rand.Text() + `"` }

// enter signs the resource's user in and starts its watcher.
func (h *Handler) enter(res *resource, grants signal.TokenGrants) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return protocol.Errorf(protocol.ErrDraining, "the server is about to stop")
	}
	door, err := h.server.EnterLine(grants, func(protocol.ServerMessage) {})
	if err != nil {
		return err
	}
	res.door = door
	gone := make(chan struct{}, 1)
	door.OnMediaClosed(func(protocol.ParticipantID) {
		select {
		case gone <- struct{}{}:
		default:
		}
	})
	h.resources[res.id] = res
	h.watchers.Go(func() {
		res.watch(gone)
		door.Close()
		h.forget(res)
	})
	return nil
}

func (h *Handler) forget(res *resource) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.resources, res.id)
}

// watch returns when the resource is to end.
func (res *resource) watch(gone <-chan struct{}) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for missing := 0; missing < lostLooks; {
		select {
		case <-res.door.Done():
			return
		case <-gone:
			return
		case <-look.C:
			missing++
			if res.door.MediaUp() {
				missing = 0
			}
		}
	}
}

// begin joins the room and negotiates.
func (res *resource) begin(ctx context.Context, room string, watched protocol.ParticipantID) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	if err := protocol.CheckRoomName(room); err != nil {
		return "", err
	}
	reply, err := res.door.Ask(ctx, protocol.JoinRoom{Name: room})
	if err != nil {
		return "", err
	}
	switch m := reply.(type) {
	case protocol.Joined:
		res.seat = m.Room.Self
		if watched != "" && !hasMember(m.Room, watched) {
			return "", protocol.Errorf(protocol.ErrNotFound, "no member has that participant id")
		}
	case protocol.Waiting: // the connection is made; media pass once it is let in
		res.seat = m.Lobby.Participant
	}
	answer, err := res.ask(ctx)
	if err != nil {
		return "", err
	}
	for _, s := range res.sections {
		if _, err := res.door.Ask(ctx, protocol.Publish{Participant: res.seat, Source: s.Source}); err != nil {
			return "", err
		}
	}
	if watched != "" {
		if _, err := res.door.Ask(ctx, protocol.Prefer{Participant: res.seat, Videos: picturesOf(watched)}); err != nil {
			return "", err
		}
	}
	return answer, nil
}

func hasMember(room protocol.RoomView, p protocol.ParticipantID) bool {
	return slices.ContainsFunc(room.Members, func(m protocol.MemberView) bool { return m.Participant == p })
}

// ask for the answer to the present offer.
func (res *resource) ask(ctx context.Context) (string, error) {
	reply, err := res.door.Ask(ctx, protocol.Offer{
		Participant: res.seat, Generation: 1, SDP: res.offer, Sections: res.sections,
	})
	if err != nil {
		return "", err
	}
	answer, _ := reply.(protocol.Answer)
	return answer.SDP, nil
}

// picturesOf one member, the screen first, as large as they come.
func picturesOf(p protocol.ParticipantID) []protocol.Preference {
	const width, height = 1920, 1080
	var videos []protocol.Preference
	for _, source := range []protocol.Source{protocol.SourceScreen, protocol.SourceCamera} {
		videos = append(videos, protocol.Preference{
			Publication: protocol.PublicationID(string(p) + "/" + string(source)), Width: width, Height: height,
		})
	}
	return videos
}
