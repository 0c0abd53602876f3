package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// embedded is the page: what `make web` put into page/built, and a page that
// says so when it has not been run.
//
//go:embed all:page
var embedded embed.FS

// packedSuffix of the files that the build has compressed (scripts/web-pack.sh).
const packedSuffix = ".gz"

// asset is one file of the page. It stays where it is, in the program: nothing
// of it is read before somebody asks for it, and nothing is copied.
type asset struct {
	file   io.ReaderAt
	size   int64
	packed bool
	kind   string
	tag    func() string
}

// assets by their path without the leading slash.
type assets map[string]asset

// loadAssets lists all files; they live as long as the server.
func loadAssets(page fs.FS) (assets, error) {
	all := assets{}
	err := fs.WalkDir(page, "built", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == ".gitignore" {
			return err
		}
		return all.add(page, name, strings.TrimPrefix(name, "built/"))
	})
	if _, built := all["index.html"]; err == nil && !built {
		err = all.add(page, "unbuilt.html", "index.html")
	}
	return all, err
}

func (all assets) add(page fs.FS, name, as string) error {
	file, err := page.Open(name)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	at, ok := file.(io.ReaderAt)
	if !ok {
		return fmt.Errorf("asset %s: it can't be read in parts", name)
	}
	as, packed := strings.CutSuffix(as, packedSuffix)
	a := asset{file: at, size: info.Size(), packed: packed, kind: contentType(as)}
	a.tag = sync.OnceValue(func() string {
		sum := sha256.New()
		_, _ = io.Copy(sum, a.stored())
		return base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:12])
	})
	all[as] = a
	return nil
}

// stored is the file as the program has it.
func (a *asset) stored() *io.SectionReader { return io.NewSectionReader(a.file, 0, a.size) }

// unpacked is the file for the few who can't unpack it.
func (a *asset) unpacked() ([]byte, error) {
	if !a.packed {
		return io.ReadAll(a.stored())
	}
	r, err := gzip.NewReader(a.stored())
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// contentType does not depend on what the machine has in /etc/mime.types.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json", ".map":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".woff2":
		return "font/woff2"
	case ".png":
		return "image/png"
	case ".ts", ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

// serve answers GET and HEAD, with ranges and conditions.
func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Add("Vary", "Accept-Encoding")
	content, tag := io.ReadSeeker(a.stored()), a.tag()
	switch {
	case !a.packed:
	case strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"):
		h.Set("Content-Encoding", "gzip")
		tag += "-gzip"
	default:
		body, err := a.unpacked()
		if err != nil {
			http.Error(w, "this file can't be unpacked", http.StatusInternalServerError)
			return
		}
		content = bytes.NewReader(body)
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, content)
}

// pageFiles is the embedded page's directory.
func pageFiles() fs.FS {
	sub, err := fs.Sub(embedded, "page")
	if err != nil {
		return embedded // cannot happen: the name is a constant and valid
	}
	return sub
}
