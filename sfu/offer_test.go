package sfu

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// section of an offer, as browsers write them.
func section(kind, mid, direction string, codecs ...string) string {
	formats := make([]string, len(codecs))
	var lines strings.Builder
	for i, c := range codecs {
		formats[i] = fmt.Sprint(96 + i)
		fmt.Fprintf(&lines, "a=rtpmap:%d %s\r\n", 96+i, c)
	}
	return fmt.Sprintf("m=%s 9 UDP/TLS/RTP/SAVPF %s\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n"+
		"a=fingerprint:sha-256 %s\r\na=setup:actpass\r\na=mid:%s\r\na=%s\r\na=rtcp-mux\r\n%s",
		kind, strings.Join(formats, " "), strings.TrimSuffix(strings.Repeat("AB:", 32), ":"), mid, direction, lines.String())
}

func session(sections ...string) string {
	return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + strings.Join(sections, "")
}

func TestBadOffersAreRefusedWithASentence(t *testing.T) {
	many := make([]string, 65)
	for i := range many {
		many[i] = section("video", fmt.Sprint(i), "recvonly", "VP8/90000")
	}
	sounds := make([]string, 9)
	for i := range sounds {
		sounds[i] = section("audio", fmt.Sprint(i), "recvonly", "opus/48000/2")
	}
	microphone := []Section{{MID: "0", Source: SourceMicrophone}}
	good := session(section("audio", "0", "sendonly", "opus/48000/2"))
	for name, row := range map[string]struct {
		sdp      string
		sections []Section
		says     string
	}{
		"empty":               {"", nil, "neither audio nor video"},
		"no sdp":              {"hello", nil, "can't be parsed"},
		"neither":             {session(), nil, "neither audio nor video"},
		"only data":           {session("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n"), nil, "neither audio nor video"},
		"too many sections":   {session(many...), nil, "65 sections"},
		"too many pictures":   {session(many[:51]...), nil, "51 video slots; 50 are the most"},
		"too many sounds":     {session(sounds...), nil, "9 audio slots; 8 are the most"},
		"unknown codec only":  {session(section("audio", "0", "sendonly", "opus/48000/2"), section("video", "1", "sendonly", "theora/90000")), nil, `section "1" offers no codec`},
		"too long":            {good + strings.Repeat("a=x\r\n", 60000), nil, "bytes"},
		"mid twice":           {session(section("audio", "0", "sendonly", "opus/48000/2"), section("audio", "0", "sendonly", "opus/48000/2")), nil, "no mid of its own"},
		"no mid":              {session("m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\n"), nil, "no mid"},
		"unknown kind":        {session("m=image 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n"), nil, "image"},
		"source not there":    {good, []Section{{MID: "7", Source: SourceCamera}}, `"7"`},
		"source of no kind":   {good, []Section{{MID: "0", Source: "smell"}}, "no source"},
		"source named twice":  {good, append(microphone, Section{MID: "1", Source: SourceMicrophone}), "twice"},
		"camera in audio":     {good, []Section{{MID: "0", Source: SourceCamera}}, "can't carry"},
		"section can't send":  {session(section("audio", "0", "recvonly", "opus/48000/2")), microphone, "does not send"},
		"too many layers":     {session(section("video", "0", "sendonly", "VP8/90000") + strings.Repeat("a=rid:x send\r\n", 9)), nil, "9 layers"},
		"RTX is not a codec":  {session(section("video", "0", "sendonly", "rtx/90000")), nil, "no codec"},
		"H264 of other modes": {session(section("video", "0", "sendonly", "H264/90000")), nil, "no codec"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseOffer(row.sdp, row.sections)
			if !errors.Is(err, ErrBadSDP) || !strings.Contains(err.Error(), row.says) {
				t.Errorf("got %v, want a sentence with %q", err, row.says)
			}
		})
	}
	if _, err := parseOffer(good, microphone); err != nil {
		t.Errorf("a good offer: %v", err)
	}
}

