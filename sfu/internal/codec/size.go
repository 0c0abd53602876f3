package codec

// Sizes of pictures, as key frames say them: read from the first packet of a
// key frame only, and absent (0 x 0) wherever a header is cut off, has a form
// that browsers do not send, or makes no sense.

// maxSide of a picture that is believed, in pixels.
const maxSide = 16384

func believable(width, height uint32) Size {
	if width == 0 || height == 0 || width > maxSide || height > maxSide {
		return Size{}
	}
	return Size{int(width), int(height)}
}

// sizeVP8 reads a key frame's header (RFC 6386, section 9.1): a 3-byte tag,
// the start code, then 14 bits of width and of height, low byte first.
func sizeVP8(b []byte) Size {
	if len(b) < 10 || b[3] != 0x9d || b[4] != 0x01 || b[5] != 0x2a {
		return Size{}
	}
	return believable(uint32(b[6])|uint32(b[7]&0x3f)<<8, uint32(b[8])|uint32(b[9]&0x3f)<<8)
}

// sizeVP9 reads the uncompressed header of a profile 0 key frame (VP9
// bitstream specification, section 6.2).
func sizeVP9(b []byte) Size {
	r := bitReader{b: b}
	const marker, srgb = 2, 7
	if r.bits(2) != marker || r.bits(2) != 0 || r.flag() || r.flag() {
		return Size{} // not profile 0, an older frame shown again, or no key frame
	}
	r.skip(2) // show_frame, error_resilient_mode
	if r.bits(24) != 0x498342 || r.bits(3) == srgb {
		return Size{}
	}
	r.skip(1) // color_range
	width, height := r.bits(16)+1, r.bits(16)+1
	if r.over {
		return Size{}
	}
	return believable(width, height)
}

// sizeAV1 reads a sequence header OBU, from its payload on (AV1, section 5.5).
func sizeAV1(b []byte) Size {
	r := bitReader{b: b}
	r.skip(4) // seq_profile, still_picture
	if reduced := r.flag(); reduced {
		r.skip(5)
	} else {
		if r.flag() { // timing_info_present_flag: no browser sends it
			return Size{}
		}
		delays := r.flag()
		for range r.bits(5) + 1 {
			r.skip(12)
			if r.bits(5) > 7 { // seq_level_idx
				r.skip(1)
			}
			if delays && r.flag() {
				r.skip(4)
			}
		}
	}
	wide, high := int(r.bits(4))+1, int(r.bits(4))+1
	width, height := r.bits(wide)+1, r.bits(high)+1
	if r.over {
		return Size{}
	}
	return believable(width, height)
}

// sizeH264 reads a sequence parameter set from the byte after its NAL header
// (ITU-T H.264, section 7.3.2.1.1), of the profiles whose sets have no
// scaling lists: baseline, main and extended.
func sizeH264(b []byte) Size {
	const baseline, main, extended = 66, 77, 88
	if len(b) < 4 || b[0] != baseline && b[0] != main && b[0] != extended {
		return Size{}
	}
	var clean [64]byte // the size is in the first bytes
	r := bitReader{b: withoutEmulation(b[3:], clean[:0])}
	r.golomb() // seq_parameter_set_id
	r.golomb() // log2_max_frame_num_minus4
	switch r.golomb() {
	case 0:
		r.golomb() // log2_max_pic_order_cnt_lsb_minus4
	case 1:
		r.skip(1)
		r.golomb()
		r.golomb()
		for range min(r.golomb(), 255) {
			r.golomb()
		}
	}
	r.golomb() // max_num_ref_frames
	r.skip(1)  // gaps_in_frame_num_value_allowed_flag
	width, height := (r.golomb()+1)*16, (r.golomb()+1)*16
	field := uint32(1)
	if !r.flag() { // frame_mbs_only_flag
		field = 2
		r.skip(1)
	}
	height *= field
	r.skip(1)     // direct_8x8_inference_flag
	if r.flag() { // frame_cropping_flag; 4:2:0: steps of two
		left, right, top, bottom := r.golomb(), r.golomb(), r.golomb(), r.golomb()
		width -= min(width, 2*(left+right))
		height -= min(height, 2*field*(top+bottom))
	}
	if r.over {
		return Size{}
	}
	return believable(width, height)
}

// withoutEmulation appends b to dst, up to dst's capacity, without the bytes
// that keep start codes out (section 7.4.1).
func withoutEmulation(b, dst []byte) []byte {
	zeros := 0
	for _, v := range b {
		if len(dst) == cap(dst) {
			break
		}
		if zeros >= 2 && v == 3 {
			zeros = 0
			continue
		}
		if v == 0 {
			zeros++
		} else {
			zeros = 0
		}
		dst = append(dst, v)
	}
	return dst
}

// golomb reads an unsigned Exp-Golomb number of at most 16 bits (section
// 9.1); a longer one counts as past the end.
func (r *bitReader) golomb() uint32 {
	zeros := 0
	for !r.over && !r.flag() {
		if zeros++; zeros > 16 {
			r.over = true
		}
	}
	if r.over {
		return 0
	}
	return 1<<zeros - 1 + r.bits(zeros)
}
