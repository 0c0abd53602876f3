package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	ossignal "os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

type serveCommand struct {
	Config
}

// Run serves until SIGTERM or interrupt.
func (c serveCommand) Run(s streams) error {
	signals := make(chan os.Signal, 4)
	ossignal.Notify(signals, syscall.SIGTERM, os.Interrupt, syscall.SIGHUP)
	defer ossignal.Stop(signals)
	return serve(c.Config, s, signals)
}

func serve(c Config, s streams, signals <-chan os.Signal) error {
	checked, err := c.check()
	if err != nil {
		return err
	}
	log := newLog(s.err, c.LogLevel)
	log.Info("settings", "settings", checked, "version", version)
	n, err := startNode(checked, log)
	if err != nil {
		return err
	}
	defer n.close()
	announce(s.out, n)
	if len(checked.keys) == 0 {
		log.Warn("open mode: anyone may sign in under any name; give --keys to close it")
	}
	return n.await(signals)
}

// await returns when the server should end: after a drain, or with the error
// of a listener that stopped.
func (n *node) await(signals <-chan os.Signal) error {
	for {
		select {
		case err := <-n.failed:
			return err
		case got := <-signals:
			if got == syscall.SIGHUP {
				n.certs.reload()
				continue
			}
			n.end(got, signals)
			return nil
		}
	}
}

// end drains; a second signal ends it at once.
func (n *node) end(got os.Signal, signals <-chan os.Signal) {
	n.log.Info("draining: no new calls; a second signal ends at once", "signal", got.String(), "at_most", n.settings.Drain.String())
	ctx, cancel := context.WithTimeout(context.Background(), n.settings.Drain)
	done := make(chan struct{})
	go func() {
		defer close(done)
		n.drain(ctx)
	}()
	for {
		select {
		case <-done:
			cancel()
			n.log.Info("drained")
			return
		case again := <-signals:
			if again != syscall.SIGHUP {
				cancel()
			}
		}
	}
}

func newLog(to io.Writer, level string) *slog.Logger {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		least = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: least}))
}

// announce tells a person where to go. The log is for machines.
func announce(w io.Writer, n *node) {
	var b strings.Builder
	fmt.Fprintf(&b, "\nCallrelay %s is running.\n\n", version)
	if n.on.http != nil {
		fmt.Fprintf(&b, "  Open  http://%s\n", browsable(n.on.http, "localhost"))
	}
	for _, host := range n.hosts() {
		fmt.Fprintf(&b, "  Open  https://%s\n", net.JoinHostPort(host, strconv.Itoa(port(n.on.public))))
	}
	if n.settings.Dev {
		b.WriteString("\n")
		announceDev(&b, n)
	}
	if n.settings.TLSCert == "" {
		fmt.Fprintf(&b, "\n  The certificate comes from a local CA, so browsers warn until they trust\n  %s\n",
			filepath.Join(n.settings.state, "ca.crt"))
	}
	if n.on.admin != nil {
		fmt.Fprintf(&b, "\n  Health and metrics: http://%s/healthz and /metrics\n", browsable(n.on.admin, "localhost"))
	}
	if len(n.settings.keys) == 0 {
		b.WriteString("\n  *** OPEN MODE: anyone who reaches this server may sign in under any name. ***\n" +
			"  *** Give --keys or --keys-file to let only holders of a token in.         ***\n")
	}
	b.WriteString("\n")
	_, _ = io.WriteString(w, b.String())
}

// hosts under which the public address can be opened, the best first.
func (n *node) hosts() []string {
	host, _, err := net.SplitHostPort(n.settings.Listen)
	if addr, bad := netip.ParseAddr(host); err == nil && bad == nil && !addr.IsUnspecified() {
		return []string{host}
	}
	addrs := n.settings.advertise
	if len(addrs) == 0 {
		addrs = ownAddresses()
	}
	var hosts []string
	for _, addr := range addrs {
		if addr.Is4() && !addr.IsLoopback() {
			hosts = append(hosts, addr.String())
		}
	}
	if len(hosts) == 0 {
		return []string{"localhost"}
	}
	return hosts
}

// browsable is a listener's address as a person would open it; loopback has a
// name that browsers treat as secure.
func browsable(l net.Listener, local string) string {
	addr, err := netip.ParseAddrPort(l.Addr().String())
	if err != nil {
		return l.Addr().String()
	}
	if addr.Addr().IsLoopback() || addr.Addr().IsUnspecified() {
		return net.JoinHostPort(local, strconv.Itoa(int(addr.Port())))
	}
	return addr.String()
}
