package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// embedded is the page: what `make web` put into page/built, and a page that
// says so when it has not been run.
//
//go:embed all:page
var embedded embed.FS

// asset is one file of the page, ready to be sent.
type asset struct {
	body, gzipped []byte // gzipped is nil when that is not smaller
	kind, tag     string
}

// assets by their path without the leading slash.
type assets map[string]asset

// loadAssets reads all files once; they live as long as the server.
func loadAssets(page fs.FS) (assets, error) {
	all := assets{}
	packer, err := newPacker()
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(page, "built", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == ".gitignore" {
			return err
		}
		body, err := fs.ReadFile(page, name)
		if err != nil {
			return err
		}
		all[strings.TrimPrefix(name, "built/")], err = packer.asset(name, body)
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, built := all["index.html"]; !built {
		body, err := fs.ReadFile(page, "unbuilt.html")
		if err != nil {
			return nil, err
		}
		all["index.html"], err = packer.asset("index.html", body)
		return all, err
	}
	return all, nil
}

// packer of files: one for all, as what it works with is a megabyte.
type packer struct {
	gzip   *gzip.Writer
	packed bytes.Buffer
}

func newPacker() (*packer, error) {
	w, err := gzip.NewWriterLevel(nil, gzip.BestCompression)
	return &packer{gzip: w}, err
}

func (p *packer) asset(name string, body []byte) (asset, error) {
	sum := sha256.Sum256(body)
	a := asset{body: body, kind: contentType(name), tag: base64.RawURLEncoding.EncodeToString(sum[:12])}
	p.packed.Reset()
	p.gzip.Reset(&p.packed)
	if _, err := p.gzip.Write(body); err != nil {
		return a, err
	}
	if err := p.gzip.Close(); err != nil {
		return a, err
	}
	if p.packed.Len() < len(body)*9/10 {
		a.gzipped = bytes.Clone(p.packed.Bytes())
	}
	return a, nil
}

// contentType does not depend on what the machine has in /etc/mime.types for
// the kinds that browsers are strict about.
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
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

// serve answers GET and HEAD, with ranges and conditions.
func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Add("Vary", "Accept-Encoding")
	body, tag := a.body, a.tag
	if a.gzipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		body, tag = a.gzipped, a.tag+"-gzip"
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// pageFiles is the embedded page's directory.
func pageFiles() fs.FS {
	sub, err := fs.Sub(embedded, "page")
	if err != nil {
		return embedded // cannot happen: the name is a constant and valid
	}
	return sub
}
