package signal

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"callrelay/signal/protocol"
)

var testSecret = []byte(strings.Repeat("s", minSecret))

func withKeys(c *Config) { c.Keys = map[string][]byte{"app": testSecret} }

func mint(t *testing.T, g TokenGrants) string {
	t.Helper()
	token, err := MintToken("app", testSecret, "callrelay", g, time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// badTokens are all that must not open a session.
func badTokens(t *testing.T) map[string]string {
	t.Helper()
	now := time.Now()
	make1 := func(key string, secret []byte, audience string, from time.Time, ttl time.Duration) string {
		token, err := MintToken(key, secret, audience, TokenGrants{User: "ann"}, from, ttl)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	sign := func(method jwt.SigningMethod, key any, claims jwt.Claims) string {
		token, err := jwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	claims := tokenClaims{Grants: TokenGrants{User: "ann"}}
	claims.Issuer, claims.Audience = "app", jwt.ClaimStrings{"callrelay"}
	claims.ExpiresAt = jwt.NewNumericDate(now.Add(time.Hour))
	eternal := claims
	eternal.ExpiresAt = nil
	nobody := claims
	nobody.Grants.User = " "
	return map[string]string{
		"none":           "",
		"not a token":    "abc",
		"wrong key":      make1("app", []byte(strings.Repeat("x", minSecret)), "callrelay", now, time.Hour),
		"unknown key":    make1("other", testSecret, "callrelay", now, time.Hour),
		"expired":        make1("app", testSecret, "callrelay", now.Add(-2*time.Hour), time.Hour),
		"not yet valid":  make1("app", testSecret, "callrelay", now.Add(time.Hour), time.Hour),
		"wrong audience": make1("app", testSecret, "elsewhere", now, time.Hour),
		"no expiry":      sign(jwt.SigningMethodHS256, testSecret, eternal),
		"no user":        sign(jwt.SigningMethodHS256, testSecret, nobody),
		"alg none":       sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims),
		"alg HS512":      sign(jwt.SigningMethodHS512, testSecret, claims),
		"oversized":      make1("app", testSecret, "callrelay", now, time.Hour) + strings.Repeat("A", protocol.MaxToken),
	}
}

func TestBadTokenIsRefusedAtTheUpgradeAndInHello(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		for name, token := range badTokens(t) {
			for where, try := range map[string]func() (*client, *http.Response, error){
				"header": func() (*client, *http.Response, error) {
					return r.connect(http.Header{"Authorization": {"Bearer " + token}}, "")
				},
				"query": func() (*client, *http.Response, error) { return r.connect(nil, "?access_token="+token) },
			} {
				_, resp, err := try()
				if err == nil || resp == nil || resp.StatusCode != http.StatusUnauthorized {
					t.Errorf("%s in %s: %v, %v", name, where, resp, err)
				}
			}
			c := r.socket()
			c.refused(protocol.Hello{Version: 1, Token: token, Name: "ann"}, protocol.ErrUnauthorized)
			if code := c.closed(2 * time.Second); code != protocol.CloseUnauthorized {
				t.Errorf("%s: closed with %d", name, code)
			}
		}
	}, withKeys)
}

func TestTokenOpensASessionWithItsGrants(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann := r.socket()
		ann.hello(protocol.Hello{Version: 1, Token: mint(t, TokenGrants{
			User: "ann", Name: "Ann", Rooms: []string{"review"}, Callees: []string{"bob"}, Subscribe: true,
		})})
		if w := ann.welcome; w.User != "ann" || w.Name != "Ann" || w.CanList || w.People != nil {
			t.Errorf("welcomed with %+v", w)
		}
		ann.refused(protocol.Place{Call: callID(), Callee: "eve"}, protocol.ErrForbidden)
		ann.refused(protocol.JoinRoom{Name: "other"}, protocol.ErrForbidden)
		joined, ok := ann.ask(protocol.JoinRoom{Name: "review"}).(protocol.Joined)
		if !ok {
			t.Fatal("not joined")
		}
		self := joined.Room.Self
		ann.refused(protocol.Publish{Participant: self, Source: protocol.SourceCamera}, protocol.ErrForbidden)
		ann.refused(protocol.Offer{
			Participant: self, Generation: 1, SDP: "v=0",
			Sections: []protocol.Section{{Mid: "0", Source: protocol.SourceCamera}},
		}, protocol.ErrForbidden)
	}, withKeys)
}

func TestTokenAtTheUpgradeIsEnough(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		c, _, err := r.connect(nil, "?access_token="+mint(t, TokenGrants{User: "ann"}))
		if err != nil {
			t.Fatal(err)
		}
		c.hello(protocol.Hello{Version: 1})
		if c.welcome.User != "ann" {
			t.Errorf("welcomed %+v", c.welcome)
		}
	}, withKeys)
}

func TestSessionEndsWithItsTokenUnlessANewOneIsBrought(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann := r.socket()
		ann.hello(protocol.Hello{Version: 1, Token: mint(t, TokenGrants{User: "ann"})})
		time.Sleep(50 * time.Minute)
		again := r.socket()
		again.hello(protocol.Hello{Version: 1, Session: ann.secret, Cursor: ann.cursor, Token: mint(t, TokenGrants{User: "ann", List: true})})
		if again.welcome.Outcome != protocol.ResumeResumed || !again.welcome.CanList {
			t.Errorf("welcomed with %+v", again.welcome)
		}
		time.Sleep(50 * time.Minute)
		again.ask(protocol.Ping{})
		if code := again.closed(11 * time.Minute); code != protocol.CloseUnauthorized {
			t.Errorf("closed with %d", code)
		}
	}, withKeys)
}

func TestMintTokenRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, mint := range map[string]func() (string, error){
		"short secret": func() (string, error) {
			return MintToken("app", []byte("short"), "a", TokenGrants{User: "ann"}, now, time.Hour)
		},
		"no user": func() (string, error) { return MintToken("app", testSecret, "a", TokenGrants{}, now, time.Hour) },
		"no life": func() (string, error) { return MintToken("app", testSecret, "a", TokenGrants{User: "ann"}, now, 0) },
	} {
		if _, err := mint(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzToken(f *testing.F) {
	token, _ := MintToken("app", testSecret, "callrelay", TokenGrants{User: "ann"}, time.Now(), time.Hour)
	f.Add(token)
	f.Add("a.b.c")
	a := authority{keys: map[string][]byte{"app": testSecret}, audience: "callrelay"}
	f.Fuzz(func(t *testing.T, token string) {
		if g, _, err := a.check(token); err == nil && g.User == "" {
			t.Fatal("a token without a user is good")
		}
	})
}

func FuzzSecret(f *testing.F) {
	// A key of its own for each process: the fuzzer's workers are given seeds
	// that another process has sealed.
	key := make([]byte, minStateKey)
	_, _ = rand.Read(key)
	seal, err := newSealer(key)
	if err != nil {
		f.Fatal(err)
	}
	secret, _ := seal.seal(ticket{Session: "s"})
	f.Add(secret)
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := seal.open(s); err == nil && (s != secret || got.Session != "s") {
			t.Fatalf("%q opened as %+v", s, got)
		}
	})
}
