package api

import (
	_ "embed"
	"net/http"
	"strings"

	"callrelay/signal"
	"callrelay/signal/protocol"
)

// Prefix of all addresses.
const Prefix = "/api/v1"

//go:embed openapi.json
var description []byte

// call is one authorized request.
type call struct {
	signal.Operator
	r *http.Request
	w http.ResponseWriter
}

// route of the API: a method and a path below Prefix, and what answers it with
// a status and a body, or an error.
type route struct {
	method, path string
	answer       func(call) (int, any, error)
}

func routes() []route {
	return []route{
		{http.MethodGet, "/rooms", listRooms},
		{http.MethodPost, "/rooms", createRoom},
		{http.MethodGet, "/rooms/{room}", getRoom},
		{http.MethodDelete, "/rooms/{room}", endRoom},
		{http.MethodPut, "/rooms/{room}/options", setOptions},
		{http.MethodPost, "/rooms/{room}/mute", muteAll},
		{http.MethodPost, "/rooms/{room}/messages", sendMessage},
		{http.MethodGet, "/rooms/{room}/participants", listParticipants},
		{http.MethodDelete, "/rooms/{room}/participants/{participant}", removeParticipant},
		{http.MethodPost, "/rooms/{room}/participants/{participant}/mute", muteParticipant},
		{http.MethodPut, "/rooms/{room}/participants/{participant}/role", setRole},
		{http.MethodPost, "/rooms/{room}/participants/{participant}/admit", admit},
		{http.MethodPost, "/rooms/{room}/participants/{participant}/refuse", refuse},
		{http.MethodGet, "/calls", listCalls},
		{http.MethodPost, "/calls", placeCall},
		{http.MethodDelete, "/calls/{call}", endCall},
	}
}

// New serves the API of a signalling server. It keeps no state.
func New(server *signal.Server) http.Handler {
	mux := http.NewServeMux()
	for _, rt := range routes() {
		mux.HandleFunc(rt.method+" "+Prefix+rt.path, func(w http.ResponseWriter, r *http.Request) {
			serve(w, r, server, rt)
		})
	}
	mux.HandleFunc("GET "+Prefix+"/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(description)
	})
	mux.HandleFunc(Prefix+"/", func(w http.ResponseWriter, _ *http.Request) {
		fail(w, protocol.Errorf(protocol.ErrNotFound, "there is nothing at this address and method; see %s/openapi.json", Prefix))
	})
	return mux
}

func serve(w http.ResponseWriter, r *http.Request, server *signal.Server, rt route) {
	w.Header().Set("Cache-Control", "no-store")
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		fail(w, protocol.Errorf(protocol.ErrUnauthorized, "a bearer token is needed"))
		return
	}
	operator, err := server.Operator(token)
	if err != nil {
		fail(w, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, protocol.MaxMessage)
	status, body, err := rt.answer(call{operator, r, w})
	if err != nil {
		fail(w, err)
		return
	}
	write(w, status, body)
}
