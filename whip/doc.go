// Package whip lets encoders and players without a signalling client into
// rooms, over HTTP: WHIP (RFC 9725) makes a member that sends, WHEP (its
// counterpart, draft-ietf-wish-whep) one that receives as many sections as its
// offer has. Both are thin front doors: each request becomes messages of
// signal/protocol asked through a signal.Door, so rights, limits, lobby and
// hosts hold as for everybody.
//
//	POST   /whip/{room}       offer in, answer out; Location names the resource
//	PATCH  {resource}         trickled candidates, or an ICE restart
//	DELETE {resource}         leaves
//
// and the same under /whep. A resource lives until it is deleted, its
// connection is closed or stays lost, or its member is removed. One goroutine
// for each resource watches over that; Handler.Close ends them all and waits.
package whip
