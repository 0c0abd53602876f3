package protocol

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// idLength of an opaque id: 128 bits in base32.
const idLength = 26

// ValidID tells whether s has the form of an opaque id.
func ValidID(s string) bool {
	if len(s) != idLength {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

// CleanName cuts white space around a user's name and tells whether it may be
// one: 1 to MaxName bytes, no control characters.
func CleanName(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", errors.New("the name is empty")
	case len(s) > MaxName:
		return "", fmt.Errorf("the name is longer than %d bytes", MaxName)
	case strings.ContainsFunc(s, unicode.IsControl):
		return "", errors.New("the name has control characters")
	}
	return s, nil
}

// ValidRoomName tells whether s may name a room in a link.
func ValidRoomName(s string) bool {
	if s == "" || len(s) > MaxRoomName {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// Valid tells whether a source is one of the known.
func (s Source) Valid() bool {
	switch s {
	case SourceMicrophone, SourceCamera, SourceScreen, SourceScreenAudio:
		return true
	}
	return false
}

// Kind of a source's media.
func (s Source) Kind() Kind {
	if s == SourceMicrophone || s == SourceScreenAudio {
		return KindAudio
	}
	return KindVideo
}

func (m Hello) check() error {
	if len(m.Client) > MaxClient {
		return fmt.Errorf("client is longer than %d bytes", MaxClient)
	}
	return nil
}

func (m Place) check() error {
	if _, err := CleanName(string(m.Callee)); err != nil {
		return fmt.Errorf("callee: %w", err)
	}
	return checkCall(m.Call)
}

func (m Ringing) check() error { return checkCall(m.Call) }
func (m Accept) check() error  { return checkCall(m.Call) }
func (m Cancel) check() error  { return checkCall(m.Call) }
func (m HangUp) check() error  { return checkCall(m.Call) }

func (m RateCall) check() error {
	switch m.Rating {
	case RatingGood:
		if m.About != "" {
			return errors.New("about is for a poor rating")
		}
	case RatingPoor:
		switch m.About {
		case "", RatingSound, RatingPicture, RatingConnection:
		default:
			return fmt.Errorf("about %s is none of sound, picture, connection", quote(string(m.About)))
		}
	default:
		return fmt.Errorf("rating %s is none of good, poor", quote(string(m.Rating)))
	}
	return checkCall(m.Call)
}

func (m Decline) check() error {
	if len(m.Note) > MaxNote {
		return fmt.Errorf("note is longer than %d bytes", MaxNote)
	}
	return checkCall(m.Call)
}

// CheckRoomName is ValidRoomName with a sentence; the error is an Error.
func CheckRoomName(name string) error {
	if !ValidRoomName(name) {
		return Errorf(ErrInvalid, `a room's name is 1 to %d of a-z, 0-9, "-" and "_"`, MaxRoomName)
	}
	return nil
}

func (m JoinRoom) check() error {
	if !ValidRoomName(m.Name) {
		return fmt.Errorf(`name: 1 to %d of a-z, 0-9, "-" and "_"`, MaxRoomName)
	}
	return nil
}

func (m SeeRoom) check() error { return JoinRoom{Name: m.Name}.check() }

func (m LeaveRoom) check() error { return checkRoom(m.Room) }

func (m Invite) check() error {
	if _, err := CleanName(string(m.User)); err != nil {
		return fmt.Errorf("user: %w", err)
	}
	return cmp.Or(checkCall(m.Invitation), checkRoom(m.Room))
}

func (m Offer) check() error {
	if len(m.Sections) > MaxSections {
		return fmt.Errorf("more than %d sections", MaxSections)
	}
	for _, s := range m.Sections {
		if err := cmp.Or(checkMID(s.Mid), checkSource(s.Source)); err != nil {
			return fmt.Errorf("sections: %w", err)
		}
	}
	if m.SDP == "" {
		return errors.New("sdp is empty")
	}
	return checkSeat(m.Participant)
}

func (m Candidate) check() error {
	if len(m.Candidate) > MaxCandidate {
		return fmt.Errorf("candidate is longer than %d bytes", MaxCandidate)
	}
	if m.SDPMid != "" {
		if err := checkMID(m.SDPMid); err != nil {
			return err
		}
	}
	return checkSeat(m.Participant)
}

func (m Publish) check() error {
	if outOfPixels(m.Width) || outOfPixels(m.Height) {
		return fmt.Errorf("width and height are 0 to %d", MaxPixels)
	}
	return cmp.Or(checkSeat(m.Participant), checkSource(m.Source))
}

func (m Unpublish) check() error {
	return cmp.Or(checkSeat(m.Participant), checkSource(m.Source))
}

func outOfPixels(n int) bool { return n < 0 || n > MaxPixels }

func checkCall(id CallID) error {
	if !ValidID(string(id)) {
		return fmt.Errorf("call is not an id (%d of a-z and 2-7)", idLength)
	}
	return nil
}

func checkRoom(id RoomID) error {
	if !ValidID(string(id)) {
		return errors.New("room is not an id")
	}
	return nil
}

func checkSeat(id ParticipantID) error {
	if !ValidID(string(id)) {
		return errors.New("participant is not an id")
	}
	return nil
}

func checkMID(mid string) error {
	if mid == "" || len(mid) > MaxMID {
		return fmt.Errorf("mid is 1 to %d bytes", MaxMID)
	}
	return nil
}

func checkSource(s Source) error {
	if !s.Valid() {
		return fmt.Errorf("source %s is none of microphone, camera, screen, screen_audio", quote(string(s)))
	}
	return nil
}
