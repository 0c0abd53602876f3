package socketio

import "encoding/json"

// Handler is told what the pages do. All calls for one socket come one after
// the other; those of different sockets come at once. A call must not block
// on the network for long: the page's later packets wait for it.
type Handler interface {
	// Connected: a page has joined the namespace "/".
	Connected(*Socket)
	// Event: a page has sent an event. args are valid JSON, as sent; they
	// belong to the Handler.
	Event(s *Socket, name string, args []json.RawMessage)
	// Disconnected: the socket is gone for good; nothing more comes from it
	// and Emit does nothing. reason is for logs.
	Disconnected(s *Socket, reason string)
}

// Socket is one page. It may be used from any goroutine.
type Socket struct{ session *session }

// ID is the socket's id on the wire, and never another's.
func (s *Socket) ID() string { return s.session.id }

// Emit sends an event. It never blocks; a page that does not read is closed
// when its outbox is full. The error tells of arguments that are not JSON.
func (s *Socket) Emit(name string, args ...any) error {
	packet, err := encodeEvent(name, args)
	if err != nil {
		return err
	}
	s.session.send(packet)
	return nil
}

// Close ends the socket; the stock client does not come back by itself.
func (s *Socket) Close() {
	s.session.send(string(engineMessage) + string(messageDisconnect))
	s.session.end(reasonServer)
}
