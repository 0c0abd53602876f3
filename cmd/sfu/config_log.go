package main

import (
	"log/slog"
	"maps"
	"slices"
)

// LogValue shows the settings without secrets: of keys only their names.
func (s settings) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("config", string(s.File)),
		slog.String("listen", s.Listen),
		slog.String("tls-cert", s.TLSCert),
		slog.String("http", s.HTTP),
		slog.String("admin", s.Admin),
		slog.Any("advertise", s.Advertise),
		slog.Any("stun", s.STUN),
		slog.Bool("turn", s.TURN),
		slog.Any("keys", slices.Sorted(maps.Keys(s.keys))),
		slog.String("audience", s.Audience),
		slog.Bool("open", s.Open),
		slog.Any("origin", s.Origin),
		slog.String("state", s.state),
		slog.String("ring-time", s.RingTime.String()),
		slog.String("grace", s.Grace.String()),
		slog.String("away-grace", s.AwayGrace.String()),
		slog.String("drain", s.Drain.String()),
		slog.String("log-level", s.LogLevel),
	)
}
