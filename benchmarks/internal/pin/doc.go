// Package pin keeps the server that is measured on one core and the load
// generator on the others, so that neither takes the other's time.
package pin
