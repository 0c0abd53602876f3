package sieve

// patience is how many pictures may lack the highest layer before a key frame
// is worth asking for.
const patience = 3

// plain sifts by what payloads say.
type plain struct {
	have Cut
	// Of the newest picture: which spatial layers' frames were met, and which
	// of them pass.
	met, passing uint8
	key          bool // it is a key picture
	keyOnly      bool // layers need each other in key pictures only (K-SVC)
	whole        bool // the last key picture had the highest layer of have
	missing      int  // pictures in a row that lack it
}

func (p *plain) sift(f *Frame, want Cut, newer, late, begin bool) bool {
	if late { // of an earlier picture: its fate is forgotten
		return p.within(f)
	}
	if newer {
		p.next(f, want, begin)
	}
	bit := uint8(1) << (f.Spatial & everything)
	if p.met&bit == 0 {
		if f.Spatial > 0 && f.Inter {
			p.keyOnly = !f.InterLayer
		}
		if p.admit(f, want, p.met == 0 && f.Start) {
			p.passing |= bit
		}
		p.met |= bit
	}
	return p.passing&bit != 0
}

// next picture.
func (p *plain) next(f *Frame, want Cut, begin bool) {
	if !begin {
		full := p.met>>p.have.Spatial&1 == 1
		if p.key {
			p.whole = full
		}
		p.missing++
		if full {
			p.missing = 0
		}
	}
	p.met, p.passing, p.key = 0, 0, f.Key
	switch {
	case f.Key:
		p.have, p.missing = want, 0
	case want.Spatial < p.have.Spatial && !p.keyOnly && f.Spatial == 0 && f.Start:
		p.have.Spatial = want.Spatial // what it needs has been sent all along
	}
	p.have.Temporal = min(p.have.Temporal, want.Temporal)
}

// admit a frame. first tells that it is the picture's first: with it a higher
// frame rate may be taken, and with no other, as they belong together.
func (p *plain) admit(f *Frame, want Cut, first bool) bool {
	if first && f.Sync && f.Temporal == p.have.Temporal+1 && f.Temporal <= want.Temporal {
		p.have.Temporal = f.Temporal
	}
	pass := p.within(f)
	if pass && first && f.Up {
		p.have.Temporal = max(p.have.Temporal, want.Temporal)
	}
	return pass
}

func (p *plain) within(f *Frame) bool {
	switch {
	case f.Spatial > p.have.Spatial, f.Temporal > p.have.Temporal:
		return false
	case f.Spatial < p.have.Spatial && p.keyOnly && p.whole && !p.key:
		return false // nothing that passes needs it
	}
	return true
}

func (p *plain) waiting(want Cut) bool {
	return p.have.Spatial != want.Spatial || p.keyOnly && p.whole && p.missing >= patience
}
