package peerjs

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// names that the stock client lets through, and a bound for both.
var valid = regexp.MustCompile(`^[A-Za-z0-9]+(?:[ _-][A-Za-z0-9]+)*$`).MatchString

const maxName = 64

func validName(s string) bool { return len(s) <= maxName && valid(s) }

// Handler serves the requests that are of the protocol under a mount path,
// which begins and ends with a slash, and leaves the others to next.
func (s *Server) Handler(mount string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest, ours := strings.CutPrefix(r.URL.Path, mount)
		key, method, two := strings.Cut(rest, "/")
		switch {
		case !ours:
			next.ServeHTTP(w, r)
		case rest == "peerjs" && strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
			s.serveSocket(w, r)
		// "r" is where the product's rooms are.
		case two && validName(key) && (mount != "/" || key != "r") && (method == "id" || method == "peers"):
			s.serveAPI(w, r, key, method)
		case rest == "" && mount != "/":
			s.allow(w, r)
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"name":"PeerJS Server","description":"Callrelay, which relays the calls of PeerJS pages","website":"https://peerjs.com/"}`)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// allow the page to read the answer; false when its origin may not come.
func (s *Server) allow(w http.ResponseWriter, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	w.Header().Add("Vary", "Origin")
	if !s.allowed(origin, r) {
		return false
	}
	w.Header().Set("Access-Control-Allow-Origin", origin)
	return true
}

func (s *Server) allowed(origin string, r *http.Request) bool {
	return s.config.AllowOrigin(origin) || origin == "https://"+r.Host || origin == "http://"+r.Host
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, key, method string) {
	switch {
	case !s.allow(w, r):
		http.Error(w, "this origin may not come", http.StatusForbidden)
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", "GET")
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
	case method == "peers": // as PeerServer without allow_discovery
		http.Error(w, "who is here is not told", http.StatusUnauthorized)
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8") // as the original
		w.Header().Set("Cache-Control", "no-store")
		_, _ = io.WriteString(w, newID())
	}
}

// newID is a random UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
