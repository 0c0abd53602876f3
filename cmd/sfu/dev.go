package main

import (
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"rsc.io/qr"
)

// devPath leads a phone on the same network to the page: over plain HTTP, as
// it does not trust the certificate yet.
const devPath = "/dev"

// devHost is the address under which the same network reaches the server:
// the first that is not loopback.
func (n *node) devHost() (string, bool) {
	for _, host := range n.hosts() {
		addr, err := netip.ParseAddr(host)
		if err == nil && !addr.IsLoopback() {
			return net.JoinHostPort(host, strconv.Itoa(port(n.on.public))), true
		}
	}
	return "", false
}

// announceDev draws what a phone's camera needs.
func announceDev(w io.Writer, n *node) {
	host, ok := n.devHost()
	if !ok {
		fmt.Fprintln(w, "  --dev: this server listens for this machine only, so a phone can't reach it; use --listen :8443.")
		return
	}
	address := "https://" + host
	if n.settings.TLSCert == "" {
		address = "http://" + host + devPath
	}
	drawn, err := drawQR(address)
	if err != nil {
		n.log.Warn("the QR code could not be drawn", "error", err)
		return
	}
	fmt.Fprintf(w, "  Scan with a phone on this network, or open %s\n\n%s\n", address, drawn)
}

// drawQR in half blocks, light modules lit, so that it reads on dark and on
// light terminals alike: colours are set, not assumed.
func drawQR(text string) (string, error) {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return "", err
	}
	const quiet = 2 // modules around it
	light := func(x, y int) bool { return !code.Black(x, y) }
	var b strings.Builder
	for y := -quiet; y < code.Size+quiet; y += 2 {
		b.WriteString("  \x1b[97;40m")
		for x := -quiet; x < code.Size+quiet; x++ {
			switch upper, lower := light(x, y), light(x, y+1) && y+1 < code.Size+quiet; {
			case upper && lower:
				b.WriteString("█")
			case upper:
				b.WriteString("▀")
			case lower:
				b.WriteString("▄")
			default:
				b.WriteString(" ")
			}
		}
		b.WriteString("\x1b[0m\n")
	}
	return b.String(), nil
}

// beforeStrays serves the CA's certificate and how to install it, to plain
// HTTP on the public port; everything else goes to next.
func (n *node) beforeStrays(next http.Handler) http.Handler {
	if !n.settings.Dev || n.settings.TLSCert != "" {
		return next
	}
	mux := http.NewServeMux()
	mux.Handle("/", next)
	mux.HandleFunc("GET "+devPath, serveDevPage)
	mux.HandleFunc("GET /ca.crt", n.serveCA)
	return mux
}

// serveCA sends the certificate alone, never its key.
func (n *node) serveCA(w http.ResponseWriter, _ *http.Request) {
	certificate, err := os.ReadFile(filepath.Join(n.settings.state, "ca.crt"))
	if err != nil {
		http.Error(w, "the certificate can't be read", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/x-x509-ca-cert")
	w.Header().Set("Content-Disposition", `attachment; filename="callrelay-ca.crt"`)
	_, _ = w.Write(certificate)
}

func serveDevPage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	w.Header().Set("Cache-Control", "no-store")
	_ = devPage.Execute(w, r.Host)
}

var devPage = template.Must(template.New("dev").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Callrelay on this network</title>
<style>body{font:1.0625rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1.25rem;color:#13201A;background:#F3F5F1}
a.go{display:block;margin:.75rem 0;padding:.9rem;border-radius:.75rem;background:#0A7350;color:#fff;text-align:center;text-decoration:none;font-weight:600}
li{margin:.75rem 0}small{color:#4A5A52}
@media (prefers-color-scheme:dark){body{color:#EDF3EF;background:#0E1412}small{color:#A3B2AA}a.go{background:#34C48E;color:#04170F}}</style>
<h1>Callrelay on this network</h1>
<ol>
<li>Install the certificate, so that the browser gives camera and microphone to the page. <span lang="zh">安装证书，浏览器才会允许使用摄像头和麦克风。</span>
<a class="go" href="/ca.crt">Get the certificate · 下载证书</a>
<small>iPhone: Settings → Profile Downloaded → Install, then General → About → Certificate Trust Settings → turn it on.<br>
Android: Settings → Security → Encryption and credentials → Install a certificate → CA certificate.<br>
Remove it when you are done: whoever has this server’s state directory could sign for any site.</small></li>
<li>Open the page. <span lang="zh">打开页面。</span><a class="go" href="https://{{.}}/">https://{{.}}</a></li>
</ol></html>
`))
