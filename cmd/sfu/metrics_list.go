package main

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// metricList names every metric of our own, in the glossary's words.
func metricList() []metric {
	const gauge, counter = prometheus.GaugeValue, prometheus.CounterValue
	one := func(value func(*sample) float64) func(*sample, func(float64, string)) {
		return func(s *sample, emit func(float64, string)) { emit(value(s), "") }
	}
	return []metric{
		{"callrelay_rooms", "Rooms that media are forwarded in.", gauge, "", one(func(s *sample) float64 { return float64(s.media.Rooms) })},
		{"callrelay_participants", "Participants known to the media side.", gauge, "", one(func(s *sample) float64 { return float64(s.media.Participants) })},
		{"callrelay_connections", "Peer connections.", gauge, "", one(func(s *sample) float64 { return float64(s.media.Connections) })},
		{"callrelay_connections_by_exit", "Connections by how their packets leave: batch (many in a system call), plain (one by one: ICE-TCP, TURN), pion (sealed by Pion).", gauge, "exit", func(s *sample, emit func(float64, string)) { each(s.media.Exits, emit) }},
		{"callrelay_publications", "Sources being published.", gauge, "", one(func(s *sample) float64 { return float64(s.media.Publications) })},
		{"callrelay_subscriptions", "Publications being forwarded to a participant.", gauge, "", one(func(s *sample) float64 { return float64(s.media.Subscriptions) })},
		{"callrelay_packets_in_total", "RTP packets received.", counter, "", one(func(s *sample) float64 { return float64(s.media.PacketsIn) })},
		{"callrelay_packets_out_total", "RTP packets sent.", counter, "", one(func(s *sample) float64 { return float64(s.media.PacketsOut) })},
		{"callrelay_bytes_in_total", "Bytes of RTP received.", counter, "", one(func(s *sample) float64 { return float64(s.media.BytesIn) })},
		{"callrelay_bytes_out_total", "Bytes of RTP sent.", counter, "", one(func(s *sample) float64 { return float64(s.media.BytesOut) })},
		{"callrelay_dropped_total", "Packets that were not forwarded, by drop reason.", counter, "reason", func(s *sample, emit func(float64, string)) { each(s.media.Dropped, emit) }},
		{"callrelay_media_events_total", "Events of repair, feedback and key frames, by name.", counter, "event", func(s *sample, emit func(float64, string)) { each(s.media.Counters, emit) }},
		{"callrelay_transport_info", "How media are sent and received, as fact=value; always 1.", gauge, "fact", func(s *sample, emit func(float64, string)) {
			for name, value := range s.media.Transport {
				emit(1, name+"="+value)
			}
		}},
		{"callrelay_public_connections_total", "TCP connections to the public port, by what they spoke or why they were closed.", counter, "kind", func(s *sample, emit func(float64, string)) { each(s.entrance, emit) }},
		{"callrelay_sessions", "Sessions in memory, connected or within their grace.", gauge, "", one(func(s *sample) float64 { return float64(s.signal.Sessions) })},
		{"callrelay_sockets", "Signalling sockets that are connected.", gauge, "", one(func(s *sample) float64 { return float64(s.signal.Sockets) })},
		{"callrelay_users", "Users with at least one session.", gauge, "", one(func(s *sample) float64 { return float64(s.signal.Users) })},
		{"callrelay_calls", "Calls that have not ended, by state.", gauge, "state", func(s *sample, emit func(float64, string)) { each(s.signal.Calls, emit) }},
		{"callrelay_calls_total", "Calls that have ended, by end reason.", counter, "reason", func(s *sample, emit func(float64, string)) { each(s.signal.Ended, emit) }},
		{"callrelay_call_ratings_total", "What people said of their calls: good, poor, or what was poor.", counter, "rating", func(s *sample, emit func(float64, string)) { each(s.signal.Ratings, emit) }},
		{"callrelay_members", "Members of rooms, those within their grace too.", gauge, "", one(func(s *sample) float64 { return float64(s.signal.Members) })},
		{"callrelay_errors_total", "Refusals told to clients, by error code.", counter, "code", func(s *sample, emit func(float64, string)) { each(s.signal.Errors, emit) }},
		{"callrelay_sockets_closed_total", "Signalling sockets that the server closed, by close code.", counter, "code", func(s *sample, emit func(float64, string)) {
			for code, n := range s.signal.Closed {
				emit(float64(n), strconv.Itoa(int(code)))
			}
		}},
		{"callrelay_hellos_total", "Sessions opened and resumed, by resume outcome.", counter, "outcome", func(s *sample, emit func(float64, string)) { each(s.signal.Resumes, emit) }},
		{"callrelay_early_offers_total", "Offers of pages that came back, taken before their socket was open.", counter, "", one(func(s *sample) float64 { return float64(s.signal.EarlyOffers) })},
		{"callrelay_map_size", "Entries in the signalling server's tables; a table that only grows is a defect.", gauge, "map", func(s *sample, emit func(float64, string)) { each(s.signal.Maps, emit) }},
		{"callrelay_socketio_sessions", "Pages of tutorials connected by Socket.IO (see --dialects).", gauge, "", one(func(s *sample) float64 { return float64(s.pages.Sessions) })},
		{"callrelay_socketio_events_total", "What pages of tutorials did by Socket.IO: opened, upgraded to WebSocket, or refused for a malformed packet.", counter, "event", func(s *sample, emit func(float64, string)) {
			each(map[string]uint64{"opened": s.pages.Opened, "upgraded": s.pages.Upgraded, "refused": s.pages.Refused}, emit)
		}},
		{"callrelay_draining", "1 while the server takes no new calls.", gauge, "", one(func(s *sample) float64 {
			if s.draining {
				return 1
			}
			return 0
		})},
		{"callrelay_media_path_ok", "1 while the loop through the server's own media port comes back.", gauge, "", one(func(s *sample) float64 {
			if s.path.OK {
				return 1
			}
			return 0
		})},
		{"callrelay_media_path_checks_total", "Loops made through the media port.", counter, "", one(func(s *sample) float64 { return float64(s.path.Trips) })},
		{"callrelay_media_path_failures_total", "Loops that did not come back.", counter, "", one(func(s *sample) float64 { return float64(s.path.Failures) })},
		{"callrelay_media_path_rtt_seconds", "How long the last loop's packet took there and back.", gauge, "", one(func(s *sample) float64 { return s.path.Result.RTT.Seconds() })},
		{"callrelay_certificate_expiry_timestamp_seconds", "When the certificate of the public address ends, as Unix time.", gauge, "", one(func(s *sample) float64 { return float64(s.expiry.Unix()) })},
	}
}

func each[K ~string, V int | uint64](values map[K]V, emit func(float64, string)) {
	for name, n := range values {
		emit(float64(n), string(name))
	}
}
