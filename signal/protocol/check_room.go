package protocol

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Valid tells why options cannot be a room's, if so.
func (o RoomOptions) Valid() error {
	switch {
	case o.Limit < 1 || o.Limit > MaxMembers:
		return fmt.Errorf("limit is 1 to %d", MaxMembers)
	case o.Publishers != PublishersAll && o.Publishers != PublishersSpeakers:
		return fmt.Errorf("publishers %s is none of all, speakers", quote(string(o.Publishers)))
	case o.Screen != ScreenAsk && o.Screen != ScreenTakeOver:
		return fmt.Errorf("screen %s is none of ask, take_over", quote(string(o.Screen)))
	}
	return nil
}

func (m SetRoom) checkValues() error { return m.Options.Valid() }
func (m SetRoom) check() error       { return cmp.Or(m.checkValues(), checkRoom(m.Room)) }

func (m SetRole) check() error {
	return cmp.Or(m.checkValues(), checkRoom(m.Room), checkSeat(m.Participant))
}

func (m SetRole) checkValues() error {
	switch m.Role {
	case RoleHost, RoleSpeaker, RoleMember:
		return nil
	}
	return fmt.Errorf("role %s is none of host, speaker, member", quote(string(m.Role)))
}

func (m MuteMember) check() error {
	return cmp.Or(checkRoom(m.Room), checkSeat(m.Participant), m.checkValues())
}

func (m MuteMember) checkValues() error { return checkSource(m.Source) }

func (m Prefer) check() error {
	switch {
	case len(m.Videos) > MaxPreferences:
		return fmt.Errorf("more than %d videos", MaxPreferences)
	case m.Auto && len(m.Videos) > 0:
		return errors.New("auto and videos exclude each other")
	}
	for _, v := range m.Videos {
		if outOfPixels(v.Width) || outOfPixels(v.Height) {
			return fmt.Errorf("width and height are 0 to %d", MaxPixels)
		}
		if len(v.Publication) > idLength+1+MaxClient {
			return errors.New("publication is not an id")
		}
	}
	return checkSeat(m.Participant)
}

func (m MuteAll) check() error      { return checkRoom(m.Room) }
func (m RemoveMember) check() error { return cmp.Or(checkRoom(m.Room), checkSeat(m.Participant)) }
func (m EndRoom) check() error      { return checkRoom(m.Room) }
func (m Admit) check() error        { return cmp.Or(checkRoom(m.Room), checkSeat(m.Participant)) }
func (m Refuse) check() error       { return cmp.Or(checkRoom(m.Room), checkSeat(m.Participant)) }
func (m GetChat) check() error      { return checkRoom(m.Room) }

func (m SendChat) check() error {
	return cmp.Or(m.checkValues(), checkMessage(m.Message), checkRoom(m.Room), checkTo(m.To))
}

func (m SendChat) checkValues() error {
	switch {
	case strings.TrimSpace(m.Text) == "":
		return errors.New("text is empty")
	case len(m.Text) > MaxLine:
		return fmt.Errorf("text is longer than %d bytes", MaxLine)
	}
	return nil
}

func (m SendData) check() error {
	return cmp.Or(m.checkValues(), checkMessage(m.Message), checkRoom(m.Room), checkTo(m.To))
}

func (m SendData) checkValues() error {
	switch {
	case len(m.Topic) > MaxTopic:
		return fmt.Errorf("topic is longer than %d bytes", MaxTopic)
	case len(m.Payload) > MaxData:
		return fmt.Errorf("payload is longer than %d bytes", MaxData)
	}
	return nil
}

func (m RaiseHand) check() error { return cmp.Or(checkRoom(m.Room), checkTo(m.Participant)) }

func (m React) check() error {
	switch {
	case strings.TrimSpace(m.Reaction) == "":
		return errors.New("reaction is empty")
	case len(m.Reaction) > MaxReaction:
		return fmt.Errorf("reaction is longer than %d bytes", MaxReaction)
	case strings.ContainsFunc(m.Reaction, unicode.IsControl):
		return errors.New("reaction has control characters")
	}
	return checkRoom(m.Room)
}

func (m SetMetadata) check() error {
	if len(m.Metadata) > MaxMetadata {
		return fmt.Errorf("metadata is longer than %d bytes", MaxMetadata)
	}
	return checkRoom(m.Room)
}

func checkMessage(id MessageID) error {
	if !ValidID(string(id)) {
		return fmt.Errorf("message is not an id (%d of a-z and 2-7)", idLength)
	}
	return nil
}

// checkTo takes a participant id that may be left out.
func checkTo(id ParticipantID) error {
	if id == "" {
		return nil
	}
	return checkSeat(id)
}
