package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// sessionKeySize in bytes.
const sessionKeySize = 32

// makeState makes the state directory when it is missing. What is in it lets
// its reader take sessions over, so nobody else may look.
func makeState(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return wrong("state", "%w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return wrong("state", "%w", err)
	}
	return nil
}

// sessionKey reads the key that seals session secrets, or makes it.
func sessionKey(dir string) ([]byte, error) {
	path := filepath.Join(dir, "session.key")
	key, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		key = make([]byte, sessionKeySize)
		_, _ = rand.Read(key) // never fails
		if err = writeNew(path, key); err != nil {
			return nil, wrong("state", "%w", err)
		}
	case err != nil:
		return nil, wrong("state", "%w", err)
	case len(key) != sessionKeySize:
		return nil, wrong("state", "%s has %d bytes instead of %d; remove it to sign everybody out", path, len(key), sessionKeySize)
	}
	return key, nil
}

// writeNew writes a file whole or not at all, readable by its owner only.
func writeNew(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}
