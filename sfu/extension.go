package sfu

// extensionIDs are the numbers under which one connection knows the header
// extensions; 0 is one it does not know.
type extensionIDs struct {
	mid, rid, repairedRID, transportCC                uint8
	audioLevel, orientation, playoutDelay, dependency uint8
}

// set notes the number of an extension; unknown ones and numbers out of range
// (1 to 255 with two-byte headers, 15 and 0 reserved) are left out.
func (e *extensionIDs) set(uri string, id int) {
	if id <= 0 || id > 255 || id == 15 {
		return
	}
	n := uint8(id)
	switch uri {
	case uriMID:
		e.mid = n
	case uriRID:
		e.rid = n
	case uriRepairedRID:
		e.repairedRID = n
	case uriTransportCC:
		e.transportCC = n
	case uriAudioLevel:
		e.audioLevel = n
	case uriOrientation:
		e.orientation = n
	case uriPlayoutDelay:
		e.playoutDelay = n
	case uriDependency:
		e.dependency = n
	}
}

// add takes the numbers that e does not have yet. Within one bundle a number
// means the same in every section.
func (e *extensionIDs) add(o extensionIDs) {
	for _, pair := range []struct {
		to   *uint8
		from uint8
	}{
		{&e.mid, o.mid}, {&e.rid, o.rid}, {&e.repairedRID, o.repairedRID}, {&e.transportCC, o.transportCC},
		{&e.audioLevel, o.audioLevel}, {&e.orientation, o.orientation},
		{&e.playoutDelay, o.playoutDelay}, {&e.dependency, o.dependency},
	} {
		if *pair.to == 0 {
			*pair.to = pair.from
		}
	}
}
