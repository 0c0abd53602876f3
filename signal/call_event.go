package signal

import "callrelay/signal/protocol"

// CallEvent is something that happens to a call.
type CallEvent interface{ callEvent() }

// Events of a call.
type (
	// SignedIn: one more device of the callee, while it rings.
	SignedIn struct{ Side Side }
	// Rang: a device shows the ring.
	Rang struct{ Device SessionID }
	// Accepted on a device.
	Accepted struct{ Device SessionID }
	// Declined on a device, for the user.
	Declined struct {
		Device SessionID
		Note   string
	}
	// Cancelled by the caller.
	Cancelled struct{ Device SessionID }
	// HungUp by either side.
	HungUp struct{ Device SessionID }
	// Away: the device's socket is lost; its session may come back.
	Away struct{ Device SessionID }
	// Returned: the device's session has a socket again.
	Returned struct{ Device SessionID }
	// Gone: the device's session is over; Bye when it said so itself.
	Gone struct {
		Device SessionID
		Bye    bool
	}
	// MediaUp and MediaDown: the device's connection carries media, or not.
	MediaUp   struct{ Device SessionID }
	MediaDown struct{ Device SessionID }
	// Grew: somebody is invited into the call's room.
	Grew struct{}
	// Excluded: a side is out of an active call through somebody else's doing,
	// or because nobody is left beside it.
	Excluded struct {
		Device SessionID
		Reason protocol.EndReason
		By     Role
	}
	// Stopped by the server.
	Stopped struct{ Reason protocol.EndReason }
	// Ticked: Deadline has come.
	Ticked struct{}
)

func (SignedIn) callEvent()  {}
func (Rang) callEvent()      {}
func (Accepted) callEvent()  {}
func (Declined) callEvent()  {}
func (Cancelled) callEvent() {}
func (HungUp) callEvent()    {}
func (Away) callEvent()      {}
func (Returned) callEvent()  {}
func (Gone) callEvent()      {}
func (MediaUp) callEvent()   {}
func (MediaDown) callEvent() {}
func (Grew) callEvent()      {}
func (Excluded) callEvent()  {}
func (Stopped) callEvent()   {}
func (Ticked) callEvent()    {}

// Effect is something that a call asks to be done.
type Effect interface{ effect() }

// Effects of a call, performed in the order given.
type (
	// Open lets media pass between the caller and the device that answered.
	Open struct{}
	// Shut stops all media of the call.
	Shut struct{}
	// Tell a device how the call now looks to it.
	Tell struct{ Device SessionID }
	// TellRoom how an invitation into it now looks.
	TellRoom struct{}
	// Depart: a side of a grown call is a member no longer; its media stop, and
	// those who stay are told.
	Depart struct {
		Participant protocol.ParticipantID
		Reason      protocol.EndReason
	}
	// Release a seat: it is no longer part of the call.
	Release struct{ Participant protocol.ParticipantID }
	// Miss keeps the call as missed by the callee.
	Miss struct{}
	// Finish: the call has ended; the last effect, exactly once.
	Finish struct{}
)

func (Open) effect()     {}
func (Shut) effect()     {}
func (Tell) effect()     {}
func (TellRoom) effect() {}
func (Depart) effect()   {}
func (Release) effect()  {}
func (Miss) effect()     {}
func (Finish) effect()   {}
