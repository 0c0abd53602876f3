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
	return b.Size() >= minPacked && (b.Type() == "answer" || b.Type() == "joined")
}

// readFrame reads one message of at most limit bytes, on the wire and unpacked.
func readFrame(ws *websocket.Conn, limit int64) (kind int, frame []byte, err error) {
	ws.SetReadLimit(limit)
	kind, r, err := ws.NextReader()
	if err != nil {
		return 0, nil, err
	}
	frame, err = io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(frame)) > limit {
		err = websocket.ErrReadLimit
	}
	return kind, frame, err
}
