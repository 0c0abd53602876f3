package signal

import (
	"strconv"
	"testing"
	"time"
)

func TestRevokedIsRememberedUntilItExpires(t *testing.T) {
	now := time.Now()
	r := newRevoked()
	r.add("a", now.Add(time.Minute), now)
	r.add("b", now.Add(time.Hour), now)
	r.add("a", now.Add(2*time.Minute), now) // again, for longer
	r.add("c", now.Add(time.Hour), now.Add(90*time.Second))
	if !r.has("a") || !r.has("b") || !r.has("c") {
		t.Fatalf("left: %v", r.until)
	}
	r.add("d", now.Add(time.Hour), now.Add(2*time.Minute))
	if r.has("a") || len(r.until) != 3 || len(r.first) != 3 {
		t.Fatalf("left: %v, %v", r.until, r.first)
	}
}

func TestFullListOfRevokedForgetsTheFirstToExpire(t *testing.T) {
	now := time.Now()
	r := newRevoked()
	for i := range maxRevoked {
		r.add(strconv.Itoa(i), now.Add(time.Hour+time.Duration(maxRevoked-i)), now)
	}
	last := strconv.Itoa(maxRevoked - 1)
	if !r.has(last) {
		t.Fatal("not remembered")
	}
	r.add("one more", now.Add(2*time.Hour), now)
	if r.has(last) || !r.has("0") || !r.has("one more") || len(r.until) != maxRevoked {
		t.Fatalf("%d are left", len(r.until))
	}
}
