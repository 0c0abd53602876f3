// Package dialecttest is the world that tests of the dialects share: the real
// signal and sfu on loopback, browsers' connections played by Pion, a
// Socket.IO socket of a page, and a user of the product.
package dialecttest
