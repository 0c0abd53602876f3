package flame

import (
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/google/pprof/profile"
)

const (
	width     = 1200
	rowHeight = 17
	head      = 40
	letter    = 6.2 // width of one, about
	// least width of what is drawn.
	least = 1.5
)

// WriteSVG reads a profile, compressed or not, and draws it under a title.
func WriteSVG(w io.Writer, title string, pprof io.Reader) error {
	p, err := profile.Parse(pprof)
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	root := treeOf(p)
	d := &drawing{total: max(root.value, 1)}
	d.draw(root, 0, 0)
	_, err = fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">
<rect width="100%%" height="100%%" fill="white"/>
<text x="6" y="16" font-size="13" font-weight="bold">%s</text>
<text x="6" y="32">%.2f s of CPU; blue: this server, orange: Pion, green: cryptography, red: system calls, grey: Go's runtime, yellow: the rest. Callers above.</text>
%s</svg>
`, width, head+(d.depth+1)*rowHeight+6, html.EscapeString(title), float64(root.value)/1e9, d.b.String())
	return err
}

type drawing struct {
	b     strings.Builder
	total int64
	depth int
}

func (d *drawing) draw(n *node, x float64, depth int) {
	wide := float64(n.value) / float64(d.total) * width
	if wide < least {
		return
	}
	d.depth = max(d.depth, depth)
	y := head + depth*rowHeight
	name := short(n.name)
	fmt.Fprintf(&d.b, `<g><title>%s %.1f %%</title><rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s" stroke="white" stroke-width="0.5"/>`,
		html.EscapeString(n.name), 100*float64(n.value)/float64(d.total), x, y, wide, rowHeight-1, colour(n.name))
	if fits := int((wide - 4) / letter); fits >= 3 {
		if len(name) > fits {
			name = name[:fits-1] + "…"
		}
		fmt.Fprintf(&d.b, `<text x="%.1f" y="%d">%s</text>`, x+2, y+12, html.EscapeString(name))
	}
	d.b.WriteString("</g>\n")
	for _, c := range n.sorted() {
		d.draw(c, x, depth+1)
		x += float64(c.value) / float64(d.total) * width
	}
}

// short name: without the path of the package.
func short(name string) string {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	return strings.NewReplacer("(*", "", ")", "").Replace(name)
}

// colours by what a function's name contains; the first that fits.
var colours = [...]struct{ part, colour string }{
	{"yscall", "#f87171"},
	{"callrelay/", "#93c5fd"},
	{"crypto/", "#86efac"},
	{"pion/", "#fdba74"},
	{"runtime.", "#d1d5db"},
}

func colour(name string) string {
	for _, c := range colours {
		if strings.Contains(name, c.part) {
			return c.colour
		}
	}
	return "#fde68a"
}
