// Package sfutest is a rig for whole calls as unit tests: an SFU and scripted
// peers on a virtual network with loss and delay. Inside a testing/synctest
// bubble its time is virtual too, so ten minutes of a call take seconds.
//
// A Peer speaks WebRTC by Pion but counts, numbers, loses, asks and resends
// by itself, so that each packet that was sent can be accounted for at each
// receiver: every payload carries the sender's tag and a counter.
package sfutest
