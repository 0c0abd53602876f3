package svctest

// VP9 returns a packet's payload: the descriptor of RFC 9628 in its
// non-flexible form, and a byte of picture.
func (m Mode) VP9(f *Frame, start, end bool) []byte {
	flags := 0b10100000 | flag(!f.Key)<<6 | flag(start)<<3 | flag(end)<<2
	layers := f.Temporal<<5 | 1<<4 | f.Spatial<<1 | flag(f.Spatial > 0 && (f.Key || !m.KeyOnly))
	return []byte{byte(flags), 0x80 | byte(f.Picture>>8&0x7f), byte(f.Picture), byte(layers), byte(f.Picture / 4), 0xa5} //nolint:gosec // cut
}

// VP8 returns a packet's payload: the descriptor of RFC 7741 and a frame
// header. There is but one spatial layer.
func VP8(f *Frame, start bool) []byte {
	header := byte(flag(!f.Key))
	return []byte{
		0x80 | byte(flag(start))<<4, 0xe0, 0x80 | byte(f.Picture>>8&0x7f), byte(f.Picture), byte(f.Picture / 4), //nolint:gosec // cut
		byte(f.Temporal<<6 | flag(f.Sync)<<5), header, 0, 0, 0x9d, 0x01, 0x2a, 64, 1, 180, 0, //nolint:gosec // cut
	}
}
