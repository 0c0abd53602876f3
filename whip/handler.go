package whip

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"

	"callrelay/signal"
	"callrelay/signal/protocol"
)

// Handler serves WHIP and WHEP. Make one with New; close it before the
// signalling server.
type Handler struct {
	server   *signal.Server
	mux      *http.ServeMux
	watchers sync.WaitGroup

	mu        sync.Mutex
	resources map[string]*resource
	closed    bool
}

// New serves the rooms of a signalling server.
func New(server *signal.Server) *Handler {
	h := &Handler{server: server, mux: http.NewServeMux(), resources: map[string]*resource{}}
	for _, k := range []kind{publishing, playing} {
		at := "/" + string(k) + "/{room}"
		h.mux.HandleFunc("POST "+at, func(w http.ResponseWriter, r *http.Request) { h.open(w, r, k) })
		h.mux.HandleFunc("OPTIONS "+at, options)
		h.mux.HandleFunc(at, func(w http.ResponseWriter, _ *http.Request) { notAllowed(w, "POST, OPTIONS") })
		h.mux.HandleFunc("PATCH "+at+"/{id}", h.patch)
		h.mux.HandleFunc("DELETE "+at+"/{id}", h.remove)
		h.mux.HandleFunc("OPTIONS "+at+"/{id}", options)
		h.mux.HandleFunc(at+"/{id}", func(w http.ResponseWriter, _ *http.Request) { notAllowed(w, "PATCH, DELETE, OPTIONS") })
	}
	return h
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Encoders and players in pages of other origins; the bearer is no cookie.
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Expose-Headers", "Location, ETag, Link, Retry-After")
	h.mux.ServeHTTP(w, r)
}

// Close ends all resources and waits for their watchers.
func (h *Handler) Close() {
	h.mu.Lock()
	h.closed = true
	all := make([]*resource, 0, len(h.resources))
	for _, res := range h.resources {
		all = append(all, res)
	}
	h.mu.Unlock()
	for _, res := range all {
		res.door.Close()
	}
	h.watchers.Wait()
}

const (
	sdpType  = "application/sdp"
	fragType = "application/trickle-ice-sdpfrag"
)

func options(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Accept-Post", sdpType)
	w.Header().Set("Access-Control-Allow-Methods", "POST, PATCH, DELETE, OPTIONS")
	w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match")
	w.WriteHeader(http.StatusNoContent)
}

func notAllowed(w http.ResponseWriter, allow string) {
	w.Header().Set("Allow", allow)
	refuse(w, http.StatusMethodNotAllowed, "this address takes "+allow)
}

// refuse with a sentence for the person at the encoder.
func refuse(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, sentence, status)
}

// fail tells a refusal of signal.
func fail(w http.ResponseWriter, err error) {
	var e protocol.Error
	if !errors.As(err, &e) {
		refuse(w, http.StatusServiceUnavailable, "the server is not ready")
		return
	}
	if e.Code == protocol.ErrUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="callrelay"`)
	}
	if e.RetryAfterMS > 0 {
		w.Header().Set("Retry-After", "1")
	}
	refuse(w, statusOf(e.Code), e.Message)
}

func statusOf(code protocol.ErrorCode) int {
	switch code {
	case protocol.ErrUnauthorized:
		return http.StatusUnauthorized
	case protocol.ErrForbidden:
		return http.StatusForbidden
	case protocol.ErrNotFound:
		return http.StatusNotFound
	case protocol.ErrBadMessage, protocol.ErrInvalid:
		return http.StatusBadRequest
	case protocol.ErrBadSDP:
		return http.StatusUnprocessableEntity
	case protocol.ErrTooLarge:
		return http.StatusRequestEntityTooLarge
	case protocol.ErrRoomFull, protocol.ErrRoomLocked, protocol.ErrRoomEnded, protocol.ErrBusy, protocol.ErrWrongState, protocol.ErrScreenTaken:
		return http.StatusConflict
	case protocol.ErrDraining, protocol.ErrUnavailable, protocol.ErrRateLimited:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// body of a request of the content type; false when it has been refused.
func body(w http.ResponseWriter, r *http.Request, contentType string) (string, bool) {
	got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || got != contentType {
		refuse(w, http.StatusUnsupportedMediaType, "the content type must be "+contentType)
		return "", false
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, protocol.MaxOfferMessage))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "the body is too long")
		return "", false
	}
	return string(text), true
}

// bearer of a request; empty without one.
func bearer(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}
