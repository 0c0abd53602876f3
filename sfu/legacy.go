package sfu

import (
	"context"
	"fmt"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// What is here serves pages that take the server for the one other browser of
// a call between two: they know one section a kind, both ways, and wait for an
// offer when they are called. It is the one exception to "only the client
// offers", for the dialects alone: never mixed with Answer on one generation,
// and there is no second offer on a connection, so glare cannot happen.

// AnswerTo is Answer for an offer of which nothing else is said: its first
// section of each kind that sends is the microphone and the camera, and each
// that receives is a slot.
func (s *SFU) AnswerTo(ctx context.Context, seat Seat, offer string) (answer string, err error) {
	sections, err := firstSources(offer)
	if err != nil {
		return "", err
	}
	return s.Answer(ctx, seat, offer, sections)
}

// maxPageSections of a page for two: sound, picture, a data channel, and one to spare.
const maxPageSections = 4

// firstSources names the first section of each kind on which the client sends.
func firstSources(text string) (out []Section, err error) {
	if len(text) > maxOfferBytes {
		return nil, badSDP("it has %d bytes, more than %d", len(text), maxOfferBytes)
	}
	var description sdp.SessionDescription
	if err := description.UnmarshalString(text); err != nil {
		return nil, badSDP("it can't be parsed: %v", err)
	}
	if n := len(description.MediaDescriptions); n > maxPageSections {
		return nil, badSDP("it has %d sections; a page for two has one a kind, at most %d", n, maxPageSections)
	}
	free := map[string]Source{"audio": SourceMicrophone, "video": SourceCamera}
	for _, m := range description.MediaDescriptions {
		source, wanted := free[m.MediaName.Media]
		if sends, _ := directions(m); !wanted || !sends {
			continue
		}
		delete(free, m.MediaName.Media)
		mid, _ := m.Attribute(sdp.AttrKeyMID)
		out = append(out, Section{MID: mid, Source: source})
	}
	return out, nil
}

// OfferTo makes the first offer to a seat whose client cannot offer: one
// section of audio and one of video, both ways, Opus and VP8 only, of one
// stream, with all candidates, and an empty data channel if the client tells
// the end of a call by the closing of one. The seat's generation must be higher than any
// before; Accept brings the answer. Errors: ErrStale, ErrClosed, ErrNotFound
// when the seat has been removed meanwhile.
func (s *SFU) OfferTo(ctx context.Context, seat Seat, channel bool) (sdp string, err error) {
	p, unlock, err := s.negotiate(ctx, seat)
	if err != nil {
		return "", err
	}
	defer unlock()
	s.mu.Lock()
	old := p.connection
	s.mu.Unlock()
	if old != nil && old.seat.Generation == seat.Generation {
		return "", ErrStale
	}
	c, err := s.newConnection(p, seat, false, encodingOpus, encodingVP8)
	if err != nil {
		return "", err
	}
	if sdp, err = c.offer(ctx, channel); err != nil {
		s.background(c.close)
		return "", err
	}
	if !s.adopt(p, c) {
		s.background(c.close)
		return "", ErrNotFound
	}
	return sdp, nil
}

// Accept takes the client's answer to OfferTo: what it sends becomes the
// seat's microphone and camera. Errors: ErrBadSDP, also for an answer that
// nobody waits for; ErrStale; ErrClosed.
func (s *SFU) Accept(ctx context.Context, seat Seat, sdp string) error {
	sections, err := firstSources(sdp)
	if err != nil {
		return err
	}
	parsed, err := parseOffer(sdp, sections)
	if err != nil {
		return err
	}
	p, unlock, err := s.negotiate(ctx, seat)
	if err != nil {
		return err
	}
	defer unlock()
	s.mu.Lock()
	c := p.connection
	s.mu.Unlock()
	if c == nil || c.seat.Generation != seat.Generation || c.offered == nil {
		return badSDP("no answer is waited for")
	}
	s.mu.Lock()
	uses := make([]*uplinkSection, len(parsed.sends))
	for i, send := range parsed.sends {
		uses[i] = &uplinkSection{sendSection: send, publication: p.source(s, send.source).publication}
	}
	p.setGates()
	s.mu.Unlock()
	return c.accept(sdp, parsed, uses)
}

// offer one section a kind.
func (c *connection) offer(ctx context.Context, channel bool) (string, error) {
	var slots []*slot
	for _, audio := range []bool{true, false} {
		s := c.downlink.newSlot(audio)
		if _, err := c.pc.AddTransceiverFromTrack(s, webrtc.RTPTransceiverInit{
			Direction: webrtc.RTPTransceiverDirectionSendrecv,
		}); err != nil {
			return "", fmt.Errorf("slot of an offer: %w", err)
		}
		slots = append(slots, s)
	}
	if channel {
		if _, err := c.pc.CreateDataChannel("", nil); err != nil {
			return "", fmt.Errorf("data channel of an offer: %w", err)
		}
	}
	offer, err := c.pc.CreateOffer(nil)
	if err != nil {
		return "", fmt.Errorf("offer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(offer); err != nil {
		return "", fmt.Errorf("offer: %w", err)
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	for i, t := range c.pc.GetTransceivers() {
		slots[i].mid = t.Mid()
	}
	c.offered = slots
	return c.pc.LocalDescription().SDP, nil
}

// accept the answer to offer.
func (c *connection) accept(text string, o offer, sections []*uplinkSection) error {
	c.uplink.use(sections, o.extensions)
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: text}); err != nil {
		return badSDP("the answer can't be used: %v", err)
	}
	var slots []*slot
	for _, s := range c.offered {
		if s.writer == nil { // the client refused the section, or has none of the codecs
			return badSDP("section %q could not be set up", s.mid)
		}
		s.extensions.Mixed = o.extensions.Mixed
		slots = append(slots, s)
	}
	c.offered = nil
	c.downlink.grow(slots)
	return nil
}
