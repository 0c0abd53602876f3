package bare

import (
	"fmt"
	"strings"
)

// What a client offers: the mids of its sections, and the payload types and
// the ids of header extensions of all.
const (
	MicrophoneMID, CameraMID, SoundMID, PictureMID = "0", "1", "2", "3"

	Opus, VP8, RTX = 111, 96, 97

	ExtensionMID, ExtensionTransport = 1, 2
)

func (c *Client) offer(name, password, digest string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2 3\r\n")
	for _, section := range []struct {
		mid, direction string
		audio          bool
		ssrc           uint32
	}{
		{MicrophoneMID, "sendonly", true, c.Microphone},
		{CameraMID, "sendonly", false, c.Camera},
		{SoundMID, "recvonly", true, 0},
		{PictureMID, "recvonly", false, 0},
	} {
		if section.audio {
			fmt.Fprintf(&b, "m=audio 9 UDP/TLS/RTP/SAVPF %d\r\na=rtpmap:%d opus/48000/2\r\n", Opus, Opus)
		} else {
			fmt.Fprintf(&b, "m=video 9 UDP/TLS/RTP/SAVPF %d %d\r\na=rtpmap:%d VP8/90000\r\na=rtpmap:%d rtx/90000\r\na=fmtp:%d apt=%d\r\n",
				VP8, RTX, VP8, RTX, RTX, VP8)
		}
		fmt.Fprintf(&b, "c=IN IP4 0.0.0.0\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=fingerprint:sha-256 %s\r\na=setup:actpass\r\n"+
			"a=mid:%s\r\na=%s\r\na=rtcp-mux\r\n", name, password, digest, section.mid, section.direction)
		fmt.Fprintf(&b, "a=extmap:%d urn:ietf:params:rtp-hdrext:sdes:mid\r\n"+
			"a=extmap:%d http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n", ExtensionMID, ExtensionTransport)
		if section.ssrc != 0 {
			fmt.Fprintf(&b, "a=ssrc:%d cname:x\r\n", section.ssrc)
		}
	}
	return b.String()
}