func TestOfferTellsLayersCodecsAndExtensions(t *testing.T) {
	video := section("video", "1", "sendonly", "VP8/90000", "rtx/90000", "H264/90000") +
		"a=fmtp:97 apt=96\r\na=fmtp:98 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n" +
		"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:11/recvonly urn:3gpp:video-orientation\r\na=extmap-allow-mixed\r\n" +
		"a=rid:q send\r\na=rid:h send\r\na=simulcast:send q;h\r\na=ssrc:7 cname:x\r\na=ssrc-group:FID 7 8\r\na=ssrc:8 cname:x\r\n"
	o, err := parseOffer(session(section("audio", "0", "recvonly", "opus/48000/2"), video), []Section{{MID: "1", Source: SourceCamera}})
	if err != nil {
		t.Fatal(err)
	}
	s := o.sends[0]
	if o.audioSlots != 1 || o.videoSlots != 0 || len(o.sends) != 1 || s.source != SourceCamera || fmt.Sprint(s.rids) != "[q h]" {
		t.Errorf("sections: %+v", o)
	}
	if s.codecs[96] != encodingVP8 || s.codecs[97] != encodingRTX || s.apt[97] != 96 || s.codecs[98] != encodingH264 {
		t.Errorf("codecs: %v, apt %d", s.codecs[96:99], s.apt[97])
	}
	if s.ssrcs[7] || !s.ssrcs[8] {
		t.Errorf("ssrcs: %v", s.ssrcs)
	}
	if o.extensions.ID(0) != 4 || !o.extensions.Mixed {
		t.Errorf("extensions: %+v", o.extensions)
	}
}

func TestStartBitrateStandsInSectionsTheClientSendsOn(t *testing.T) {
	sends := section("video", "0", "recvonly", "VP8/90000", "rtx/90000", "VP9/90000") + "a=fmtp:97 apt=96\r\na=fmtp:98 profile-id=0\r\n"
	receives := section("video", "1", "sendonly", "VP8/90000")
	got := finishAnswer(session(sends, receives), offer{}, 1500)
	for _, want := range []string{
		"a=fmtp:96 x-google-start-bitrate=1500\r\n", "a=fmtp:97 apt=96\r\n", "a=fmtp:98 profile-id=0;x-google-start-bitrate=1500\r\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Count(got, "x-google") != 2 || !strings.HasSuffix(got, receives) {
		t.Errorf("other lines were touched:\n%s", got)
	}
}

func FuzzOffer(f *testing.F) {
	f.Add(session(section("audio", "0", "sendonly", "opus/48000/2"), section("video", "1", "sendonly", "VP8/90000")))
	f.Add(session(section("video", "0", "sendrecv", "VP8/90000") + "a=rid:q send\r\na=ssrc-group:FID 1 2\r\na=extmap:300 x\r\na=fmtp:96 apt=999;;=\r\n"))
	f.Fuzz(func(t *testing.T, text string) {
		o, err := parseOffer(text, []Section{{MID: "0", Source: SourceMicrophone}, {MID: "1", Source: SourceCamera}})
		if err != nil && !errors.Is(err, ErrBadSDP) {
			t.Errorf("error of another kind: %v", err)
		}
		if err == nil && len(o.sends) != 2 {
			t.Errorf("accepted with %d of 2 sources", len(o.sends))
		}
		_ = finishAnswer(text, o, 1500)
	})
}

func TestSectionOfferedWithinTheBundleOnlyHasItsCodecs(t *testing.T) {
	camera := strings.Replace(section("video", "1", "sendonly", "VP8/90000"), "m=video 9", "m=video 0", 1)
	given := session(section("audio", "0", "sendonly", "opus/48000/2"), camera)
	for name, row := range map[string]struct {
		sdp  string
		want encoding
	}{
		"bundle-only": {given + "a=bundle-only\r\n", encodingVP8},
		"given up":    {given, encodingNone},
	} {
		o, err := parseOffer(row.sdp, []Section{{MID: "1", Source: SourceCamera}})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := o.sends[0].codecs[96]; got != row.want {
			t.Errorf("%s: payload type 96 is %v, want %v", name, got, row.want)
		}
	}
}

func TestCandidatesStandUDPFirstWithinEachSection(t *testing.T) {
	const (
		head = "v=0\r\nm=audio 9 x\r\na=mid:0"
		udp4 = "\r\na=candidate:1 1 udp 9 192.0.2.1 7 typ host"
		udp6 = "\r\na=candidate:2 1 udp 9 2001:db8::1 7 typ host"
		tcp  = "\r\na=candidate:3 1 tcp 9 192.0.2.1 7 typ host tcptype passive"
		end  = "\r\na=end-of-candidates\r\n"
		next = "m=video 9 x"
	)
	got := udpFirst(head + tcp + udp4 + tcp + udp6 + end + next + udp6 + tcp + udp4 + end)
	want := head + udp4 + udp6 + tcp + tcp + end + next + udp6 + udp4 + tcp + end
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
