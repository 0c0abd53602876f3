package keying

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/pprof"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// handshaken is both ends of a connection; the client is Pion's alone.
type handshaken struct {
	exchange       *Exchange
	server, client *dtls.Conn
}

func (h *handshaken) close() {
	_ = h.client.Close()
	_ = h.server.Close()
}

func shake(t *testing.T, suite dtls.CipherSuiteID, profile dtls.SRTPProtectionProfile, lostByServer, lostByClient int32) *handshaken {
	t.Helper()
	certificate, err := selfsign.GenerateSelfSigned()
	if err != nil {
		t.Fatal(err)
	}
	serverEnd, clientEnd := pipe(lostByServer, lostByClient)
	h := &handshaken{exchange: &Exchange{}}
	shared := []dtls.Option{
		dtls.WithCertificates(certificate), dtls.WithInsecureSkipVerify(true),
		dtls.WithCipherSuites(suite), dtls.WithSRTPProtectionProfiles(profile),
	}
	var serverOptions []dtls.ServerOption
	var clientOptions []dtls.ClientOption
	for _, o := range shared {
		serverOptions, clientOptions = append(serverOptions, o), append(clientOptions, o)
	}
	serverOptions = append(serverOptions, dtls.WithClientAuth(dtls.RequireAnyClientCert),
		dtls.WithKeyLogWriter((*secrets)(h.exchange)), dtls.WithServerHelloMessageHook(h.exchange.sent))
	if h.server, err = dtls.ServerWithOptions(serverEnd, address{}, serverOptions...); err != nil {
		t.Fatal(err)
	}
	if h.client, err = dtls.ClientWithOptions(clientEnd, address{}, clientOptions...); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- h.server.HandshakeContext(ctx) }()
	if err = errors.Join(h.client.HandshakeContext(ctx), <-done); err != nil {
		t.Fatal(err)
	}
	return h
}

// clientKeys as the client's own exporter says.
func (h *handshaken) clientKeys(t *testing.T, profile srtp.ProtectionProfile) srtp.SessionKeys {
	t.Helper()
	state, ok := h.client.ConnectionState()
	if !ok {
		t.Fatal("the client has no state")
	}
	config := srtp.Config{Profile: profile}
	if err := config.ExtractSessionKeysFromDTLS(&state, true); err != nil {
		t.Fatal(err)
	}
	return config.Keys
}

func TestKeysAreThoseOfTheClientForEverySuiteAndProfile(t *testing.T) {
	for _, suite := range []dtls.CipherSuiteID{
		dtls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, dtls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		dtls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, dtls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
		dtls.TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
	} {
		for _, profile := range []dtls.SRTPProtectionProfile{
			dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AEAD_AES_256_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80,
		} {
			t.Run(fmt.Sprintf("%s with %d", dtls.CipherSuiteName(suite), profile), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					h := shake(t, suite, profile, 0, 0)
					defer h.close()
					h.passesMedia(t)
				})
			})
		}
	}
}

// passesMedia in both directions, and RTCP.
func (h *handshaken) passesMedia(t *testing.T) {
	t.Helper()
	keys, err := h.exchange.Keys()
	if err != nil {
		t.Fatal(err)
	}
	theirs := h.clientKeys(t, keys.Profile())
	opening, err := keys.Opening()
	if err != nil {
		t.Fatal(err)
	}
	sealing, err := keys.Sealing()
	if err != nil {
		t.Fatal(err)
	}
	clientSealing, err := srtp.CreateContext(theirs.LocalMasterKey, theirs.LocalMasterSalt, keys.Profile())
	if err != nil {
		t.Fatal(err)
	}
	clientOpening, err := srtp.CreateContext(theirs.RemoteMasterKey, theirs.RemoteMasterSalt, keys.Profile())
	if err != nil {
		t.Fatal(err)
	}
	for name, way := range map[string][2]*srtp.Context{"up": {clientSealing, opening}, "down": {sealing, clientOpening}} {
		packet := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 7, SequenceNumber: 9}, Payload: []byte("sound")}
		plain, err := packet.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := way[0].EncryptRTP(nil, plain, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := way[1].DecryptRTP(nil, sealed, nil)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%s: got %x, %v, want %x", name, got, err, plain)
		}
	}
	key, salt := keys.SealingMaster()
	if !bytes.Equal(key, theirs.RemoteMasterKey) || !bytes.Equal(salt, theirs.RemoteMasterSalt) {
		t.Fatal("the sealing master is not what the client opens by")
	}
}

