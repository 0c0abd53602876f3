package whip

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"callrelay/sfu"
	"callrelay/signal"
	"callrelay/signal/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience with the machine; not a measure.
const patience = 30 * time.Second

var secret = []byte(strings.Repeat("s", 32))

// rig is a whole server but for its page, on loopback.
type rig struct {
	t      *testing.T
	signal *signal.Server
	web    *httptest.Server
	width  uint16 // of an encoder's pictures
}

func newRig(t *testing.T, keys map[string][]byte) *rig {
	t.Helper()
	var media *sfu.SFU
	server, err := signal.New(signal.Config{
		Keys: keys, StateKey: secret,
		Media: func(o sfu.Observer) (m signal.Media, err error) {
			media, err = sfu.New(sfu.Config{Listen: "127.0.0.1:0", Observer: o})
			return media, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	h := New(server)
	r := &rig{t: t, signal: server, web: httptest.NewServer(h), width: 64}
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		r.web.Close()
		h.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := media.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *rig) ask(method, path, body string, header ...string) (*http.Response, string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.web.URL+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp, string(text)
}

func (r *rig) want(status int, method, path, body string, header ...string) (*http.Response, string) {
	r.t.Helper()
	resp, text := r.ask(method, path, body, header...)
	if resp.StatusCode != status {
		r.t.Fatalf("%s %s: %s %s, want %d", method, path, resp.Status, text, status)
	}
	return resp, text
}

// peer of Pion with a section of each kind.
func (r *rig) peer(direction webrtc.RTPTransceiverDirection) (*webrtc.PeerConnection, string) {
	r.t.Helper()
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = pc.Close() })
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		if _, err = pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: direction}); err != nil {
			r.t.Fatal(err)
		}
	}
	return pc, r.offer(pc, nil)
}

// offer with all candidates in it.
func (r *rig) offer(pc *webrtc.PeerConnection, o *webrtc.OfferOptions) string {
	r.t.Helper()
	offer, err := pc.CreateOffer(o)
	if err != nil {
		r.t.Fatal(err)
	}
	done := webrtc.GatheringCompletePromise(pc)
	if err = pc.SetLocalDescription(offer); err != nil {
		r.t.Fatal(err)
	}
	<-done
	return pc.LocalDescription().SDP
}

func (r *rig) answer(pc *webrtc.PeerConnection, sdp string) {
	r.t.Helper()
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp}); err != nil {
		r.t.Fatal(err)
	}
}

// encoder is a member that sends a picture and a sound again and again.
func (r *rig) encoder(path string, header ...string) (*webrtc.PeerConnection, *http.Response, string) {
	r.t.Helper()
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = pc.Close() })
	stop := make(chan struct{})
	r.t.Cleanup(func() { close(stop) })
	for mime, payload := range map[string][]byte{webrtc.MimeTypeVP8: keyFrame(r.width), webrtc.MimeTypeOpus: {0xf8, 1, 2}} {
		track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: mime}, "t"+mime[:5], "s")
		if err != nil {
			r.t.Fatal(err)
		}
		if _, err = pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
			r.t.Fatal(err)
		}
		go func() {
			every := time.NewTicker(20 * time.Millisecond)
			defer every.Stop()
			for n := uint16(1); ; n++ {
				select {
				case <-stop:
					return
				case <-every.C:
					_ = track.WriteRTP(&rtp.Packet{
						Header: rtp.Header{Version: 2, Marker: true, SequenceNumber: n, Timestamp: uint32(n) * 1800}, Payload: payload,
					})
				}
			}
		}()
	}
	offer := r.offer(pc, nil)
	resp, answer := r.want(http.StatusCreated, "POST", path, offer, append(header, "Content-Type", sdpType)...)
	r.answer(pc, answer)
	return pc, resp, answer
}

// keyFrame of VP8, 64 high, as one packet.
func keyFrame(width uint16) []byte {
	b := make([]byte, 40)
	b[0] = 0x10 // starts a partition
	b[1] = 0x10 // a key frame that is shown
	copy(b[4:], []byte{0x9d, 0x01, 0x2a})
	binary.LittleEndian.PutUint16(b[7:], width)
	binary.LittleEndian.PutUint16(b[9:], 64)
	return b
}

// heard waits for a packet of each kind.
func (r *rig) heard(kinds <-chan webrtc.RTPCodecType) {
	r.t.Helper()
	timeout := time.After(patience)
	for seen := map[webrtc.RTPCodecType]bool{}; len(seen) < 2; {
		select {
		case k := <-kinds:
			seen[k] = true
		case <-timeout:
			r.t.Fatalf("only %v came", seen)
		}
	}
}

func listen(pc *webrtc.PeerConnection) <-chan webrtc.RTPCodecType {
	kinds := make(chan webrtc.RTPCodecType, 16)
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		if _, _, err := track.ReadRTP(); err == nil {
			kinds <- track.Kind()
		}
	})
	return kinds
}

