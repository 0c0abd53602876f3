package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func site(t *testing.T) http.Handler {
	t.Helper()
	files, err := loadAssets(fstest.MapFS{
		"built/.gitignore":       {Data: []byte("*")},
		"built/index.html.gz":    {Data: packed(t, "<title>page</title>"+strings.Repeat(" ", 2000))},
		"built/assets/a-1234.js": {Data: []byte("let a")},
		"built/sdk/callrelay.js": {Data: []byte("export {}")},
		"built/boot.js":          {Data: []byte("let b")},
	})
	if err != nil {
		t.Fatal(err)
	}
	says := func(status int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	}
	return newWeb(files, handlers{
		socket: says(http.StatusTeapot), offer: says(http.StatusNoContent), seen: says(http.StatusAccepted),
		backend: http.NotFoundHandler(), streams: http.NotFoundHandler(),
	})
}

// packed as the build does it.
func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func ask(t *testing.T, h http.Handler, method, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, http.NoBody)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	res := w.Result()
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func TestEachAddressOfThePageIsServed(t *testing.T) {
	for path, want := range map[string]int{
		"/": 200, "/r/team": 200, "/diag": 200, "/boot.js": 200, "/assets/a-1234.js": 200, "/sdk/callrelay.js": 200,
		"/ws": http.StatusTeapot, "/r/team/seen": http.StatusAccepted, "/r/a/b": 404, "/nothing": 404, "/assets/old.js": 404, "/.gitignore": 404, "/../main.go": 404,
	} {
		res := ask(t, site(t), http.MethodGet, path)
		if res.StatusCode != want && (path != "/../main.go" || res.StatusCode == 200) {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
	}
}

func TestEarlyOffersArePosted(t *testing.T) {
	if post, get := ask(t, site(t), http.MethodPost, "/offer"), ask(t, site(t), http.MethodGet, "/offer"); post.StatusCode != http.StatusNoContent || get.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d, GET: %d", post.StatusCode, get.StatusCode)
	}
}

func TestAssetsAreCachedForeverAndThePageNever(t *testing.T) {
	for path, want := range map[string]string{
		"/": "no-cache", "/assets/a-1234.js": "public, max-age=31536000, immutable", "/boot.js": "no-cache",
	} {
		if got := ask(t, site(t), http.MethodGet, path).Header.Get("Cache-Control"); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	tag := ask(t, site(t), http.MethodGet, "/").Header.Get("ETag")
	if res := ask(t, site(t), http.MethodGet, "/", "If-None-Match", tag); res.StatusCode != http.StatusNotModified {
		t.Errorf("with its tag %s: %d", tag, res.StatusCode)
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	for _, path := range []string{"/", "/nothing", "/ws", "/assets/a-1234.js"} {
		h := ask(t, site(t), http.MethodGet, path).Header
		if !strings.Contains(h.Get("Content-Security-Policy"), "script-src 'self';") ||
			!strings.Contains(h.Get("Permissions-Policy"), "camera=(self), microphone=(self)") ||
			h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

func TestTheClientModuleMayBeImportedFromAnywhere(t *testing.T) {
	res := ask(t, site(t), http.MethodGet, "/sdk/callrelay.js", "Origin", "https://elsewhere.example")
	if res.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/javascript") {
		t.Errorf("%v", res.Header)
	}
	if res := ask(t, site(t), http.MethodGet, "/"); res.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("the page may be read from anywhere")
	}
}

func TestTextIsCompressedForThoseWhoCan(t *testing.T) {
	for accepts, want := range map[string]string{"br, gzip": "gzip", "": ""} {
		res := ask(t, site(t), http.MethodGet, "/", "Accept-Encoding", accepts)
		if got := res.Header.Get("Content-Encoding"); got != want {
			t.Errorf("accepts %q: encoding %q", accepts, got)
		}
		body := io.Reader(res.Body)
		if want == "gzip" {
			var err error
			if body, err = gzip.NewReader(body); err != nil {
				t.Fatal(err)
			}
		}
		text, err := io.ReadAll(body)
		if err != nil || !strings.HasPrefix(string(text), "<title>page</title>  ") || len(text) != 2019 {
			t.Errorf("accepts %q: %d bytes, %v", accepts, len(text), err)
		}
	}
}

func TestFilesThatDoNotShrinkAreSentAsTheyAre(t *testing.T) {
	res := ask(t, site(t), http.MethodGet, "/assets/a-1234.js", "Accept-Encoding", "gzip")
	text, err := io.ReadAll(res.Body)
	if err != nil || string(text) != "let a" || res.Header.Get("Content-Encoding") != "" {
		t.Errorf("%q, %v, encoding %q", text, err, res.Header.Get("Content-Encoding"))
	}
}

func TestAServerWithoutItsPageSaysWhatToRun(t *testing.T) {
	files, err := loadAssets(fstest.MapFS{"built/.gitignore": {}, "unbuilt.html": {Data: []byte("run make")}})
	if err != nil {
		t.Fatal(err)
	}
	page := files["index.html"]
	if got, err := page.unpacked(); string(got) != "run make" {
		t.Errorf("page %q, %v", got, err)
	}
}
