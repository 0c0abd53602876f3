package api

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"golang.org/x/time/rate"
)

func look(server http.Handler, room string) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	mux.Handle("GET /r/{room}/seen", server)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/r/"+room+"/seen", http.NoBody))
	return w
}

func TestAVisitorsLookIsAnswered(t *testing.T) {
	open, closed := Seen(newRig(t, nil).server), Seen(newRig(t, map[string][]byte{"key": secret}).server)
	for _, row := range []struct {
		what   string
		server http.Handler
		room   string
		status int
		body   string
	}{
		{"an open server", open, "review", http.StatusOK, `{"people":0,"can_publish":true}` + "\n"},
		{"what is no name", open, "Not%20A%20Name", http.StatusUnprocessableEntity, ""},
		{"a server with keys", closed, "review", http.StatusUnauthorized, ""},
	} {
		w := look(row.server, row.room)
		if w.Code != row.status || row.body != "" && w.Body.String() != row.body || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s, want %d %s", row.what, w.Code, w.Body, row.status, row.body)
		}
	}
}

func TestVisitorsWhoLookTooOftenAreRefused(t *testing.T) {
	server := seen(newRig(t, nil).server, rate.NewLimiter(0, 2))
	for i, want := range []int{http.StatusOK, http.StatusOK, http.StatusTooManyRequests} {
		w := look(server, "review")
		if w.Code != want || want != http.StatusOK && w.Header().Get("Retry-After") != "5" {
			t.Errorf("look %d: %d %v, want %d", i, w.Code, w.Header(), want)
		}
	}
}
