package main

import (
	"fmt"
	"html"
	"io"
	"strings"
)

const (
	pictureWidth = 900
	labelWidth   = 260
	barHeight    = 18
	lineHeight   = 22
)

var colours = [...]string{"#2563eb", "#f59e0b", "#10b981", "#ef4444", "#8b5cf6"}

// writeSVG draws a bar for each scenario and system: CPU for a packet.
func (t table) writeSVG(w io.Writer) error {
	most, y := 1.0, 2*lineHeight
	for _, r := range t.Rows {
		most = max(most, r.CPUMost)
	}
	var b strings.Builder
	colour := map[string]string{}
	scenario := ""
	for _, r := range t.Rows {
		if colour[r.System] == "" {
			colour[r.System] = colours[len(colour)%len(colours)]
		}
		if r.Scenario != scenario {
			scenario = r.Scenario
			y += lineHeight / 2
			fmt.Fprintf(&b, `<text x="10" y="%d" font-weight="bold">%s</text>`+"\n", y+14, html.EscapeString(scenario))
			y += lineHeight
		}
		x := func(v float64) float64 { return labelWidth + v/most*(pictureWidth-labelWidth-170) }
		fmt.Fprintf(&b, `<text x="20" y="%d">%s</text><rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>`+
			`<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="black"/><text x="%.1f" y="%d">%.1f us, %.2f</text>`+"\n",
			y+14, html.EscapeString(r.System), labelWidth, y, x(r.CPUMicros)-labelWidth, barHeight, colour[r.System],
			x(r.CPULeast), x(r.CPUMost), y+barHeight/2, y+barHeight/2, x(r.CPUMost)+6, y+14, r.CPUMicros, r.Ratio)
		y += lineHeight
	}
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="13">
<rect width="100%%" height="100%%" fill="white"/>
<text x="10" y="24">Server's CPU for each packet sent, median, with the least and the most; ratio to the first. %s</text>
%s</svg>
`, pictureWidth, y+lineHeight, html.EscapeString(t.Machine), b.String())
	return err
}
