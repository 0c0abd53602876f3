package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"callrelay/benchmarks/report"
	"callrelay/benchmarks/scenarios"
)

// measure runs the scenario that the options name.
func measure(ctx context.Context, target scenarios.Target, o options, restart func() (time.Time, error)) (*report.Report, error) {
	switch {
	case o.Viewers > 0:
		return inRooms(ctx, target, o, scenarios.Viewers(o.Viewers))
	case o.Pairs > 0:
		return inRooms(ctx, target, o, scenarios.Pairs(o.Pairs))
	case o.Meeting > 1:
		return inRooms(ctx, target, o, scenarios.Meeting(o.Meeting))
	case o.Comeback:
		if restart == nil {
			return nil, errors.New("comeback: it is this program that must start the server: --server")
		}
		return scenarios.Comeback(ctx, target, scenarios.CallsConfig{Calls: o.Calls, AudioOnly: o.AudioOnly, Seed: o.Seed}, o.Back, restart)
	case o.Webinar > minWebinar:
		return inRooms(ctx, target, o, webinarOf(o))
	case o.Joins > 0:
		return scenarios.Joins(ctx, target, scenarios.JoinsConfig{Joins: o.Joins, Vanish: o.Vanish, AtATime: o.AtATime, Seed: o.Seed})
	}
	up, down := o.LossUp, o.LossDown
	if up < 0 {
		up = o.Loss
	}
	if down < 0 {
		down = o.Loss
	}
	return scenarios.Calls(ctx, target, scenarios.CallsConfig{
		Calls: o.Calls, Duration: o.Duration, LossUp: up, LossDown: down, AudioOnly: o.AudioOnly, Seed: o.Seed,
		MaxDuplicates: o.MaxDuplicates, MaxResends: o.MaxResends,
	})
}

// minWebinar members: one who sends, one who watches, and one more.
const minWebinar = 2

func webinarOf(o options) scenarios.RoomsConfig {
	w := scenarios.UsualWebinar(o.Webinar)
	w.MaxPicture = o.MaxPicture
	return w.Rooms()
}

func inRooms(ctx context.Context, target scenarios.Target, o options, c scenarios.RoomsConfig) (*report.Report, error) {
	if o.Loss > 0 || o.LossUp > 0 || o.LossDown > 0 {
		return nil, fmt.Errorf("%s: loss is for calls only", c.Name)
	}
	c.Duration, c.Seed, c.Full, c.AtATime, c.Shrink, c.Still = o.Duration, o.Seed, o.Full, max(o.AtATime, 1), o.Shrink, o.Still
	if o.AudioOnly {
		c.AudioOnly, c.VideoOnly = true, false
	}
	return scenarios.Rooms(ctx, target, c)
}