func TestLostAndRepeatedHandshakeMessagesGiveTheSameKeys(t *testing.T) {
	for _, lost := range [][2]int32{{1, 0}, {2, 0}, {4, 0}, {0, 1}, {0, 3}, {3, 3}, {8, 0}} {
		t.Run(fmt.Sprint(lost), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := shake(t, dtls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, dtls.SRTP_AEAD_AES_128_GCM, lost[0], lost[1])
				defer h.close()
				h.passesMedia(t)
			})
		})
	}
}

func TestTheClientsSideHasNoKeys(t *testing.T) {
	x := &Exchange{}
	line := fmt.Sprintf("CLIENT_RANDOM %064x %096x\n", 1, 2)
	if _, err := (*secrets)(x).Write([]byte(line)); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Keys(); !errors.Is(err, ErrNone) {
		t.Fatalf("got %v, want ErrNone", err)
	}
}

func TestASecondHandshakeGivesNoKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := shake(t, dtls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, dtls.SRTP_AEAD_AES_128_GCM, 0, 0)
		defer h.close()
		line := fmt.Sprintf("CLIENT_RANDOM %064x %096x\n", 1, 2)
		_, err := (*secrets)(h.exchange).Write([]byte(line))
		if !errors.Is(err, ErrChanged) {
			t.Fatalf("got %v, want ErrChanged", err)
		}
		if _, err = h.exchange.Keys(); !errors.Is(err, ErrChanged) {
			t.Fatalf("got %v, want ErrChanged", err)
		}
	})
}

func TestKeysAreShownNowhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := shake(t, dtls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, dtls.SRTP_AEAD_AES_128_GCM, 0, 0)
		defer h.close()
		keys, err := h.exchange.Keys()
		if err != nil {
			t.Fatal(err)
		}
		var shown bytes.Buffer
		inside := struct {
			inner    Keys
			Outer    Keys
			exchange *Exchange
			p        *Keys
		}{keys, keys, h.exchange, &keys}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
			fmt.Fprintf(&shown, verb, keys)
			fmt.Fprintf(&shown, verb, &keys)
			fmt.Fprintf(&shown, verb, inside)
			fmt.Fprintf(&shown, verb, h.exchange)
		}
		if err := json.NewEncoder(&shown).Encode(map[string]any{"keys": keys, "inside": inside}); err != nil {
			t.Fatal(err)
		}
		slog.New(slog.NewTextHandler(&shown, nil)).Info("keys", "keys", keys, "inside", inside, "exchange", h.exchange)
		slog.New(slog.NewJSONHandler(&shown, nil)).Info("keys", "keys", keys, "inside", inside)
		for _, line := range []string{"", "CLIENT_RANDOM 12 34\n", fmt.Sprintf("CLIENT_RANDOM %064x %096x\n", 1, 2)} {
			_, err := (*secrets)(h.exchange).Write([]byte(line))
			fmt.Fprintln(&shown, err)
		}
		for _, profile := range pprof.Profiles() {
			for debug := range 3 {
				if err := profile.WriteTo(&shown, debug); err != nil {
					t.Fatal(err)
				}
			}
		}
		text := shown.String()
		for _, secret := range [][]byte{
			keys.reveal().keys.LocalMasterKey, keys.reveal().keys.LocalMasterSalt,
			keys.reveal().keys.RemoteMasterKey, keys.reveal().keys.RemoteMasterSalt,
		} {
			decimal := strings.Trim(fmt.Sprintf("%d", secret), "[]")
			hexed := hex.EncodeToString(secret)
			for _, form := range []string{
				string(secret), hexed, strings.ToUpper(hexed), base64.StdEncoding.EncodeToString(secret),
				decimal, strings.ReplaceAll(decimal, " ", ", "), fmt.Sprintf("%#v", secret)[len("[]byte{"):],
			} {
				if strings.Contains(text, form) {
					t.Fatal("a key is shown")
				}
			}
		}
	})
}

func FuzzLineOfSecrets(f *testing.F) {
	f.Add([]byte(fmt.Sprintf("CLIENT_RANDOM %064x %096x\n", 1, 2)))
	f.Add([]byte("CLIENT_RANDOM  \n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, line []byte) {
		_, master, ok := parseLine(line)
		if ok != (len(master) == masterLength) {
			t.Fatalf("ok %v with %d bytes", ok, len(master))
		}
	})
}
