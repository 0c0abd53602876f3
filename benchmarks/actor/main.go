// Command actor publishes a recorded picture into a room by WHIP, without an
// encoder: what it costs is the same whatever the picture, so that many of
// them fit beside browsers whose decoders are watched.
//
//	actor -url https://HOST/whip/ROOM -video FILE.ivf
//
// The file must begin with a key frame and hold no other. It is played in a
// loop, and from its beginning whenever a key frame is asked for, as an encoder
// would: not twice within 300 ms. It says "connected" on its output and ends,
// and leaves the room, when its input ends.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"github.com/pion/webrtc/v4/pkg/media/ivfreader"
)

// keySpacing within which an encoder makes no second key frame.
const keySpacing = 300 * time.Millisecond

func main() {
	address := flag.String("url", "", "https://HOST/whip/ROOM")
	file := flag.String("video", "", "an IVF file")
	fps := flag.Int("fps", 30, "pictures a second")
	flag.Parse()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	if err := run(ctx, *address, *file, time.Second/time.Duration(max(*fps, 1))); err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, address, file string, step time.Duration) error {
	mime, frames, err := read(file)
	if err != nil {
		return err
	}
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return err
	}
	defer func() { _ = pc.Close() }()
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: mime}, "video", "actor")
	if err != nil {
		return err
	}
	transceiver, err := pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		return err
	}
	connected := make(chan struct{})
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			close(connected)
		}
	})
	resource, err := publish(ctx, pc, address)
	if err != nil {
		return err
	}
	defer func() { // the room is left at once
		_ = ask(context.Background(), http.MethodDelete, resource, "", nil)
	}()
	select {
	case <-connected:
	case <-ctx.Done():
		return nil
	}
	fmt.Println("connected")
	asked := make(chan struct{}, 1)
	go listen(transceiver.Sender(), asked)
	return play(ctx, track, frames, step, asked)
}

// read a file's pictures.
func read(file string) (mime string, frames [][]byte, err error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", nil, err
	}
	r, header, err := ivfreader.NewWith(bytes.NewReader(b))
	if err != nil {
		return "", nil, err
	}
	mime = map[string]string{"VP80": webrtc.MimeTypeVP8, "VP90": webrtc.MimeTypeVP9, "AV01": webrtc.MimeTypeAV1, "H264": webrtc.MimeTypeH264}[header.FourCC]
	for {
		frame, _, err := r.ParseNextFrame()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", nil, err
		}
		frames = append(frames, frame)
	}
	if mime == "" || len(frames) == 0 {
		return "", nil, fmt.Errorf("%s has no pictures that can be sent", file)
	}
	return mime, frames, nil
}

// publish by WHIP; it returns the address of the resource.
func publish(ctx context.Context, pc *webrtc.PeerConnection, address string) (resource string, err error) {
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err = pc.SetLocalDescription(offer); err != nil {
		return "", err
	}
	<-gathered
	var answer struct{ sdp, location string }
	err = ask(ctx, http.MethodPost, address, pc.LocalDescription().SDP, func(r *http.Response, body string) {
		answer.sdp, answer.location = body, r.Header.Get("Location")
	})
	if err != nil {
		return "", err
	}
	at, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	to, err := at.Parse(answer.location)
	if err != nil {
		return "", err
	}
	return to.String(), pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.sdp})
}

func ask(ctx context.Context, method, address, body string, answered func(*http.Response, string)) error {
	// The server's certificate is its own, made for the test.
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec,mnd // as above; longer than any answer takes
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/sdp")
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s: %s %s: %w", method, answer.Status, text, err)
	}
	if answered != nil {
		answered(answer, string(text))
	}
	return nil
}

// listen for wishes for a key frame.
func listen(sender *webrtc.RTPSender, asked chan<- struct{}) {
	for {
		packets, _, err := sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			switch p.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				select {
				case asked <- struct{}{}:
				default:
				}
			}
		}
	}
}

func play(ctx context.Context, track *webrtc.TrackLocalStaticSample, frames [][]byte, step time.Duration, asked <-chan struct{}) error {
	tick := time.NewTicker(step)
	defer tick.Stop()
	var keyAt time.Time
	for at := 0; ; at++ {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			select {
			case <-asked:
				if now.Sub(keyAt) >= keySpacing {
					at = 0
				}
			default:
			}
			if at %= len(frames); at == 0 {
				keyAt = now
			}
		}
		if err := track.WriteSample(media.Sample{Data: frames[at], Duration: step}); err != nil {
			return err
		}
	}
}
