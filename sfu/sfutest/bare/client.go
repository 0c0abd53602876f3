package bare

import (
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/fingerprint"
	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
	"github.com/pion/ice/v4"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"callrelay/sfu"
)

// Client is one participant with a microphone, a camera, and a slot of each
// kind. Its methods may be called from any goroutine.
type Client struct {
	ID                 sfu.ParticipantID
	Microphone, Camera uint32 // SSRCs
	// Server is where the client sends to.
	Server *net.UDPAddr
	// NAT in front of the client; nil without one.
	NAT *NAT

	t     testing.TB
	sfu   *sfu.SFU
	agent *ice.Agent
	conn  *ice.Conn
	dtls  *dtls.Conn
	shake *handshakes

	mu       sync.Mutex
	sealing  *srtp.Context
	opening  *srtp.Context
	received []rtp.Packet
}

// limit of everything that is waited for.
const limit = 30 * time.Second

// Connect makes a client, connects it by a profile of SRTP, and publishes its
// microphone and camera. SSRCs are made of number: 1000 times it, and one more.
func Connect(t testing.TB, s *sfu.SFU, id sfu.ParticipantID, number uint32, profile dtls.SRTPProtectionProfile) *Client {
	t.Helper()
	return connect(t, s, id, number, profile, false)
}

// ConnectBehindNAT is Connect with a NAT in front of the client.
func ConnectBehindNAT(t testing.TB, s *sfu.SFU, id sfu.ParticipantID, number uint32, profile dtls.SRTPProtectionProfile) *Client {
	t.Helper()
	return connect(t, s, id, number, profile, true)
}

func connect(t testing.TB, s *sfu.SFU, id sfu.ParticipantID, number uint32, profile dtls.SRTPProtectionProfile, behind bool) *Client {
	t.Helper()
	c := &Client{ID: id, t: t, sfu: s, Microphone: 1000 * number, Camera: 1000*number + 1}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	certificate, err := selfsign.GenerateSelfSigned()
	c.must(err)
	parsed, err := x509.ParseCertificate(certificate.Certificate[0])
	c.must(err)
	digest, err := fingerprint.Fingerprint(parsed, crypto.SHA256)
	c.must(err)
	c.agent, err = ice.NewAgentWithOptions(
		ice.WithNetworkTypes([]ice.NetworkType{ice.NetworkTypeUDP4, ice.NetworkTypeUDP6}),
		ice.WithIncludeLoopback(), ice.WithMulticastDNSMode(ice.MulticastDNSModeDisabled))
	c.must(err)
	c.must(c.agent.OnCandidate(func(ice.Candidate) {}))
	c.must(c.agent.GatherCandidates())
	name, password, err := c.agent.GetLocalUserCredentials()
	c.must(err)
	answer, err := s.Answer(ctx, sfu.Seat{Participant: id, Generation: 1}, c.offer(name, password, digest), []sfu.Section{
		{MID: MicrophoneMID, Source: sfu.SourceMicrophone}, {MID: CameraMID, Source: sfu.SourceCamera},
	})
	c.must(err)
	c.must(s.Publish(ctx, id, sfu.SourceMicrophone, false))
	c.must(s.Publish(ctx, id, sfu.SourceCamera, false))
	c.connect(ctx, answer, behind, dtls.WithCertificates(certificate), dtls.WithInsecureSkipVerify(true),
		dtls.WithSRTPProtectionProfiles(profile))
	return c
}

