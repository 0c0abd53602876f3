package whip

import (
	"context"
	"net/http"

	"callrelay/signal/protocol"
)

// find the resource that a request names; nil when it has been refused.
func (h *Handler) find(w http.ResponseWriter, r *http.Request) *resource {
	h.mu.Lock()
	res := h.resources[r.PathValue("id")]
	h.mu.Unlock()
	if res == nil || res.path != r.URL.Path {
		refuse(w, http.StatusNotFound, "there is no such resource, or it has ended")
		return nil
	}
	grants, err := h.server.Grants(bearer(r), res.user)
	switch {
	case err != nil:
		fail(w, err)
		return nil
	case grants.User != res.user:
		refuse(w, http.StatusForbidden, "the resource is another user's")
		return nil
	}
	return res
}

func (h *Handler) remove(w http.ResponseWriter, r *http.Request) {
	if res := h.find(w, r); res != nil {
		h.forget(res)
		res.door.Close()
		w.WriteHeader(http.StatusOK)
	}
}

// patch brings candidates, or restarts ICE when the credentials are new.
func (h *Handler) patch(w http.ResponseWriter, r *http.Request) {
	res := h.find(w, r)
	if res == nil {
		return
	}
	text, ok := body(w, r, fragType)
	if !ok {
		return
	}
	f, err := parseFrag(text)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), askTime)
	defer cancel()
	res.mu.Lock()
	defer res.mu.Unlock()
	restarts := f.ufrag != "" && f.ufrag != iceOf(res.offer).ufrag
	switch match := r.Header.Get("If-Match"); {
	case match == "":
		refuse(w, http.StatusPreconditionRequired, "If-Match must name the ICE session, or be * to restart it")
	case match != res.etag && match != "*", !restarts && match == "*":
		refuse(w, http.StatusPreconditionFailed, "the ICE session is another one by now")
	case restarts:
		res.restart(ctx, w, f)
	default:
		res.trickle(ctx, w, f)
	}
}

func (res *resource) trickle(ctx context.Context, w http.ResponseWriter, f frag) {
	for _, c := range f.candidates {
		_, err := res.door.Ask(ctx, protocol.Candidate{
			Participant: res.seat, Generation: 1, Candidate: c.text, SDPMid: c.mid,
		})
		if err != nil {
			fail(w, err)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// restart has the last offer answered again, with the new credentials in it.
func (res *resource) restart(ctx context.Context, w http.ResponseWriter, f frag) {
	before := res.offer
	res.offer = withICE(res.offer, f)
	answer, err := res.ask(ctx)
	if err != nil {
		res.offer = before
		fail(w, err)
		return
	}
	res.etag = newTag()
	w.Header().Set("Content-Type", fragType)
	w.Header().Set("ETag", res.etag)
	_, _ = w.Write([]byte(iceOf(answer).String()))
}
