// Package doctor looks for what keeps a server from working and says it in
// plain sentences, each with what to do. It has two halves: Local judges the
// Facts of this machine and of the server's settings (the judging is pure, the
// gathering is apart), and Remote visits a running server as a client would
// and tries each way in.
package doctor
