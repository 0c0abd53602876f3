package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// maxSettings bytes of a settings file.
const maxSettings = 1 << 20

// settingsFile gives the values of the settings file to kong.
type settingsFile map[string]any

func readSettings(r io.Reader) (kong.Resolver, error) {
	decoder := json.NewDecoder(io.LimitReader(r, maxSettings))
	var file settingsFile
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("the settings file is not a JSON object: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the settings file goes on after its JSON object")
	}
	return file, nil
}

// Validate refuses names that are no setting: a misspelt one would silently
// have no effect.
func (f settingsFile) Validate(app *kong.Application) error {
	known := map[string]bool{}
	for _, node := range app.Children {
		if node.Name != "serve" {
			continue
		}
		for _, flag := range node.Flags {
			known[flag.Name] = flag.Name != "config" && flag.Name != "help"
		}
	}
	for name := range f {
		if !known[name] {
			return fmt.Errorf("the settings file names %q, which is not a setting", name)
		}
	}
	return nil
}

// Resolve gives way to an environment variable, which kong has applied before.
func (f settingsFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil //nolint:nilnil // kong's way to say: not from here
		}
	}
	return f[flag.Name], nil
}
