// Floor measures what this machine asks for the parts of forwarding that
// nobody can leave out, so that other results can be read as ratios to it.
//
//	go run ./benchmarks/floor
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"callrelay/benchmarks/internal/floor"
	"callrelay/benchmarks/internal/watch"
)

func main() {
	if err := run(os.Stdout, len(os.Args) > 1 && os.Args[1] == "--json"); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, asJSON bool) error {
	prices := floor.Measure()
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"machine": watch.Machine(), "load": watch.Load(), "prices": prices})
	}
	_, err := fmt.Fprintf(out, "%s, load %.1f\n\n%s\nto forward a packet to many: %.2f us; in a call of two: %.2f us\n",
		watch.Machine(), watch.Load(), prices.Markdown(), prices.Forward(0), prices.Forward(1))
	return err
}
