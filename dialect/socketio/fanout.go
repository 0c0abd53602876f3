package socketio

import "encoding/json"

// Fanout gives what pages do to several handlers, in order. Each passes over
// the events that it does not know.
func Fanout(handlers ...Handler) Handler { return fanout(handlers) }

type fanout []Handler

func (f fanout) Connected(s *Socket) {
	for _, h := range f {
		h.Connected(s)
	}
}

func (f fanout) Event(s *Socket, name string, args []json.RawMessage) {
	for _, h := range f {
		h.Event(s, name, args)
	}
}

func (f fanout) Disconnected(s *Socket, reason string) {
	for _, h := range f {
		h.Disconnected(s, reason)
	}
}
