// Command gen writes what follows from the Go types of the wire protocol: the
// TypeScript types of the client and the tables of docs/protocol.md. Run it
// with go generate ./signal/protocol.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	// go generate runs in the package's directory.
	files, err := generate(".", filepath.Join("..", ".."))
	if err == nil {
		err = write(files)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// generate returns the new text of every generated file, by path. source is
// the directory of package protocol, root that of the repository.
func generate(source, root string) (map[string][]byte, error) {
	p, err := parse(source)
	if err != nil {
		return nil, err
	}
	manual := filepath.Join(root, "docs", "protocol.md")
	old, err := os.ReadFile(manual)
	if err != nil {
		return nil, err
	}
	filled, err := fill(old, tables(p))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", manual, err)
	}
	return map[string][]byte{
		filepath.Join(root, "web", "src", "protocol", "messages.ts"): typescript(p),
		manual: filled,
	}, nil
}

func write(files map[string][]byte) error {
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
