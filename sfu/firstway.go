package sfu

import (
	"sync/atomic"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

// firstWay takes the first working pair after an ICE restart. Chromium names
// the pair to be used (USE-CANDIDATE) only when it gives up the one it used
// before, seconds after that died: until then the connection would count as
// not mended, and nobody would ask for the key frames that a mended one needs.
// A better pair that the client names later is used instead, as ever.
type firstWay struct {
	sought atomic.Pointer[search] // nil when there is nothing to find
}

// search for a pair after one restart; of the ICE agent's goroutine.
type search struct {
	named *ice.CandidatePair // by the client, and perhaps not yet proven
}

// restarted is told of each restart, before its answer leaves.
func (f *firstWay) restarted() { f.sought.Store(&search{}) }

// checked is called by the ICE agent with each check of the client, and tells
// whether its pair is to be used. A pair whose own check was answered, too,
// works both ways.
func (f *firstWay) checked(m *stun.Message, _, _ ice.Candidate, pair *ice.CandidatePair) bool {
	s := f.sought.Load()
	if s == nil || pair == nil {
		return false
	}
	if m.Contains(stun.AttrUseCandidate) {
		s.named = pair
	}
	if s.named != nil && s.named.ResponsesReceived() > 0 { // the agent uses it already
		f.sought.CompareAndSwap(s, nil)
		return false
	}
	return pair.ResponsesReceived() > 0 && f.sought.CompareAndSwap(s, nil)
}
