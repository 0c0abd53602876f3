// Package keying learns the SRTP keys of a connection whose DTLS Pion does, so
// that packets can be opened and sealed without Pion (RFC 5764).
//
// Pion tells nobody the keys, but it has two public hooks: one shows the
// ServerHello it sends (random, suite, SRTP profile), the other writes the
// master secret for those who debug. Both together are what the exporter of
// RFC 5705 needs. They carry no name of a connection, so each connection has a
// SettingEngine and an Exchange of its own.
//
// Only the server's side of DTLS is understood: there is no hook for the
// ServerHello that a client receives. An Exchange of such a connection never
// has keys, and its caller leaves SRTP to Pion.
//
// # Before the certificate is verified
//
// Keys are here before the client's certificate has been compared with the
// fingerprint of its offer: anybody on the path could have made them. Take no
// media by them, and send none, before the connection's state is connected.
//
// # Secrecy
//
// Keys are in memory only and behind a function, so that fmt, encoding/json and
// log/slog show nothing of them, also inside of other values. Errors name no
// secret. The master secret is overwritten once the keys are made.
package keying
