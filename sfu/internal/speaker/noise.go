package speaker

import "time"

const (
	// quietest level that may be speech, in dB below overload.
	quietest = 60
	// margin in dB by which speech is louder than what is always there.
	margin = 6
	// A microphone's noise is taken to lie between these, in dB below overload.
	noiseLeast, noiseMost = 75.0, 50.0
	// noiseRise in dB a second at which what never pauses becomes noise.
	noiseRise = 3.0
	// noiseStep bounds the time between two packets that counts.
	noiseStep = 100 * time.Millisecond
)

// noise is how loud a microphone is when nobody speaks. It falls with the
// quietest packet, as speech has pauses, and rises slowly.
type noise struct {
	level float64 // dB below overload; 0: nothing known
	at    time.Time
}

func (n *noise) hear(now time.Time, level float64) {
	passed := min(max(now.Sub(n.at), 0), noiseStep)
	n.at = now
	switch {
	case n.level == 0:
		n.level = noiseLeast
	case level >= n.level:
		n.level = min(level, noiseLeast)
	default:
		n.level = max(n.level-noiseRise*passed.Seconds(), noiseMost)
	}
}

// over is how many dB a level is above what may be speech; 0 if it is not.
func (n *noise) over(level float64) float64 {
	return max(min(quietest, n.level-margin)-level, 0)
}
