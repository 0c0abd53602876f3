package report

import (
	"fmt"
	"html"
	"io"
	"strings"
)

const (
	svgWidth  = 1000
	margin    = 30
	panel     = 150 // height
	lineSpace = 18
)

// WriteSVG draws the figures: the words, the delays, and the server's
// processor and memory over time.
func (r *Report) WriteSVG(w io.Writer) error {
	var b strings.Builder
	y := margin + lineSpace
	text(&b, margin, y, "bold", fmt.Sprintf("%s: %s, %d cores, load %.1f before, %s",
		r.Scenario, r.Machine, r.Cores, r.Load, r.When.UTC().Format("2006-01-02 15:04")))
	for _, line := range r.Lines() {
		y += lineSpace
		text(&b, margin, y, "normal", line)
	}
	for _, c := range r.Checks {
		y += lineSpace
		mark := "✓"
		if !c.OK {
			mark = "✗"
		}
		text(&b, margin, y, "normal", fmt.Sprintf("%s %s: %.4g, at most %.4g", mark, c.Name, c.Got, c.Limit))
	}
	if bins := r.delayBins(); len(bins) > 0 {
		y += margin + lineSpace
		drawBins(&b, y, bins)
		y += panel + lineSpace
	}
	if r.Server != nil && len(r.Server.Series) > 1 {
		y += margin + lineSpace
		drawSeries(&b, y, "server, CPU % of a core", cpuOf(r.Server.Series))
		y += panel + margin + lineSpace
		drawSeries(&b, y, "server, MiB", pick(r.Server.Series, func(s Sample) float64 { return s.MemoryMiB }))
		y += panel + margin + lineSpace
		drawSeries(&b, y, "server, goroutines", pick(r.Server.Series, func(s Sample) float64 { return s.Goroutines }))
		y += panel
	}
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="13">
<rect width="100%%" height="100%%" fill="white"/>
%s</svg>
`, svgWidth, y+margin, b.String())
	return err
}

func (r *Report) delayBins() []int {
	switch {
	case r.Calls != nil:
		return r.Calls.DelayBins
	case r.Rooms != nil:
		return r.Rooms.DelayBins
	}
	return nil
}

func text(b *strings.Builder, x, y int, weight, s string) {
	fmt.Fprintf(b, `<text x="%d" y="%d" font-weight="%s">%s</text>`+"\n", x, y, weight, html.EscapeString(s))
}

func drawBins(b *strings.Builder, top int, bins []int) {
	text(b, margin, top-6, "bold", "packets that were not lost, by delay in ms")
	most := 1
	for _, n := range bins {
		most = max(most, n)
	}
	step := (svgWidth - 2*margin) / len(bins)
	for i, n := range bins {
		height := n * (panel - lineSpace) / most
		x := margin + i*step
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="#3b82f6"><title>%d packets</title></rect>`+"\n",
			x, top+panel-lineSpace-height, step-2, height, n)
		text(b, x, top+panel, "normal", fmt.Sprintf("%.3g", BinMS(i)))
	}
}

type point struct{ x, y float64 }

func pick(series []Sample, value func(Sample) float64) (points []point) {
	for _, s := range series {
		points = append(points, point{s.Second, value(s)})
	}
	return points
}

func cpuOf(series []Sample) (points []point) {
	for i := 1; i < len(series); i++ {
		before, now := series[i-1], series[i]
		if now.Second > before.Second {
			points = append(points, point{now.Second, 100 * (now.CPUSeconds - before.CPUSeconds) / (now.Second - before.Second)})
		}
	}
	return points
}

func drawSeries(b *strings.Builder, top int, name string, points []point) {
	most, end := 0.0, 1.0
	for _, p := range points {
		most, end = max(most, p.y), max(end, p.x)
	}
	text(b, margin, top-6, "bold", fmt.Sprintf("%s, at most %.4g, over %.0f s", name, most, end))
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="#f1f5f9"/><polyline fill="none" stroke="#3b82f6" stroke-width="1.5" points="`,
		margin, top, svgWidth-2*margin, panel)
	for _, p := range points {
		fmt.Fprintf(b, "%.1f,%.1f ", margin+p.x/end*(svgWidth-2*margin), float64(top+panel)-p.y/max(most, 1e-9)*(panel-4))
	}
	b.WriteString(`"/>` + "\n")
}
