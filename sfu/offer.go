package sfu

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"callrelay/sfu/internal/rtpext"
)

// Limits of an offer.
const (
	maxOfferBytes = 256 << 10
	maxSections   = 64
	maxRIDs       = 8
	maxSSRCs      = 32 // declared in one section
	// maxVideoSlots and maxAudioSlots are what the client may receive on: more
	// pictures than a page can show at once cost answers of 100 ms and more.
	maxVideoSlots = 50
	maxAudioSlots = 8
)

// offer is what this package needs to know of a client's SDP.
type offer struct {
	sends []sendSection
	// videoSlots and audioSlots count the sections the client receives on.
	videoSlots, audioSlots int
	// oneWay are the sections on which it only sends or only receives, in order.
	oneWay []oneWaySection
	// both are the mids of those it sends on, too, as pages do that know of
	// one remote peer only; twoWay tells of any such section, named or not.
	both   map[string]bool
	twoWay bool
	// passive: the client wants to be the server of DTLS.
	passive bool
	// extensions of all sections: within one bundle a number means the same
	// everywhere.
	extensions rtpext.IDs
	// ufrag of the client; in one bundle all sections have the same.
	ufrag string
}

// oneWaySection is one on which the client only sends or only receives.
type oneWaySection struct {
	mid   string
	audio bool
	sends bool
	// usual: it offers all formats of the first section of its kind, so that what
	// is negotiated there can be answered here as well.
	usual bool
}

// sendSection is one section the client sends on, with the source it is for.
type sendSection struct {
	mid    string
	source Source
	audio  bool
	// rids of simulcast layers, best last as browsers name them in order; empty for one layer.
	rids   []string
	codecs [128]encoding
	apt    [128]uint8 // media payload type of an rtx payload type
	// ssrcs declared, true for repair (the second of an FID group).
	ssrcs map[uint32]bool
}

func badSDP(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBadSDP, fmt.Sprintf(format, args...))
}

// parseOffer reads and checks an offer. Its errors wrap ErrBadSDP and say
// what is wrong in a sentence.
func parseOffer(text string, sections []Section) (offer, error) {
	if len(text) > maxOfferBytes {
		return offer{}, badSDP("the offer has %d bytes, more than %d", len(text), maxOfferBytes)
	}
	var description sdp.SessionDescription
	if err := description.UnmarshalString(text); err != nil {
		return offer{}, badSDP("it can't be parsed: %v", err)
	}
	if n := len(description.MediaDescriptions); n > maxSections {
		return offer{}, badSDP("it has %d sections, more than %d", n, maxSections)
	}
	sources, err := sourcesByMID(sections)
	if err != nil {
		return offer{}, err
	}
	var o offer
	_, o.extensions.Mixed = description.Attribute(allowMixed)
	setup, _ := description.Attribute("setup")
	o.passive = setup == "passive"
	o.ufrag, _ = description.Attribute("ice-ufrag")
	media := 0
	mids := map[string]bool{}
	formats := map[string][]string{} // of the first section of a kind
	for i, m := range description.MediaDescriptions {
		kind := m.MediaName.Media
		mid, _ := m.Attribute(sdp.AttrKeyMID)
		if mid == "" || mids[mid] {
			return offer{}, badSDP("section %d has no mid of its own", i)
		}
		mids[mid] = true
		if setup, _ := m.Attribute("setup"); setup == "passive" {
			o.passive = true
		}
		if ufrag, has := m.Attribute("ice-ufrag"); has && o.ufrag == "" {
			o.ufrag = ufrag
		}
		if kind != "audio" && kind != "video" {
			if kind != "application" {
				return offer{}, badSDP("section %q is of kind %q; audio, video and application are known", mid, kind)
			}
			continue
		}
		media++
		s, err := parseSection(m, mid, kind == "audio")
		if err != nil {
			return offer{}, err
		}
		readExtensions(m, &o.extensions)
		if formats[kind] == nil {
			formats[kind] = m.MediaName.Formats
		}
		sends, receives := directions(m)
		if receives {
			o.countSlot(s.audio)
		}
		o.twoWay = o.twoWay || sends && receives
		if receives != sends {
			o.oneWay = append(o.oneWay, oneWaySection{mid, s.audio, sends, containsAll(m.MediaName.Formats, formats[kind])})
		}
		source, named := sources[mid]
		if named && sends && receives {
			if o.both == nil {
				o.both = map[string]bool{}
			}
			o.both[mid] = true
		}
		delete(sources, mid)
		if !named {
			continue
		}
		if !sends {
			return offer{}, badSDP("section %q is named as %s but does not send", mid, source)
		}
		if audio, _ := source.audio(); audio != s.audio {
			return offer{}, badSDP("section %q is of kind %q, which can't carry %s", mid, kind, source)
		}
		s.source = source
		o.sends = append(o.sends, s)
	}
	switch {
	case media == 0:
		return offer{}, badSDP("it has neither audio nor video")
	case o.videoSlots > maxVideoSlots:
		return offer{}, badSDP("it asks for %d video slots; %d are the most", o.videoSlots, maxVideoSlots)
	case o.audioSlots > maxAudioSlots:
		return offer{}, badSDP("it asks for %d audio slots; %d are the most", o.audioSlots, maxAudioSlots)
	}
	for mid, source := range sources {
		return offer{}, badSDP("section %q, named as %s, is not in it", mid, source)
	}
	return o, nil
}

