// Package sfu is a selective forwarding unit for calls in browsers: it takes
// the media of each participant on one PeerConnection and forwards it to the
// other participants of the room. It knows participants, never users.
//
// # Nouns
//
// A Participant is one member's connection: an uplink (what it sends) and a
// downlink (what it receives). A Room is a set of participants that hear each
// other. A Publication is one source a participant sends, in one Layer or
// several; a Subscription is one participant's view of one publication; a Slot
// is a receive section that the client offered once and that subscriptions
// occupy one after the other, without SDP. A Worker is the goroutine that owns
// the downlinks of its participants.
//
// # Contract
//
// All calls are made in values, by participant id; nobody outside holds a
// pointer into this package. Calls are idempotent by (participant,
// generation) and safe from any goroutine. What happens comes back through
// the Observer as values, ordered for each participant and each room, never
// under a lock.
//
// # One packet
//
// The reader of a socket (package mux) gives media to the connection's inlet,
// which opens it (SRTP) once the connection is up, by keys that package keying
// learned from Pion's DTLS; where there are none, Pion opens. What comes over
// TCP, or through Pion's own mux, a tap takes out for the same inlet. On the
// same goroutine the packet goes through stream.write (parse once, find the
// layer), publication.receive (describe the frame, keep it in the layer's
// history) and publication.fanOut, which hands it to each worker that has
// subscriptions to it. On the worker: worker.handle, subscription.forward
// (keep or drop with a reason, leave out layers within the stream, rewrite the
// numbers to the slot's), sender.add;
// at the end of the worker's turn sender.run paces, numbers, and writes into the
// worker's outbox, where egress.media seals; the outboxes are flushed once.
//
// Whatever a connection is sent, RTP and RTCP, leaves by its egress: one context
// seals it, for as long as the connection lives and wherever its path leads.
// Where the keys can't be learned (the client is the DTLS server) it is Pion's,
// for everything. Never both: see package seal.
//
// A resend: control.Write, downlink.nack, rewrite.Stream.Origin, the layer's
// history, sender. A new picture: subscription.ask, publication.
// requestKeyFrame (throttled by keyFrameAsker), layer.ask on the publisher's
// worker.
//
// # Layers and voices
//
// What a subscription needs goes the other way: downlink.adapt chooses among
// publication.ladder, subscription.want counts it at the publication, and
// publication.demandDue tells the publisher by LayersWanted. Who is heard:
// publication.hear measures each microphone, room.rank orders the voices when
// somebody speaks up, and assign gives them the slots. While anybody speaks,
// SFU.listen says who, and who has the floor; those who had it last are shown
// where a page leaves the choice to the server.
//
// # Goroutines
//
// Each SFU has one worker for each processor, one goroutine for events, one
// reader for each socket, and Pion's goroutines for each connection.
// Nothing of this package runs for a participant alone, but a reader for each
// data channel that its client opens; its timers lie in its worker's wheel. Connections are closed on goroutines that Close waits for.
//
// # Locks
//
// SFU.mu guards membership: rooms, participants, what they publish, their
// present connection, and the plans of their slots. publication.mu guards its
// layers, their histories, and who listens. uplink.mu guards the tables of a
// connection's sections and arrivals. inlet.mu guards the contexts that open
// and is held while a packet is handled. connection.mu orders state changes.
// worker.mu and events.mu guard a queue each. They are taken in this order:
//
//	participant.negotiating -> SFU.mu -> publication.mu -> worker.mu, events.mu
//	connection.mu -> worker.mu, events.mu
//	inlet.mu -> uplink.mu, publication.mu, paths.mu
//	uplink.mu -> worker.mu
//
// None is held across I/O, and none while the observer is called. What belongs
// to a worker (downlink, slot's lower fields, subscription, sender, timers)
// has no lock and is touched on its goroutine only; others post a step to it.
//
// # Closing
//
// Parents close children. Remove takes the participant out of its room, waits
// until its room's workers have taken every subscription down and flushed, and
// then ends the connection: first its downlink on the worker, then Pion's
// PeerConnection with all its goroutines, then the publications. Close does
// that for everybody, waits, stops the workers, closes the sockets and at last
// stops the events, so that the observer has heard everything.
package sfu
