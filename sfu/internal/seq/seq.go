package seq

// Number is an extended sequence number: the 16 bits of the wire below, the
// count of their roll-overs (ROC) above.
type Number uint64

// Wire returns the 16 bits that a packet carries.
func (n Number) Wire() uint16 { return uint16(n) } //nolint:gosec // truncation is the point

// Near returns the extended number closest to ref whose lower bits are wire.
// ok is false when that number would lie below zero, before the start of the
// stream.
func Near(ref Number, wire uint16) (n Number, ok bool) {
	distance := int64(int16(wire - ref.Wire())) //nolint:gosec // serial arithmetic, RFC 1982
	if distance < 0 && uint64(-distance) > uint64(ref) {
		return 0, false
	}
	return Number(int64(ref) + distance), true //nolint:gosec // checked above
}

// Unwrapper extends the numbers of one stream in the order of their arrival.
// The zero value is ready; the first number is returned as it is.
// Not safe for concurrent use.
type Unwrapper struct {
	highest Number
	started bool
}

// Unwrap extends wire to the number nearest to the highest one so far. ok is
// false for a number from before the stream's start: drop such a packet.
func (u *Unwrapper) Unwrap(wire uint16) (n Number, ok bool) {
	if !u.started {
		u.started, u.highest = true, Number(wire)
		return u.highest, true
	}
	n, ok = Near(u.highest, wire)
	if ok && n > u.highest {
		u.highest = n
	}
	return n, ok
}

// Highest returns the largest number so far; ok is false before the first.
func (u *Unwrapper) Highest() (n Number, ok bool) { return u.highest, u.started }
