package rtpext

import "encoding/binary"

const (
	fixedHeader = 12
	oneByte     = 0xBEDE // profile of the one-byte form
	twoByte     = 0x1000 // upper 12 bits of the two-byte form's
)

// Header holds the fixed fields.
type Header struct {
	Marker      bool
	PayloadType uint8
	Seq         uint16
	Timestamp   uint32
	SSRC        uint32
}

// span is a part of a packet.
type span struct{ at, size uint16 }

// Packet is what Parse found, as offsets into the bytes: valid for them and
// for any copy of them.
type Packet struct {
	Header
	payload    span
	extensions [count]span // at 0: absent
}

// Parse reads an RTP packet of a connection with the given ids. ok is false
// if its lengths are inconsistent; unknown extensions are passed over.
func Parse(b []byte, ids *IDs) (p Packet, ok bool) {
	if len(b) < fixedHeader || len(b) > 0xffff || b[0]>>6 != 2 {
		return p, false
	}
	p.Header = Header{
		Marker: b[1]&0x80 != 0, PayloadType: b[1] & 0x7f,
		Seq:       binary.BigEndian.Uint16(b[2:]),
		Timestamp: binary.BigEndian.Uint32(b[4:]),
		SSRC:      binary.BigEndian.Uint32(b[8:]),
	}
	at, end := fixedHeader+4*int(b[0]&15), len(b)
	if b[0]&0x10 != 0 {
		if at, ok = p.parseExtensions(b, at, ids); !ok {
			return Packet{}, false
		}
	}
	if b[0]&0x20 != 0 { // padding, its length in the last byte
		pad := int(b[end-1])
		if pad == 0 {
			return Packet{}, false
		}
		end -= pad
	}
	if at > end {
		return Packet{}, false
	}
	p.payload = part(at, end-at)
	return p, true
}

// Payload returns the packet's payload without padding; empty for a packet
// that only probes or pads.
func (p *Packet) Payload(b []byte) []byte { return p.payload.of(b) }

// Value returns an extension's value; ok is false if it is absent.
func (p *Packet) Value(b []byte, e Extension) (value []byte, ok bool) {
	if e >= count || p.extensions[e].at == 0 {
		return nil, false
	}
	return p.extensions[e].of(b), true
}

// parseExtensions reads the extension block at and returns where it ends.
func (p *Packet) parseExtensions(b []byte, at int, ids *IDs) (end int, ok bool) {
	if at+4 > len(b) {
		return 0, false
	}
	profile := binary.BigEndian.Uint16(b[at:])
	end = at + 4 + 4*int(binary.BigEndian.Uint16(b[at+2:]))
	at += 4
	if end > len(b) {
		return 0, false
	}
	switch {
	case profile == oneByte:
		ok = p.parseOneByte(b[:end], at, ids)
	case profile&0xfff0 == twoByte:
		ok = p.parseTwoByte(b[:end], at, ids)
	default: // some other use of the block: nothing we know
		ok = true
	}
	return end, ok
}

func (p *Packet) parseOneByte(b []byte, at int, ids *IDs) bool {
	for at < len(b) {
		id, size := b[at]>>4, int(b[at]&15)+1
		at++
		switch id {
		case 0: // padding; a length beside it is to be ignored (section 4.2)
			continue
		case 15: // reserved: stop here
			return true
		}
		if at+size > len(b) {
			return false
		}
		p.note(ids, id, at, size)
		at += size
	}
	return true
}

func (p *Packet) parseTwoByte(b []byte, at int, ids *IDs) bool {
	for at < len(b) {
		id := b[at]
		if at++; id == 0 {
			continue
		}
		if at >= len(b) {
			return false
		}
		size := int(b[at])
		if at++; at+size > len(b) {
			return false
		}
		p.note(ids, id, at, size)
		at += size
	}
	return true
}

func (p *Packet) note(ids *IDs, id uint8, at, size int) {
	if e, known := ids.find(id); known {
		p.extensions[e] = part(at, size)
	}
}

// part makes a span; Parse has checked that both fit 16 bits.
func part(at, size int) span { return span{uint16(at), uint16(size)} } //nolint:gosec // checked

func (s span) of(b []byte) []byte {
	end := int(s.at) + int(s.size)
	if end > len(b) {
		return nil
	}
	return b[s.at:end:end]
}
