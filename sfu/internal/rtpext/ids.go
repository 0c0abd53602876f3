package rtpext

// Extension is a header extension that is understood.
type Extension uint8

// Extensions.
const (
	MID Extension = iota
	RID
	RepairedRID
	AudioLevel
	TransportSequence
	DependencyDescriptor
	VideoOrientation
	PlayoutDelay

	count
)

// URI returns the name under which an extension is negotiated.
func (e Extension) URI() string {
	switch e {
	case MID:
		return "urn:ietf:params:rtp-hdrext:sdes:mid"
	case RID:
		return "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
	case RepairedRID:
		return "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
	case AudioLevel:
		return "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
	case TransportSequence:
		return "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
	case DependencyDescriptor:
		return "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
	case VideoOrientation:
		return "urn:3gpp:video-orientation"
	case PlayoutDelay:
		return "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
	case count:
	}
	return ""
}

// All lists the extensions.
func All() []Extension {
	all := make([]Extension, count)
	for i := range all {
		all[i] = Extension(i) //nolint:gosec // below count
	}
	return all
}

// IDs are the numbers that a connection gave to extensions. The zero value
// knows none.
type IDs struct {
	id [count]uint8 // 0: not negotiated
	// Mixed allows the two-byte form (a=extmap-allow-mixed, RFC 8285, section
	// 4.1.2). Without it a value over 16 bytes is left out.
	Mixed bool
}

// Set notes that the extension with this URI has this id (1 to 255, not 15 in
// the one-byte form). An unknown URI is ignored.
func (ids *IDs) Set(uri string, id uint8) {
	for e := range count {
		if e.URI() == uri {
			ids.id[e] = id
		}
	}
}

// Has reports whether an extension was negotiated.
func (ids *IDs) Has(e Extension) bool { return e < count && ids.id[e] != 0 }

func (ids *IDs) find(id uint8) (e Extension, ok bool) {
	for e := range count {
		if ids.id[e] == id && id != 0 {
			return e, true
		}
	}
	return 0, false
}

// ID returns the number of an extension; 0: not negotiated.
func (ids *IDs) ID(e Extension) uint8 {
	if e >= count {
		return 0
	}
	return ids.id[e]
}

// Wide reports whether values need the two-byte form and it is allowed.
func (ids *IDs) Wide(v *Values) bool { return ids.wide(v) }

// Writes reports whether a value can be written, in the two-byte form if wide.
func (ids *IDs) Writes(e Extension, value []byte, wide bool) bool {
	return e < count && ids.writes(e, value, wide)
}
