package report

import "fmt"

// Webinar is what a room with many cameras showed, of which each page shows some.
type Webinar struct {
	// JoinToPicture is from asking to join to the first of a picture.
	JoinToPicture Spread `json:"join_to_first_picture"`
	// Missing pictures: cameras that a page shows and of which nothing came.
	Missing int `json:"missing_pictures"`
	// NotShown packets came of cameras that their receiver's page does not show.
	NotShown uint64 `json:"packets_not_shown"`
	// VoicesMost is how many audio streams a member was sent at once, at most.
	VoicesMost float64 `json:"audio_streams_most"`
}

func (w *Webinar) lines() []string {
	return []string{
		spread("join to first picture", w.JoinToPicture),
		fmt.Sprintf("pictures that a page shows and that never came: %d; packets of pictures that nobody shows: %d; audio streams to a member, at most: %.2f",
			w.Missing, w.NotShown, w.VoicesMost),
	}
}