func (o *offer) countSlot(audio bool) {
	if audio {
		o.audioSlots++
	} else {
		o.videoSlots++
	}
}

func containsAll(all, some []string) bool {
	return !slices.ContainsFunc(some, func(one string) bool { return !slices.Contains(all, one) })
}

func sourcesByMID(sections []Section) (map[string]Source, error) {
	byMID := map[string]Source{}
	seen := map[Source]bool{}
	for _, s := range sections {
		if _, known := s.Source.audio(); !known {
			return nil, badSDP("section %q is for %q, which is no source", s.MID, s.Source)
		}
		if _, twice := byMID[s.MID]; twice || seen[s.Source] {
			return nil, badSDP("section %q or source %s is named twice", s.MID, s.Source)
		}
		byMID[s.MID], seen[s.Source] = s.Source, true
	}
	return byMID, nil
}

// directions as the client sees them.
func directions(m *sdp.MediaDescription) (sends, receives bool) {
	for _, a := range m.Attributes {
		switch a.Key {
		case sdp.AttrKeySendOnly:
			return true, false
		case sdp.AttrKeyRecvOnly:
			return false, true
		case sdp.AttrKeyInactive:
			return false, false
		}
	}
	return true, true
}

func parseSection(m *sdp.MediaDescription, mid string, audio bool) (sendSection, error) {
	s := sendSection{mid: mid, audio: audio, ssrcs: map[uint32]bool{}}
	// Port 0 is a section that was given up, but for one that is offered within
	// the bundle only: Firefox with max-bundle writes all but the first so (RFC 8843 section 7.2.1).
	_, bundled := m.Attribute("bundle-only")
	if m.MediaName.Port.Value != 0 || bundled {
		if names := s.readCodecs(m); !s.knowsCodec() {
			return s, badSDP("section %q offers no codec that is known here, only %s", mid, strings.Join(names, ", "))
		}
	}
	for _, a := range m.Attributes {
		switch a.Key {
		case "rid":
			rid, rest, _ := strings.Cut(a.Value, " ")
			if strings.HasPrefix(rest, "send") {
				s.rids = append(s.rids, rid)
			}
		case sdp.AttrKeySSRC:
			id, _, _ := strings.Cut(a.Value, " ")
			s.declare(id, false)
		case sdp.AttrKeySSRCGroup:
			if fields := strings.Fields(a.Value); len(fields) == 3 && fields[0] == "FID" {
				s.declare(fields[2], true)
			}
		}
	}
	if len(s.rids) > maxRIDs {
		return s, badSDP("section %q has %d layers, more than %d", mid, len(s.rids), maxRIDs)
	}
	if len(s.ssrcs) > maxSSRCs {
		return s, badSDP("section %q declares more than %d SSRCs", mid, maxSSRCs)
	}
	return s, nil
}

// allowMixed says that the two-byte form of header extensions is understood.
const allowMixed = "extmap-allow-mixed"

func readExtensions(m *sdp.MediaDescription, ids *rtpext.IDs) {
	for _, a := range m.Attributes {
		switch a.Key {
		case allowMixed:
			ids.Mixed = true
		case sdp.AttrKeyExtMap:
			id, uri, _ := strings.Cut(a.Value, " ")
			id, _, _ = strings.Cut(id, "/")
			uri, _, _ = strings.Cut(uri, " ")
			if n, err := strconv.ParseUint(id, 10, 8); err == nil && n > 0 {
				ids.Set(uri, uint8(n))
			}
		}
	}
}

func (s *sendSection) declare(id string, repair bool) {
	ssrc, err := strconv.ParseUint(id, 10, 32)
	if err != nil || len(s.ssrcs) > maxSSRCs {
		return
	}
	s.ssrcs[uint32(ssrc)] = s.ssrcs[uint32(ssrc)] || repair
}

// readCodecs fills codecs and apt and returns the names it saw.
func (s *sendSection) readCodecs(m *sdp.MediaDescription) (names []string) {
	formats := map[int]webrtc.RTPCodecCapability{}
	for _, a := range m.Attributes {
		id, rest, _ := strings.Cut(a.Value, " ")
		pt, err := strconv.Atoi(id)
		if err != nil || pt < 0 || pt > 127 || !slices.Contains(m.MediaName.Formats, id) {
			continue
		}
		c := formats[pt]
		switch a.Key {
		case "rtpmap":
			name, _, _ := strings.Cut(rest, "/")
			c.MimeType = m.MediaName.Media + "/" + name
			names = append(names, name)
		case "fmtp":
			c.SDPFmtpLine = rest
		default:
			continue
		}
		formats[pt] = c
	}
	for pt, c := range formats {
		s.codecs[pt] = encodingOf(c)
		if s.codecs[pt] == encodingRTX {
			if apt, err := strconv.ParseUint(parameter(c.SDPFmtpLine, "apt"), 10, 7); err == nil {
				s.apt[pt] = uint8(apt)
			}
		}
	}
	return names
}

func (s *sendSection) knowsCodec() bool {
	for _, e := range s.codecs {
		if e != encodingNone && e != encodingRTX && e != encodingRED {
			return true
		}
	}
	return false
}
