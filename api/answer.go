package api

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"callrelay/internal/jsondepth"
	"callrelay/signal/protocol"
)

// statuses of the error codes that a request can meet; others are a defect.
func statusOf(code protocol.ErrorCode) int {
	switch code {
	case protocol.ErrBadMessage, protocol.ErrUnknownType:
		return http.StatusBadRequest
	case protocol.ErrUnauthorized:
		return http.StatusUnauthorized
	case protocol.ErrForbidden:
		return http.StatusForbidden
	case protocol.ErrNotFound:
		return http.StatusNotFound
	case protocol.ErrWrongState, protocol.ErrStale, protocol.ErrBusy, protocol.ErrRoomFull, protocol.ErrRoomLocked, protocol.ErrRoomEnded:
		return http.StatusConflict
	case protocol.ErrTooLarge:
		return http.StatusRequestEntityTooLarge
	case protocol.ErrInvalid, protocol.ErrBadSDP:
		return http.StatusUnprocessableEntity
	case protocol.ErrRateLimited:
		return http.StatusTooManyRequests
	case protocol.ErrDraining, protocol.ErrUnavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

func fail(w http.ResponseWriter, err error) {
	var e protocol.Error
	if !errors.As(err, &e) {
		e = protocol.Errorf(protocol.ErrInternal, "the server failed")
	}
	if e.Code == protocol.ErrUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="callrelay"`)
	}
	if e.RetryAfterMS > 0 {
		seconds := math.Ceil((time.Duration(e.RetryAfterMS) * time.Millisecond).Seconds())
		w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
	}
	write(w, statusOf(e.Code), e)
}

// write a body as JSON; nil is none.
func write(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	text, err := json.Marshal(body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}

// read the request's body, one JSON object; unknown fields are ignored.
func read[T any](c call) (T, error) {
	var v T
	text, err := io.ReadAll(c.r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return v, protocol.Errorf(protocol.ErrTooLarge, "a body may have %d bytes", protocol.MaxMessage)
	case err != nil:
		return v, protocol.Errorf(protocol.ErrBadMessage, "the body cannot be read")
	case jsondepth.Exceeds(text, protocol.MaxDepth):
		return v, protocol.Errorf(protocol.ErrBadMessage, "the body nests too deep")
	}
	if err := json.Unmarshal(text, &v); err != nil {
		return v, protocol.Errorf(protocol.ErrBadMessage, "the body is not the JSON object that is described")
	}
	return v, nil
}
