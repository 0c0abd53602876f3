package report

import (
	"fmt"

	"callrelay/benchmarks/internal/ledger"
)

// Rooms is what people in rooms showed.
type Rooms struct {
	Rooms  int `json:"rooms"`
	Wanted int `json:"participants_wanted"`
	Joined int `json:"participants_joined"`
	// SetUpSeconds that all joins took, and the server's processor time for one.
	SetUpSeconds  float64 `json:"set_up_seconds"`
	CPUMillisJoin float64 `json:"server_cpu_ms_per_join"`
	// FlowSeconds after the last join until all that was sent arrived everywhere.
	FlowSeconds float64 `json:"flow_seconds"`
	// JoinToFirst packet, from asking to join, for those who found somebody sending.
	JoinToFirst Spread `json:"join_to_first_packet"`
	// Silent streams: a source of which somebody who should get it got nothing.
	Silent          int            `json:"silent_streams"`
	Audio           ledger.Account `json:"audio"`
	Video           ledger.Account `json:"video"`
	Unmarked        int            `json:"unmarked"`
	Duplicates      int            `json:"duplicates"`
	ServerResends   uint64         `json:"server_resends"`
	AudioDelay      Spread         `json:"audio_delay"`
	VideoDelay      Spread         `json:"video_delay"`
	GeneratorLateMS float64        `json:"generator_late_ms"`
	// Overflows: datagrams that the generator was too slow to read. With any,
	// the run proves nothing about the server.
	Overflows int `json:"generator_overflows"`
	// DelayBins counts packets by delay: bin i holds up to BinMS(i).
	DelayBins []int `json:"delay_bins"`
}

func (c *Rooms) lines() []string {
	return []string{
		fmt.Sprintf("%d of %d joined %d rooms in %.1f s; server %.1f ms of CPU a join; all flowed %.0f s later",
			c.Joined, c.Wanted, c.Rooms, c.SetUpSeconds, c.CPUMillisJoin, c.FlowSeconds),
		account("audio", c.Audio), account("video", c.Video),
		spread("delay of audio", c.AudioDelay), spread("delay of video", c.VideoDelay),
		spread("join to first packet", c.JoinToFirst),
		fmt.Sprintf("generator late by at most %.0f ms; %d datagrams found its receive buffers full", c.GeneratorLateMS, c.Overflows),
	}
}
