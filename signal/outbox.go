package signal

import (
	"sync"
	"time"

	"callrelay/signal/protocol"
)

// letter is a message on its way to a client.
type letter struct {
	env  protocol.Envelope
	body protocol.Body
}

// outbox holds what waits for a socket's writer. Putting never blocks: a
// reader that is too slow loses its socket, and can resume.
type outbox struct {
	mu      sync.Mutex
	letters []letter
	bytes   int
	exempt  int // letters of a resume, which do not count
	// What the writer has taken and may still be writing counts as queued.
	flying, flyingBytes int
	closing             protocol.CloseCode
	gathering           bool // the writer will be woken soon
	pinging             bool // a ping is due
	// wake tells the writer that there is something to do; it must not block.
	// nil before there is a writer and after its last write.
	wake func()
}

func newOutbox() *outbox { return &outbox{} }

// begin: there is a writer now.
func (o *outbox) begin(wake func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.wake = wake
	if len(o.letters) > 0 || o.closing != 0 || o.pinging {
		o.signal()
	}
}

// end: the writer is no more.
func (o *outbox) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.wake = nil
}

// ping asks the writer for one.
func (o *outbox) ping() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pinging = true
	o.signal()
}

// takePing tells whether one is due.
func (o *outbox) takePing() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	due := o.pinging
	o.pinging = false
	return due
}

// put queues one letter. Over a limit the outbox begins to close.
func (o *outbox) put(l letter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.add(l) {
		o.signal()
	}
}

// gather queues one letter that may wait a moment for others, to leave with
// them.
func (o *outbox) gather(l letter, wait time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case !o.add(l):
	case o.closing != 0: // it was one too many
		o.signal()
	case !o.gathering:
		o.gathering = true
		time.AfterFunc(wait, func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.gathering = false
			o.signal()
		})
	}
}

// add a letter; false when the outbox is closing already.
func (o *outbox) add(l letter) bool {
	if o.closing != 0 {
		return false
	}
	if len(o.letters)-o.exempt+o.flying >= protocol.QueueMessages ||
		o.bytes+o.flyingBytes+l.body.Size() > protocol.QueueBytes {
		o.letters, o.bytes = nil, 0
		o.closing = protocol.CloseSlowReader
	} else {
		o.letters = append(o.letters, l)
		o.bytes += l.body.Size()
	}
	return true
}

// offer queues a letter that may be left out when the reader is behind; it
// tells whether it was queued.
func (o *outbox) offer(l letter) bool {
	o.mu.Lock()
	behind := len(o.letters)+o.flying > protocol.QueueMessages/8
	o.mu.Unlock()
	if !behind {
		o.put(l)
	}
	return !behind
}

// replay queues what a resumed session missed; it does not count against the
// limits.
func (o *outbox) replay(letters []letter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closing == 0 {
		o.letters = append(o.letters, letters...)
		o.exempt += len(letters)
		o.signal()
	}
}

// close ends the outbox after what is queued; the first code wins.
func (o *outbox) close(code protocol.CloseCode) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closing == 0 {
		o.closing = code
		o.signal()
	}
}

// take returns all that waits, and the code to close with after it, or 0. The
// writer says when it is written.
func (o *outbox) take() ([]letter, protocol.CloseCode) {
	o.mu.Lock()
	defer o.mu.Unlock()
	letters := o.letters
	o.flying, o.flyingBytes = len(letters)-o.exempt, o.bytes
	o.letters, o.bytes, o.exempt = nil, 0, 0
	return letters, o.closing
}

// written: what was taken last is on its way.
func (o *outbox) written() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flying, o.flyingBytes = 0, 0
}

// code the outbox closes with, or 0.
func (o *outbox) code() protocol.CloseCode {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.closing
}

func (o *outbox) signal() {
	if o.wake != nil {
		o.wake()
	}
}
