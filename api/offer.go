package api

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"callrelay/signal"
	"callrelay/signal/protocol"
)

// EarlyOffer answers a page that comes back to its call or room and offers
// before its socket is open: POST with an offer message, the session's secret
// as bearer. The answer is the protocol's own message. Both may be packed with
// gzip, since an SDP is twice of what TCP sends at first.
func EarlyOffer(server *signal.Server) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			fail(w, protocol.Errorf(protocol.ErrUnauthorized, "the secret of a session is needed"))
			return
		}
		offer, err := readOffer(w, r)
		if err != nil {
			fail(w, err)
			return
		}
		reached := signal.Reached{Host: r.Host, Direct: r.TLS != nil}
		answer, err := server.EarlyOffer(r.Context(), secret, r.RemoteAddr, reached, offer)
		switch {
		case r.Context().Err() != nil: // nobody reads it
		case err != nil:
			fail(w, err)
		default:
			writePacked(w, r, answer)
		}
	})
}

func readOffer(w http.ResponseWriter, r *http.Request) (protocol.Offer, error) {
	var body io.Reader = http.MaxBytesReader(w, r.Body, protocol.MaxOfferMessage)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			return protocol.Offer{}, unreadable(err)
		}
		body = unpacked
	}
	frame, err := io.ReadAll(io.LimitReader(body, protocol.MaxOfferMessage+1))
	switch {
	case err != nil:
		return protocol.Offer{}, unreadable(err)
	case len(frame) > protocol.MaxOfferMessage:
		return protocol.Offer{}, errTooLarge()
	}
	_, m, err := protocol.Decode(frame)
	if err != nil {
		return protocol.Offer{}, err
	}
	offer, ok := m.(protocol.Offer)
	if !ok {
		return protocol.Offer{}, protocol.Errorf(protocol.ErrUnknownType, "only an offer comes this way")
	}
	return offer, nil
}

func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errTooLarge()
	}
	return protocol.Errorf(protocol.ErrBadMessage, "the body cannot be read")
}

func errTooLarge() error {
	return protocol.Errorf(protocol.ErrTooLarge, "an offer may have %d bytes", protocol.MaxOfferMessage)
}

// writePacked writes a body as JSON, packed where the client takes it so.
func writePacked(w http.ResponseWriter, r *http.Request, body any) {
	w.Header().Set("Vary", "Accept-Encoding")
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		write(w, http.StatusOK, body)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	packer, _ := gzip.NewWriterLevel(w, gzip.BestSpeed) // the level is one it has
	_ = json.NewEncoder(packer).Encode(body)
	_ = packer.Close()
}
