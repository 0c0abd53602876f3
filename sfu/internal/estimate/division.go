package estimate

import "time"

// division is one run of Allocate.
type division struct {
	now      time.Time
	estimate Estimate
	videos   []Video
	choices  []Choice // Wanted is set; Layer is being found
	memory   *Memory
	left     int64 // of the target; below 0 if it is overdrawn
}

// divide gives what fits, level by level, the most important first.
func (d *division) divide() {
	for level, more := 0, true; more; level++ {
		more = false
		for i := range d.videos {
			c := &d.choices[i]
			if c.Wanted < level {
				continue
			}
			more = true
			if c.Layer == level-1 {
				d.raise(i, level)
			}
		}
	}
}

// raise moves a video to a layer if that fits into what is left with what it has.
func (d *division) raise(i, to int) {
	cost, share := d.cost(i, to), d.left+d.cost(i, d.choices[i].Layer)
	most := float64(share)
	if d.videos[i].Current >= to { // sent already
		most *= slack
	}
	if float64(cost) <= most {
		d.left = share - cost
		d.choices[i].Layer = to
	}
}

func (d *division) cost(i, layer int) int64 {
	if layer < 0 || layer >= len(d.videos[i].Layers) {
		return 0
	}
	return d.videos[i].Layers[layer].Bitrate
}

// grantTrial lets the last step stand while it is being tried, beyond what
// the others got, as long as the path is not full.
func (d *division) grantTrial() {
	m := d.memory
	if !m.pending || d.estimate.Full() || !d.now.Before(m.until) {
		return
	}
	for i := range d.videos {
		c := &d.choices[i]
		if d.videos[i].ID == m.video && c.Wanted >= m.layer && c.Layer < m.layer {
			d.left -= d.cost(i, m.layer) - d.cost(i, c.Layer)
			c.Layer = m.layer
		}
	}
}

// settle finds what became of the last step: proved if it still stands when
// its time is over, failed if the path took it back before.
func (d *division) settle() {
	m := d.memory
	if !m.pending {
		return
	}
	stands, found := false, false
	for i := range d.videos {
		if d.videos[i].ID == m.video && d.choices[i].Wanted >= m.layer {
			found, stands = true, d.choices[i].Layer >= m.layer
		}
	}
	switch {
	case !found: // no longer wanted: it says nothing
		m.pending = false
	case !stands:
		m.pending = false
		m.wait = min(2*max(m.wait, stepWait), maxStepWait)
		m.next = d.now.Add(m.wait)
	case !d.now.Before(m.until):
		m.pending, m.wait = false, 0
	}
}

// stepUp lets at most one video rise by one layer and keeps the others where
// they are. A video that is not sent at all may begin with what fits.
func (d *division) stepUp() {
	m := d.memory
	free := !m.pending && !d.now.Before(m.next)
	for i := range d.videos {
		v, c := &d.videos[i], &d.choices[i]
		if v.Current == None || c.Layer <= v.Current {
			continue
		}
		to := v.Current
		switch {
		case m.pending && m.video == v.ID:
			to = max(to, m.layer) // taken, and waiting for its key frame
		case free:
			free = false
			to++
			d.note(v, to)
		}
		d.left += d.cost(i, c.Layer) - d.cost(i, to)
		c.Layer = to
	}
	if free && d.estimate.Clean() && d.estimate.ApplicationLimited {
		d.try()
	}
}

// try takes a step beyond the estimate for the most important video that
// lacks one.
func (d *division) try() {
	for i := range d.videos {
		if c := &d.choices[i]; d.worthTrying(i, c.Layer+1) {
			c.Layer++
			d.note(&d.videos[i], c.Layer)
			return
		}
	}
}

func (d *division) worthTrying(i, to int) bool {
	c, e := d.choices[i], d.estimate
	if c.Wanted < to {
		return false
	}
	if i == 0 && to == 0 {
		return true // the first video is always worth it: else nothing is seen
	}
	if to > 0 && (d.videos[i].Current != c.Layer || e.Acknowledged == 0) {
		return false // what it has must have passed first
	}
	total := e.Target - d.left + d.cost(i, to) - d.cost(i, c.Layer)
	return float64(total) <= maxReach*float64(e.Target)
}

func (d *division) note(v *Video, layer int) {
	m := d.memory
	m.pending, m.video, m.layer = true, v.ID, layer
	m.until = d.now.Add(stepWait)
	m.next = m.until
}

func (d *division) explain() {
	for i := range d.choices {
		if c := &d.choices[i]; c.Wanted != None && c.Layer >= c.Wanted {
			c.Reason = Fits
		}
	}
}