func TestPlayerSeesAndHearsAnEncoder(t *testing.T) {
	r := newRig(t, nil)
	_, made, _ := r.encoder("/whip/stage")
	if !strings.HasPrefix(made.Header.Get("Location"), "/whip/stage/") || made.Header.Get("ETag") == "" {
		t.Errorf("headers %v", made.Header)
	}
	player, offer := r.peer(webrtc.RTPTransceiverDirectionRecvonly)
	kinds := listen(player)
	_, answer := r.want(http.StatusCreated, "POST", "/whep/stage", offer, "Content-Type", sdpType)
	r.answer(player, answer)
	r.heard(kinds)
	r.want(http.StatusOK, "DELETE", made.Header.Get("Location"), "")
	r.want(http.StatusNotFound, "DELETE", made.Header.Get("Location"), "")
	if n := r.signal.Stats().Members; n != 1 {
		t.Errorf("%d members", n)
	}
}

func TestPlayerWatchesTheParticipantItAsksFor(t *testing.T) {
	r := newRig(t, nil)
	widths := map[uint16]protocol.ParticipantID{}
	for _, r.width = range []uint16{160, 320} {
		r.encoder("/whip/stage")
		door, err := r.signal.EnterLine(signal.TokenGrants{
			User: "guest", Rooms: []string{"*"}, Subscribe: true,
		}, func(protocol.ServerMessage) {})
		if err != nil {
			t.Fatal(err)
		}
		reply, err := door.Ask(t.Context(), protocol.JoinRoom{Name: "stage"})
		joined, ok := reply.(protocol.Joined)
		if err != nil || !ok {
			t.Fatalf("%T %v", reply, err)
		}
		for _, m := range joined.Room.Members {
			if m.Participant != joined.Room.Self && m.Participant != widths[160] {
				widths[r.width] = m.Participant
			}
		}
		door.Close()
	}
	for width, participant := range widths {
		player, offer := r.peer(webrtc.RTPTransceiverDirectionRecvonly)
		seen := make(chan uint16, 1)
		player.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
			for track.Kind() == webrtc.RTPCodecTypeVideo {
				packet, _, err := track.ReadRTP()
				if err != nil {
					return
				}
				if at := bytes.Index(packet.Payload, []byte{0x9d, 0x01, 0x2a}); at >= 0 {
					seen <- binary.LittleEndian.Uint16(packet.Payload[at+3:])
					return
				}
			}
		})
		_, answer := r.want(http.StatusCreated, "POST", "/whep/stage?participant="+string(participant), offer, "Content-Type", sdpType)
		r.answer(player, answer)
		select {
		case got := <-seen:
			if got != width {
				t.Errorf("asked for the picture of %d, and got that of %d", width, got)
			}
		case <-time.After(patience):
			t.Fatalf("no picture of %s", participant)
		}
	}
}

func TestICEIsRestartedOnlyByWhoKnowsTheSession(t *testing.T) {
	r := newRig(t, nil)
	pc, made, answer := r.encoder("/whip/stage")
	at, tag := made.Header.Get("Location"), made.Header.Get("ETag")
	trickle := "a=ice-ufrag:" + iceOf(pc.LocalDescription().SDP).ufrag + "\r\na=ice-pwd:" + iceOf(pc.LocalDescription().SDP).pwd +
		"\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n"
	r.want(http.StatusNoContent, "PATCH", at, trickle, "Content-Type", fragType, "If-Match", tag)
	r.want(http.StatusPreconditionFailed, "PATCH", at, trickle, "Content-Type", fragType, "If-Match", `"stale"`)
	r.want(http.StatusPreconditionRequired, "PATCH", at, trickle, "Content-Type", fragType)
	r.want(http.StatusUnsupportedMediaType, "PATCH", at, trickle, "Content-Type", sdpType, "If-Match", tag)
	r.want(http.StatusBadRequest, "PATCH", at, "a=x", "Content-Type", fragType, "If-Match", tag)

	restarted := iceOf(r.offer(pc, &webrtc.OfferOptions{ICERestart: true}))
	resp, frag := r.want(http.StatusOK, "PATCH", at, restarted.String(), "Content-Type", fragType, "If-Match", "*")
	theirs := iceOf(frag)
	if resp.Header.Get("ETag") == tag || theirs.ufrag == iceOf(answer).ufrag || len(theirs.candidates) == 0 {
		t.Errorf("restarted as %s with %+v", resp.Header.Get("ETag"), theirs)
	}
	r.answer(pc, withICE(answer, theirs))
	r.want(http.StatusPreconditionFailed, "PATCH", at, trickle, "Content-Type", fragType, "If-Match", tag)
	player, offer := r.peer(webrtc.RTPTransceiverDirectionRecvonly)
	kinds := listen(player)
	_, answer = r.want(http.StatusCreated, "POST", "/whep/stage", offer, "Content-Type", sdpType)
	r.answer(player, answer)
	r.heard(kinds)
}

