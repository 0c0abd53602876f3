// Package work does things one after the other without a goroutine of its own
// while there is nothing to do: what belongs to one room or one call is
// ordered, and a page's socket is never held up by another's.
package work