func (c *Client) connect(ctx context.Context, answer string, behind bool, options ...dtls.ClientOption) {
	c.t.Helper()
	for _, line := range lines(answer, "candidate:") {
		candidate, err := ice.UnmarshalCandidate(line)
		c.must(err)
		if !candidate.NetworkType().IsUDP() || candidate.Component() != ice.ComponentRTP {
			continue
		}
		c.Server = &net.UDPAddr{IP: net.ParseIP(candidate.Address()), Port: candidate.Port()}
		if behind {
			c.NAT = NewNAT(c.t, c.Server)
			c.Server = c.NAT.Address()
			candidate, err = ice.NewCandidateHost(&ice.CandidateHostConfig{
				Network: "udp", Address: c.Server.IP.String(), Port: c.Server.Port, Component: 1,
			})
			c.must(err)
		}
		c.must(c.agent.AddRemoteCandidate(candidate))
	}
	var err error
	c.conn, err = c.agent.Dial(ctx, lines(answer, "ice-ufrag:")[0], lines(answer, "ice-pwd:")[0])
	c.must(err)
	c.shake = newHandshakes(c.conn)
	c.dtls, err = dtls.ClientWithOptions(c.shake, c.Server, options...)
	c.must(err)
	go c.read()
	c.must(c.dtls.HandshakeContext(ctx))
	state, _ := c.dtls.ConnectionState()
	profile, _ := c.dtls.SelectedSRTPProtectionProfile()
	config := srtp.Config{Profile: srtp.ProtectionProfile(profile)}
	c.must(config.ExtractSessionKeysFromDTLS(&state, true))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sealing, err = srtp.CreateContext(config.Keys.LocalMasterKey, config.Keys.LocalMasterSalt, config.Profile)
	c.must(err)
	c.opening, err = srtp.CreateContext(config.Keys.RemoteMasterKey, config.Keys.RemoteMasterSalt, config.Profile)
	c.must(err)
}

// read takes what comes until the connection ends.
func (c *Client) read() {
	b := make([]byte, 8192)
	for {
		n, err := c.conn.Read(b)
		if err != nil {
			return
		}
		switch first := b[0]; {
		case first >= 20 && first <= 63:
			c.shake.put(slices.Clone(b[:n]))
		case first >= 128 && first <= 191 && (b[1] < 192 || b[1] > 223):
			c.take(b[:n])
		}
	}
}

func (c *Client) take(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.opening == nil {
		return
	}
	plain, err := c.opening.DecryptRTP(nil, b, nil)
	if err != nil {
		return
	}
	var p rtp.Packet
	if p.Unmarshal(plain) == nil {
		c.received = append(c.received, p)
	}
}

// Received so far, opened.
func (c *Client) Received() []rtp.Packet {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.received)
}

// Seal an RTP packet as this client does, whatever its header says.
func (c *Client) Seal(b []byte) []byte {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	out, err := c.sealing.EncryptRTP(nil, b, nil)
	c.must(err)
	return out
}

// SealControl seals an RTCP packet.
func (c *Client) SealControl(b []byte) []byte {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	out, err := c.sealing.EncryptRTCP(nil, b, nil)
	c.must(err)
	return out
}

// TrySeal is Seal for what a context may refuse.
func (c *Client) TrySeal(b []byte) (sealed []byte, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out, err := c.sealing.EncryptRTP(nil, b, nil)
	return out, err == nil
}

// TrySealControl is SealControl for what a context may refuse.
func (c *Client) TrySealControl(b []byte) (sealed []byte, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out, err := c.sealing.EncryptRTCP(nil, b, nil)
	return out, err == nil
}

// Send a datagram by the way that ICE has chosen.
func (c *Client) Send(b []byte) {
	c.t.Helper()
	_, err := c.conn.Write(b)
	c.must(err)
}

// Address the client sends from.
func (c *Client) Address() netip.AddrPort {
	c.t.Helper()
	a, err := netip.ParseAddrPort(c.conn.LocalAddr().String())
	c.must(err)
	return a
}

// Opus packet of the microphone, whose payload names its sender.
func (c *Client) Opus(number uint16, payload string) []byte {
	return c.Packet(rtp.Header{
		Version: 2, PayloadType: Opus, SequenceNumber: number, Timestamp: 960 * uint32(number), SSRC: c.Microphone,
	}, []byte(payload))
}

// Packet in bytes.
func (c *Client) Packet(h rtp.Header, payload []byte) []byte {
	c.t.Helper()
	p := rtp.Packet{Header: h, Payload: payload}
	out, err := p.Marshal()
	c.must(err)
	return out
}

// Close ends the client.
func (c *Client) Close() {
	if c.shake != nil {
		c.shake.end()
	}
	if c.dtls != nil {
		_ = c.dtls.Close()
	}
	_ = c.agent.Close()
}

func (c *Client) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(fmt.Errorf("client %s: %w", c.ID, err))
	}
}

// lines of an SDP with an attribute, without its name.
func lines(sdp, attribute string) (out []string) {
	for line := range strings.SplitSeq(sdp, "\r\n") {
		if value, ok := strings.CutPrefix(line, "a="+attribute); ok {
			out = append(out, value)
		}
	}
	return out
}
