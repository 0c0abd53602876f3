package signal

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

// Config of a Server. Zero values get the default named at each field.
type Config struct {
	// Media makes the media side, given who is to be told of its events. It is
	// called once, by New; whoever passes it also closes what it made, after
	// the Server. Required.
	Media func(sfu.Observer) (Media, error)

	// Keys are the secrets of join tokens by API key (the token's issuer).
	// Empty means open mode: anyone may sign in under any name.
	Keys map[string][]byte
	// Audience that a join token must name. Default "callrelay".
	Audience string
	// Origins of web pages that may connect, as "https://example.org"; "*"
	// allows all. Empty allows the server's own origin only. Clients that send
	// no Origin are not browsers and are allowed.
	Origins []string
	// StateKey, 32 random bytes or more, seals session secrets. A server that
	// starts again with the same one takes its clients back. Required.
	StateKey []byte

	// RingTime a call rings before it ends as no_answer. Default 30 s.
	RingTime time.Duration
	// AckTime within which a device must show the ring; else the call ends as
	// unreachable. Larger is kinder to sleeping pages, and a caller waits longer
	// in silence. Default 5 s.
	AckTime time.Duration
	// ConnectTime within which the media of both sides must be connected after
	// accept; else the call ends as failed. Default 15 s.
	ConnectTime time.Duration
	// Grace a lost socket keeps its seat. Default 60 s.
	Grace time.Duration
	// AwayGrace is that of a socket closed because its page went away; long
	// enough for a reload. Default 5 s.
	AwayGrace time.Duration
	// SessionTTL bounds a sign-in that no token bounds. Default 24 h.
	SessionTTL time.Duration
	// PingEvery and PongWait find dead sockets: a ping so often, and closed
	// after so long without a sign of life. Defaults 5 s and 12 s.
	PingEvery, PongWait time.Duration

	// MaxSessions at a time; one more gets unavailable. Default 50,000.
	MaxSessions int
	// MaxDevices of one user. Default 16.
	MaxDevices int

	// ICEServers makes what a session's browser may use beside direct ways to
	// the media side, with a fresh credential at each call. It must not block.
	// nil: none.
	ICEServers func(SessionID, Reached) []protocol.ICEServer
	// ICERefresh after which they are made anew for a socket; less than their
	// credentials live. Default 200 s.
	ICERefresh time.Duration

	// Alternates are told to clients as other servers that would take them.
	Alternates []string
	// Log receives what an operator should see. nil: none.
	Log *slog.Logger
}

// minStateKey bytes.
const minStateKey = 32

func (c Config) withDefaults() (Config, error) {
	setDefault(&c.Audience, "callrelay")
	setDefault(&c.RingTime, 30*time.Second)
	setDefault(&c.AckTime, 5*time.Second)
	setDefault(&c.ConnectTime, 15*time.Second)
	setDefault(&c.Grace, 60*time.Second)
	setDefault(&c.AwayGrace, 5*time.Second)
	setDefault(&c.SessionTTL, 24*time.Hour)
	setDefault(&c.PingEvery, 5*time.Second)
	setDefault(&c.PongWait, 12*time.Second)
	setDefault(&c.ICERefresh, 200*time.Second)
	setDefault(&c.MaxSessions, 50_000)
	setDefault(&c.MaxDevices, 16)
	setDefault(&c.Log, slog.New(slog.DiscardHandler))
	return c, c.validate()
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (c Config) validate() error {
	if c.Media == nil {
		return errors.New("media is not set")
	}
	if len(c.StateKey) < minStateKey {
		return fmt.Errorf("state key has %d bytes, at least %d are needed", len(c.StateKey), minStateKey)
	}
	for key, secret := range c.Keys {
		if key == "" || len(secret) < minSecret {
			return fmt.Errorf("api key %q: the secret needs at least %d bytes", key, minSecret)
		}
	}
	for _, d := range []time.Duration{c.RingTime, c.AckTime, c.ConnectTime, c.Grace, c.AwayGrace, c.SessionTTL, c.PingEvery} {
		if d < 0 {
			return fmt.Errorf("a time of %v is negative", d)
		}
	}
	if c.PongWait <= c.PingEvery {
		return fmt.Errorf("pong wait %v must be longer than ping every %v", c.PongWait, c.PingEvery)
	}
	return nil
}
