package rtpext

import "encoding/binary"

// Values are the extensions to write. A nil value is left out. The slices
// are only read, and only during Append.
type Values [count][]byte

// CopyFrom takes over the value of a parsed packet, if it has one.
func (v *Values) CopyFrom(p *Packet, b []byte, extensions ...Extension) {
	for _, e := range extensions {
		if value, ok := p.Value(b, e); ok {
			v[e] = value
		}
	}
}

// Append appends an RTP header without padding or sources to dst; the payload
// follows it. Values whose extension the receiver did not negotiate, or which
// its form cannot hold, are left out. transportAt is the index in out of the
// transport-wide number, for SetTransportSequence at the moment of sending; 0
// if there is none.
func Append(dst []byte, h Header, ids *IDs, v *Values) (out []byte, transportAt int) {
	start := len(dst)
	marker := uint8(0)
	if h.Marker {
		marker = 0x80
	}
	out = append(dst, 2<<6, marker|h.PayloadType&0x7f)
	out = binary.BigEndian.AppendUint16(out, h.Seq)
	out = binary.BigEndian.AppendUint32(out, h.Timestamp)
	out = binary.BigEndian.AppendUint32(out, h.SSRC)
	wide := ids.wide(v)
	block := len(out)
	for e := range count {
		if !ids.writes(e, v[e], wide) {
			continue
		}
		if len(out) == block {
			out[start] |= 0x10
			out = appendBlock(out, wide)
		}
		out = appendElement(out, ids.id[e], len(v[e]), wide)
		if e == TransportSequence && len(v[e]) == 2 {
			transportAt = len(out)
		}
		out = append(out, v[e]...)
	}
	if len(out) > block {
		out = finishBlock(out, block)
	}
	return out, transportAt
}

// SetTransportSequence writes the transport-wide number into a packet that
// Append began; transportAt is what it returned.
func SetTransportSequence(b []byte, transportAt int, n uint16) {
	if transportAt > 0 && transportAt+2 <= len(b) {
		binary.BigEndian.PutUint16(b[transportAt:], n)
	}
}

// wide reports whether the two-byte form is needed and allowed.
func (ids *IDs) wide(v *Values) bool {
	if !ids.Mixed {
		return false
	}
	for e := range count {
		if ids.id[e] != 0 && v[e] != nil && !fitsOneByte(ids.id[e], v[e]) {
			return true
		}
	}
	return false
}

func (ids *IDs) writes(e Extension, value []byte, wide bool) bool {
	if ids.id[e] == 0 || value == nil || len(value) > 255 {
		return false
	}
	return wide || fitsOneByte(ids.id[e], value)
}

func fitsOneByte(id uint8, value []byte) bool {
	return id < 15 && len(value) >= 1 && len(value) <= 16
}

func appendBlock(b []byte, wide bool) []byte {
	profile := uint16(oneByte)
	if wide {
		profile = twoByte
	}
	return append(binary.BigEndian.AppendUint16(b, profile), 0, 0)
}

func appendElement(b []byte, id uint8, size int, wide bool) []byte {
	if wide {
		return append(b, id, uint8(size)) //nolint:gosec // at most 255
	}
	return append(b, id<<4|uint8(size-1)) //nolint:gosec // at most 16
}

// finishBlock pads the block to whole words and writes its length.
func finishBlock(b []byte, block int) []byte {
	for (len(b)-block)%4 != 0 {
		b = append(b, 0)
	}
	binary.BigEndian.PutUint16(b[block+2:], uint16((len(b)-block)/4-1)) //nolint:gosec // at most 8*257 bytes
	return b
}
