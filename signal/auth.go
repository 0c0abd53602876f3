package signal

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"callrelay/signal/protocol"
)

const (
	// minSecret bytes of an API key's secret: as long as HS256 needs.
	minSecret = 32
	// clockSkew between the token's maker and this server that is forgiven.
	clockSkew = 5 * time.Second
)

// TokenGrants say what a join token allows. "*" in Rooms or Callees allows all.
type TokenGrants struct {
	User      string   `json:"user"`
	Name      string   `json:"name,omitempty"`    // shown to others; default User
	Rooms     []string `json:"rooms,omitempty"`   // that may be joined by name
	Callees   []string `json:"callees,omitempty"` // that may be called
	Publish   bool     `json:"publish"`           // may send media
	Subscribe bool     `json:"subscribe"`         // may receive media
	List      bool     `json:"list"`              // sees who is online
	Host      bool     `json:"host,omitempty"`    // is host of the rooms that it joins by name
	Admin     bool     `json:"admin,omitempty"`   // may manage rooms and members over the HTTP API
	// Options of a room that its join makes; nil: the usual.
	Options *protocol.RoomOptions `json:"options,omitempty"`

	// Issued is when the token was made, as its iat or nbf claim says, and Token
	// names it. What the grants themselves say is not looked at.
	Issued time.Time `json:"issued,omitzero"`
	Token  string    `json:"token,omitempty"`
}

// openGrants are those of open mode.
func openGrants(user string) TokenGrants {
	return TokenGrants{
		User: user, Name: user, Rooms: []string{"*"}, Callees: []string{"*"},
		Publish: true, Subscribe: true, List: true,
	}
}

// MayCall tells whether the callee may be called.
func (g TokenGrants) MayCall(callee protocol.UserID) bool {
	return allowed(g.Callees, string(callee))
}

// MayJoin tells whether the room of that name may be joined.
func (g TokenGrants) MayJoin(room string) bool { return allowed(g.Rooms, room) }

func allowed(list []string, name string) bool {
	return slices.Contains(list, "*") || slices.Contains(list, name)
}

type tokenClaims struct {
	jwt.RegisteredClaims
	Grants TokenGrants `json:"grants"`
}

// MintToken makes a join token under an API key, good from now for ttl. The
// sign-in that it opens ends with it, so give it the life a sign-in should have.
func MintToken(key string, secret []byte, audience string, grants TokenGrants, now time.Time, ttl time.Duration) (string, error) {
	if len(secret) < minSecret {
		return "", fmt.Errorf("api key %q: the secret needs at least %d bytes", key, minSecret)
	}
	if _, err := protocol.CleanName(grants.User); err != nil {
		return "", fmt.Errorf("user: %w", err)
	}
	if ttl <= 0 {
		return "", fmt.Errorf("a life of %v is not positive", ttl)
	}
	claims := tokenClaims{Grants: grants}
	claims.Issuer = key
	claims.Subject = grants.User
	claims.Audience = jwt.ClaimStrings{audience}
	claims.NotBefore = jwt.NewNumericDate(now)
	claims.ExpiresAt = jwt.NewNumericDate(now.Add(ttl))
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(secret)
}

// authority checks join tokens.
type authority struct {
	keys     map[string][]byte
	audience string
}

// open tells whether anyone may sign in under any name.
func (a authority) open() bool { return len(a.keys) == 0 }

// check returns a token's grants and its expiry. Its error is a sentence that
// may be shown to the token's bearer.
func (a authority) check(token string) (TokenGrants, time.Time, error) {
	switch {
	case token == "":
		return TokenGrants{}, time.Time{}, errors.New("a token is needed")
	case len(token) > protocol.MaxToken:
		return TokenGrants{}, time.Time{}, fmt.Errorf("the token is longer than %d bytes", protocol.MaxToken)
	}
	var claims tokenClaims
	_, err := jwt.ParseWithClaims(token, &claims, a.secretOf,
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithExpirationRequired(), jwt.WithAudience(a.audience), jwt.WithLeeway(clockSkew))
	if err != nil {
		return TokenGrants{}, time.Time{}, fmt.Errorf("the token is refused: %s", why(err))
	}
	user, err := protocol.CleanName(claims.Grants.User)
	if err != nil {
		return TokenGrants{}, time.Time{}, fmt.Errorf("the token's user: %w", err)
	}
	claims.Grants.User = user
	if name, err := protocol.CleanName(claims.Grants.Name); err == nil {
		claims.Grants.Name = name
	} else {
		claims.Grants.Name = user
	}
	if o := claims.Grants.Options; o != nil {
		if err := o.Valid(); err != nil {
			return TokenGrants{}, time.Time{}, fmt.Errorf("the token's options: %w", err)
		}
	}
	claims.Grants.Issued, claims.Grants.Token = issued(claims), fingerprint(token)
	return claims.Grants, claims.ExpiresAt.Time, nil
}

// issued tells when a token was made; the zero time where it does not say.
func issued(claims tokenClaims) time.Time {
	switch {
	case claims.IssuedAt != nil:
		return claims.IssuedAt.Time
	case claims.NotBefore != nil:
		return claims.NotBefore.Time
	}
	return time.Time{}
}

// fingerprint names a token without being one.
func fingerprint(token string) string {
	sum := sha256.Sum256([]byte(token))
	return "token " + base64.RawURLEncoding.EncodeToString(sum[:16])
}

func (a authority) secretOf(t *jwt.Token) (any, error) {
	issuer, err := t.Claims.GetIssuer()
	if err != nil {
		return nil, err
	}
	secret, ok := a.keys[issuer]
	if !ok {
		return nil, errors.New("unknown api key")
	}
	return secret, nil
}

// why a token is refused, in words that tell its maker what to change and a
// stranger nothing about the keys.
func why(err error) string {
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return "it has expired"
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return "it is not valid yet"
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return "it is for another audience"
	case errors.Is(err, jwt.ErrTokenRequiredClaimMissing):
		return "it has no expiry or no audience"
	case errors.Is(err, jwt.ErrTokenMalformed):
		return "it is not a JWT"
	default:
		return "its key or signature is wrong"
	}
}
