package api

import (
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"callrelay/signal"
	"callrelay/signal/protocol"
)

// seenRate looks a second are answered, and seenBurst at once: with a look each
// againAfter that is for hundreds of pages before their rooms, and keeps calls
// from waiting for who asks more.
const (
	seenRate   = 100
	seenBurst  = 300
	againAfter = 5 * time.Second
)

// Seen answers a page whose visitor has not said a name yet, GET with {room} in
// the path: how the room is before it is joined, where that takes a name alone.
func Seen(server *signal.Server) http.Handler {
	return seen(server, rate.NewLimiter(seenRate, seenBurst))
}

func seen(server *signal.Server, limit *rate.Limiter) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if !limit.Allow() {
			fail(w, protocol.Error{
				Code: protocol.ErrRateLimited, Message: "too many look at rooms at a time", RetryAfterMS: againAfter.Milliseconds(),
			})
			return
		}
		room, err := server.SeeRoom(r.PathValue("room"))
		if err != nil {
			fail(w, err)
			return
		}
		write(w, http.StatusOK, room)
	})
}
