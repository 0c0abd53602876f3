// Command sfu is the Callrelay server: media relay, signalling, page and
// operator's address in one process.
//
// It only builds the parts and joins them: the settings (config*.go), the
// addresses it listens on (listen.go), the certificate (certs.go, ca.go), the
// state directory (state.go), what browsers fetch (web.go, assets.go), what
// an operator asks (admin.go, health.go, metrics.go), start and end (serve.go,
// node.go). Calls and sessions are in package signal, media in package sfu.
package main
