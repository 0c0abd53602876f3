package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func FuzzRequestIsAnsweredAsDescribedWhateverItSays(f *testing.F) {
	for i := range routes() {
		f.Add(i, "review", "aaaaaaaaaaaaaaaaaaaaaaaaaa", `{"name":"review","text":"x","role":"host","options":null}`)
	}
	f.Add(1, "%2e%2e", "\xff", `{"name":null,"options":{"limit":1e400}}`)
	f.Fuzz(func(t *testing.T, n int, room, participant, text string) {
		r := keyed(t)
		list := routes()
		rt := list[((n%len(list))+len(list))%len(list)]
		r.want(http.StatusCreated, http.MethodPost, "/rooms", `{"name":"review"}`)
		req := httptest.NewRequest(rt.method, Prefix+"/rooms", strings.NewReader(text))
		req.URL.Path = Prefix + strings.NewReplacer("{room}", room, "{participant}", participant, "{call}", room).Replace(rt.path)
		req.Header.Set("Authorization", "Bearer "+r.token)
		w := httptest.NewRecorder()
		r.api.ServeHTTP(w, req)
		if w.Code >= http.StatusInternalServerError || w.Code < http.StatusOK {
			t.Errorf("%s %s: %d %s", rt.method, req.URL.Path, w.Code, w.Body)
		}
	})
}
