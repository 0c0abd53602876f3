// Package bare is a client for tests that goes through ICE, DTLS and SRTP by
// real sockets as any other does, and above that has no manners: it sends
// whatever bytes a test makes, sealed or not.
package bare
