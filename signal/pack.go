package signal

import (
	"io"

	"github.com/gorilla/websocket"

	"callrelay/signal/protocol"
)

// minPacked bytes of a message that is compressed: a packet's worth.
const minPacked = 1200

// packs tells whether a message is compressed on its way (RFC 7692, each
// message by itself). A description of media is 27 kB of repetition, which
// without it takes a connection's first flight twice, so a round trip more.
//
// What holds a secret beside what others have chosen, as a welcome does, is
// never packed: its length would tell how much of the secret their names
// share. An answer has secrets, and nothing of anybody else.
func packs(b protocol.Body) bool {
	if b.Size() < minPacked {
		return false
	}
	switch b.Type() {
	case "answer", "joined":
		return true
	}
	return false
}

// readFrame reads one message of at most limit bytes, counted after unpacking.
func readFrame(ws *websocket.Conn, limit int) (kind int, frame []byte, err error) {
	kind, r, err := ws.NextReader()
	if err != nil {
		return 0, nil, err
	}
	frame, err = io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err == nil && len(frame) > limit {
		err = websocket.ErrReadLimit
	}
	return kind, frame, err
}
