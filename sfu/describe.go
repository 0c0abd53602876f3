package sfu

// describe says whether the packet belongs to a key frame and begins a frame.
func describe(p *packet) {
	if p.encoding != encodingVP8 || p.payload < 4 {
		return
	}
	b := p.body()
	i := 1
	if b[0]&0x80 != 0 {
		x := b[1]
		i++
		if x&0x80 != 0 {
			if b[i]&0x80 != 0 {
				i++
			}
			i++
		}
		if x&0x40 != 0 {
			i++
		}
		if x&0x30 != 0 {
			i++
		}
	}
	p.frameStart = b[0]&0x17 == 0x10
	p.keyFrame = p.frameStart && i < len(b) && b[i]&1 == 0
}
