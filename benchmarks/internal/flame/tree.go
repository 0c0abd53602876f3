package flame

import (
	"cmp"
	"slices"

	"github.com/google/pprof/profile"
)

// node is a function as called by those above it.
type node struct {
	name     string
	value    int64 // nanoseconds of processor time, callees included
	children map[string]*node
}

// treeOf a profile. The value taken is the last, which in CPU profiles is time.
func treeOf(p *profile.Profile) *node {
	root := &node{name: "all"}
	for _, sample := range p.Sample {
		if len(sample.Value) == 0 {
			continue
		}
		value := sample.Value[len(sample.Value)-1]
		at := root
		at.value += value
		for i := len(sample.Location) - 1; i >= 0; i-- { // the outermost last
			lines := sample.Location[i].Line
			for j := len(lines) - 1; j >= 0; j-- { // inlined into the one after it
				if f := lines[j].Function; f != nil {
					at = at.child(f.Name)
					at.value += value
				}
			}
		}
	}
	return root
}

func (n *node) child(name string) *node {
	if n.children == nil {
		n.children = map[string]*node{}
	}
	c := n.children[name]
	if c == nil {
		c = &node{name: name}
		n.children[name] = c
	}
	return c
}

// sorted children by name, so that two pictures can be compared.
func (n *node) sorted() []*node {
	var all []*node
	for _, c := range n.children {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *node) int { return cmp.Compare(a.name, b.name) })
	return all
}
