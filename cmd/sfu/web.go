package main

import (
	"net/http"
	"strings"

	"callrelay/api"
)

// What a page of this server may do. Styles may be inline because components
// place things by style attributes; scripts may not. The page may connect to
// other servers (wss:) when it is moved to one.
const contentPolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data: blob:; media-src 'self' blob: mediastream:; font-src 'self'; worker-src 'self' blob:; " +
	"connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

const permissionsPolicy = "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), autoplay=(self), " +
	"fullscreen=(self), picture-in-picture=(self), screen-wake-lock=(self), geolocation=(), payment=(), usb=()"

// handlers of what is asked beside files.
type handlers struct {
	socket  http.Handler // WebSocket
	offer   http.Handler // of pages whose socket still opens
	seen    http.Handler // how a room is, for visitors who have not said a name
	backend http.Handler // HTTP API
	streams http.Handler // WHIP and WHEP, for encoders and players
}

// newWeb serves what browsers fetch: the page under each of its addresses,
// its assets and the client module; and what is asked of the handlers.
func newWeb(files assets, h handlers) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/ws", h.socket)
	mux.Handle("POST /offer", h.offer)
	mux.Handle("GET /r/{room}/seen", h.seen)
	mux.Handle(api.Prefix+"/", h.backend)
	mux.Handle("/whip/", h.streams)
	mux.Handle("/whep/", h.streams)
	page := cached(files["index.html"], "no-cache")
	for _, route := range []string{"GET /{$}", "GET /r/{room}", "GET /diag"} {
		mux.Handle(route, page)
	}
	for name, file := range files {
		switch {
		case name == "index.html", strings.HasPrefix(name, socketClientDir): // served elsewhere
		case strings.HasPrefix(name, "assets/"): // named after their content
			mux.Handle("GET /"+name, cached(file, "public, max-age=31536000, immutable"))
		case strings.HasPrefix(name, "sdk/"): // for other people's pages
			mux.Handle("/"+name, shared(cached(file, "no-cache")))
		default:
			mux.Handle("GET /"+name, cached(file, "no-cache"))
		}
	}
	return secured(mux)
}

func cached(file asset, control string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", control)
		file.serve(w, r)
	})
}

// shared lets pages of any origin import a file.
func shared(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			next.ServeHTTP(w, r)
		case http.MethodOptions:
			h.Set("Access-Control-Allow-Methods", "GET, HEAD")
			w.WriteHeader(http.StatusNoContent)
		default:
			h.Set("Allow", "GET, HEAD, OPTIONS")
			http.Error(w, "this is a file", http.StatusMethodNotAllowed)
		}
	})
}

func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("Permissions-Policy", permissionsPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		next.ServeHTTP(w, r)
	})
}
