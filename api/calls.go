package api

import (
	"net/http"

	"callrelay/signal"
	"callrelay/signal/protocol"
)

// callView is a call that has not ended.
type callView struct {
	Call   protocol.CallID    `json:"call"`
	Room   protocol.RoomID    `json:"room"`
	State  protocol.CallState `json:"state"`
	Caller protocol.UserID    `json:"caller"`
	Callee protocol.UserID    `json:"callee"`
	Video  bool               `json:"video"`
}

func views(entries []signal.CallEntry) map[string]any {
	calls := []callView{}
	for _, e := range entries {
		calls = append(calls, callView(e))
	}
	return map[string]any{"calls": calls}
}

func listCalls(c call) (int, any, error) { return http.StatusOK, views(c.Calls()), nil }

func placeCall(c call) (int, any, error) {
	asked, err := read[struct {
		Caller protocol.UserID `json:"caller"`
		Callee protocol.UserID `json:"callee"`
		Video  *bool           `json:"video"`
	}](c)
	if err != nil {
		return 0, nil, err
	}
	calls, err := c.Place(asked.Caller, asked.Callee, asked.Video == nil || *asked.Video)
	return http.StatusCreated, views(calls[:]), err
}

func endCall(c call) (int, any, error) {
	return http.StatusNoContent, nil, c.End(protocol.CallID(c.r.PathValue("call")))
}
