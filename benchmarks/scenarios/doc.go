// Package scenarios makes scripted people do things to a running server and
// settles what came of it: calls of two that last, and many that come and go.
package scenarios
