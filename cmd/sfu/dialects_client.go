package main

import (
	"net/http"
	"strings"
)

// socketClientDir is where the build puts the stock Socket.IO client's files.
const socketClientDir = "socket.io/"

// noSocketClient is said where the page was not built.
const noSocketClient = "this server was built without the stock Socket.IO client: " +
	"build it with 'make build' (go build alone leaves the web files out), or load the client from where the page did before"

// newSocketClient serves the stock client under the path at which pages expect
// it from their server, as /socket.io/socket.io.js.
func newSocketClient(files assets) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "there is no such file of the Socket.IO client", http.StatusNotFound)
	})
	built := false
	for name, file := range files {
		if strings.HasPrefix(name, socketClientDir) {
			built = true
			mux.Handle("/"+name, shared(cached(file, "no-cache")))
		}
	}
	if built {
		return mux
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, noSocketClient, http.StatusNotImplemented)
	})
}