func TestResourceEndsWithItsConnection(t *testing.T) {
	r := newRig(t, nil)
	pc, made, _ := r.encoder("/whip/stage")
	connected := make(chan struct{})
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			close(connected)
		}
	})
	if pc.ConnectionState() != webrtc.PeerConnectionStateConnected {
		<-connected
	}
	if err := pc.Close(); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		resp, _ := r.ask("DELETE", made.Header.Get("Location")+"x", "")
		if r.signal.Stats().Rooms == 0 && resp.StatusCode == http.StatusNotFound {
			return
		}
		if time.Now().After(until) {
			t.Fatal("the room still has its member")
		}
	}
}

func TestRequestThatIsNoGoodIsRefusedAsTheRFCSays(t *testing.T) {
	open, keyed := newRig(t, nil), newRig(t, map[string][]byte{"app": secret})
	_, sends := open.peer(webrtc.RTPTransceiverDirectionSendonly)
	_, receives := open.peer(webrtc.RTPTransceiverDirectionRecvonly)
	token := func(g signal.TokenGrants) []string {
		g.User = "cam"
		signed, err := signal.MintToken("app", secret, "callrelay", g, time.Now(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return []string{"Content-Type", sdpType, "Authorization", "Bearer " + signed}
	}
	plain := []string{"Content-Type", sdpType}
	for _, tt := range []struct {
		why    string
		r      *rig
		status int
		method string
		path   string
		body   string
		header []string
	}{
		{"no bearer", keyed, 401, "POST", "/whip/stage", sends, plain},
		{"another room's token", keyed, 403, "POST", "/whip/stage", sends, token(signal.TokenGrants{Publish: true, Rooms: []string{"x"}})},
		{"no right to send", keyed, 403, "POST", "/whip/stage", sends, token(signal.TokenGrants{Subscribe: true, Rooms: []string{"*"}})},
		{"no right to receive", keyed, 403, "POST", "/whep/stage", receives, token(signal.TokenGrants{Publish: true, Rooms: []string{"*"}})},
		{"not SDP by type", open, 415, "POST", "/whip/stage", sends, []string{"Content-Type", "text/plain"}},
		{"not SDP", open, 400, "POST", "/whip/stage", "hello", plain},
		{"too long", open, 413, "POST", "/whip/stage", strings.Repeat("v", 300<<10), plain},
		{"no room's name", open, 400, "POST", "/whip/A-Stage", sends, plain},
		{"sends to a player's address", open, 422, "POST", "/whep/stage", sends, plain},
		{"receives at an encoder's address", open, 422, "POST", "/whip/stage", receives, plain},
		{"unknown codec", open, 422, "POST", "/whip/stage", unknownCodec(sends), plain},
		{"nobody to watch", open, 404, "POST", "/whep/stage?participant=aaaaaaaaaaaaaaaaaaaaaaaaaa", receives, plain},
		{"GET", open, 405, "GET", "/whip/stage", "", nil},
		{"PATCH of the endpoint", open, 405, "PATCH", "/whip/stage", "", nil},
		{"no resource", open, 404, "PATCH", "/whip/stage/none", "", nil},
	} {
		resp, text := tt.r.ask(tt.method, tt.path, tt.body, tt.header...)
		if resp.StatusCode != tt.status || text == "" {
			t.Errorf("%s: %s %q, want %d", tt.why, resp.Status, text, tt.status)
		}
		if tt.status == http.StatusUnauthorized && !strings.HasPrefix(resp.Header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: no challenge", tt.why)
		}
	}
	if s := open.signal.Stats(); s.Sessions != 0 || s.Rooms != 0 {
		t.Errorf("refused requests left %d sessions, %d rooms", s.Sessions, s.Rooms)
	}
	resp, _ := open.want(http.StatusNoContent, "OPTIONS", "/whip/stage", "")
	if resp.Header.Get("Accept-Post") != sdpType {
		t.Errorf("headers %v", resp.Header)
	}
}

// unknownCodec renames every codec of an offer.
func unknownCodec(offer string) string {
	var lines []string
	for line := range strings.Lines(offer) {
		if head, rest, ok := strings.Cut(line, " "); ok && strings.HasPrefix(line, "a=rtpmap:") {
			_, rate, _ := strings.Cut(rest, "/")
			line = head + " hat/" + rate
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "")
}

func FuzzFragmentIsReadOrRefused(f *testing.F) {
	f.Add("a=ice-ufrag:abcd\r\na=ice-pwd:efghijklmnopqrstuvwxyz\r\nm=audio 9 x 0\r\na=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n")
	f.Add("a=mid:\na=candidate")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseFrag(text)
		if err != nil {
			return
		}
		again, err := parseFrag(got.String())
		if err != nil && got.ufrag != "" || len(again.candidates) != len(got.candidates) {
			t.Errorf("%q becomes %q: %v", text, got.String(), err)
		}
	})
}
