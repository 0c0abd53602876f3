package relay

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/pion/turn/v5"
)

// realm of the server; clients show it to nobody.
const realm = "callrelay"

// keyring makes and checks credentials. Its key is of this process alone:
// who comes after a restart gets another with the welcome.
type keyring struct{ key [32]byte }

func newKeyring() *keyring {
	k := &keyring{}
	_, _ = rand.Read(k.key[:])
	return k
}

// issue makes a credential for a session, good until expires. Each is another
// one, as the number of allocations is counted for each.
func (k *keyring) issue(session string, expires time.Time) (user, password string) {
	var salt [6]byte
	_, _ = rand.Read(salt[:])
	user = strconv.FormatInt(expires.Unix(), 10) + ":" + base64.RawURLEncoding.EncodeToString(salt[:]) + ":" + session
	return user, k.password(user)
}

func (k *keyring) password(user string) string {
	mac := hmac.New(sha256.New, k.key[:])
	_, _ = mac.Write([]byte(user))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// turnKey is what TURN messages of a user are signed with.
func (k *keyring) turnKey(user string) []byte {
	return turn.GenerateAuthKey(user, realm, k.password(user))
}

// expiry of a user name, zero for one of another form. It says nothing about
// whether we made it: the signature does.
func expiry(user string) time.Time {
	text, _, _ := strings.Cut(user, ":")
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strings.Count(user, ":") < 2 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// sessionOf a user name.
func sessionOf(user string) string {
	_, rest, _ := strings.Cut(user, ":")
	_, session, _ := strings.Cut(rest, ":")
	return session
}
