package dialecttest

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
)

// Connection is a browser's PeerConnection with a microphone and a camera, as
// tutorial pages make it.
type Connection struct {
	t      testing.TB
	PC     *webrtc.PeerConnection
	tracks []*webrtc.TrackLocalStaticSample
	media  chan string // kinds of tracks whose packets arrive
	stop   chan struct{}
	ended  sync.Once
	wg     sync.WaitGroup
}

// Connect makes a connection that sends from now on and ends with the test.
func Connect(t testing.TB) *Connection {
	t.Helper()
	c := &Connection{t: t, media: make(chan string, 8), stop: make(chan struct{})}
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	var err error
	c.PC, err = webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	c.must(err)
	for _, mime := range []string{webrtc.MimeTypeOpus, webrtc.MimeTypeVP8} {
		track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: mime}, mime[:5], "stream")
		c.must(err)
		_, err = c.PC.AddTrack(track)
		c.must(err)
		c.tracks = append(c.tracks, track)
	}
	c.PC.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		if _, _, err := t.ReadRTP(); err == nil {
			c.media <- t.Kind().String()
		}
	})
	c.wg.Go(c.send)
	t.Cleanup(c.Close)
	return c
}

// Close ends the connection, and tells the other end.
func (c *Connection) Close() {
	c.ended.Do(func() {
		close(c.stop)
		c.wg.Wait()
		_ = c.PC.GracefulClose()
	})
}

// keyFrame is the head of a VP8 key frame of 320 x 240.
var keyFrame = []byte{0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00, 1, 2, 3, 4}

func (c *Connection) send() {
	const pace = 20 * time.Millisecond
	every := time.NewTicker(pace)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			_ = c.tracks[0].WriteSample(media.Sample{Data: []byte{0xfc, 1, 2, 3}, Duration: pace})
			_ = c.tracks[1].WriteSample(media.Sample{Data: keyFrame, Duration: pace})
		case <-c.stop:
			return
		}
	}
}

// Offer of the page, with its candidates.
func (c *Connection) Offer() string {
	c.t.Helper()
	offer, err := c.PC.CreateOffer(nil)
	c.must(err)
	return c.local(offer)
}

// Answer to the server's offer.
func (c *Connection) Answer(offer string) string {
	c.t.Helper()
	c.must(c.PC.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}))
	answer, err := c.PC.CreateAnswer(nil)
	c.must(err)
	return c.local(answer)
}

// TakeAnswer of the server.
func (c *Connection) TakeAnswer(answer string) {
	c.t.Helper()
	c.must(c.PC.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}))
}

func (c *Connection) local(d webrtc.SessionDescription) string {
	c.t.Helper()
	gathered := webrtc.GatheringCompletePromise(c.PC)
	c.must(c.PC.SetLocalDescription(d))
	<-gathered
	return c.PC.LocalDescription().SDP
}

// Sees waits for the other's sound and picture.
func (c *Connection) Sees() {
	c.t.Helper()
	c.SeesOnly("audio", "video")
}

// SeesOnly waits for these kinds of the other's media.
func (c *Connection) SeesOnly(kinds ...string) {
	c.t.Helper()
	limit := time.After(Patience)
	for seen := map[string]bool{}; len(seen) < len(kinds); {
		select {
		case kind := <-c.media:
			if !slices.Contains(kinds, kind) {
				c.t.Fatalf("%s arrived", kind)
			}
			seen[kind] = true
		case <-limit:
			c.t.Fatalf("only %v arrived", seen)
		}
	}
}

// ForTwo fails the test unless an SDP of the server is for a page of two:
// sections both ways, of one stream, with candidates that are all the
// server's own, and nothing of strangers' addresses.
func ForTwo(t testing.TB, sdp string, sections int, strangers ...string) {
	t.Helper()
	if strings.Count(sdp, "\r\nm=") != sections || !strings.Contains(sdp, "a=candidate") {
		t.Errorf("described by %q", sdp)
	}
	for _, stranger := range strangers {
		for line := range strings.SplitSeq(stranger, "\r\n") {
			for _, secret := range []string{"a=candidate:", "a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:"} {
				if strings.HasPrefix(line, secret) && strings.Contains(sdp, line) {
					t.Errorf("the other's %q was passed on", line)
				}
			}
		}
	}
}

func (c *Connection) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}
