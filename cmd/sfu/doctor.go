package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strconv"
	"time"

	"callrelay/doctor"
)

type doctorCommand struct {
	URL      string `arg:"" optional:"" placeholder:"URL" help:"A running server, as https://calls.example.org: try each way in as a client. Without it: look at this machine and these settings."`
	Insecure bool   `help:"With a URL: go on when its certificate is not trusted."`
	CA       string `name:"ca" placeholder:"FILE" help:"With a URL: trust the CA in this file, too."`

	Config
}

// errDoctor: something is broken. Its sentences are printed already.
type errDoctor struct{ broken int }

func (e errDoctor) Error() string {
	if e.broken == 1 {
		return "one thing must change"
	}
	return fmt.Sprintf("%d things must change", e.broken)
}

// Run prints what it finds; an error when something does not work.
func (c doctorCommand) Run(s streams) error {
	if c.URL != "" {
		return c.visit(s)
	}
	checked, err := c.check()
	if err != nil {
		return err
	}
	if err = checked.discover(context.Background(), net.DefaultResolver.LookupNetIP, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	findings := doctor.Local(gatherFacts(context.Background(), checked))
	for _, f := range findings {
		f.Print(s.out)
	}
	return conclude(s, findings, "The server can start here.")
}

func (c doctorCommand) visit(s streams) error {
	v, err := doctor.NewVisit(c.URL, c.Insecure, c.CA)
	if err != nil {
		return wrong("url", "%w", err)
	}
	var findings []doctor.Finding
	v.Go(context.Background(), func(f doctor.Finding) {
		f.Print(s.out)
		findings = append(findings, f)
	})
	return conclude(s, findings, doctor.VisitVerdict(findings))
}

func conclude(s streams, findings []doctor.Finding, fine string) error {
	broken, warned := 0, 0
	for _, f := range findings {
		switch f.Level {
		case doctor.Bad:
			broken++
		case doctor.Warning:
			warned++
		case doctor.Good, doctor.Note:
		}
	}
	if broken > 0 {
		return errDoctor{broken}
	}
	switch warned {
	case 0:
	case 1:
		fine += " One thing is worth a look."
	default:
		fine += fmt.Sprintf(" %d things are worth a look.", warned)
	}
	_, err := fmt.Fprintln(s.out, "\n"+fine)
	return err
}

// gatherFacts of this machine for these settings. It changes nothing but the
// state directory, which is made when it is missing.
func gatherFacts(ctx context.Context, s settings) doctor.Facts {
	f := doctor.Facts{
		Now: time.Now(), Advertised: s.advertise, SilentSTUN: s.silentSTUN, Own: ownAddresses(), Machine: doctor.ThisMachine(),
		Open: len(s.keys) == 0, StateDir: s.state,
	}
	host, service, _ := net.SplitHostPort(s.Listen)
	f.Listen, _ = netip.ParseAddr(host)
	number, _ := strconv.ParseUint(service, 10, 16)
	f.Number = uint16(number)
	f.Ports = append(f.Ports, doctor.TryPort("listen", "TCP", s.Listen), doctor.TryPort("listen", "UDP", s.Listen))
	for _, a := range []struct{ name, address string }{{"http", s.HTTP}, {"admin", s.Admin}} {
		if a.address != "" {
			f.Ports = append(f.Ports, doctor.TryPort(a.name, "TCP", a.address))
		}
	}
	for _, address := range s.DialectListen {
		f.Ports = append(f.Ports, doctor.TryPort("dialect-listen", "TCP", address))
	}
	if s.Admin != "" {
		f.Server = doctor.AskServer(ctx, "http://"+reachable(s.Admin)+"/healthz")
	}
	if err := s.checkOpen(f.Own); err != nil {
		f.OpenError = err.Error()
	}
	if err := makeState(s.state); err != nil {
		f.StateError = err.Error()
		return f
	}
	if err := os.WriteFile(s.state+"/.doctor", nil, 0o600); err != nil {
		f.StateError = err.Error()
	}
	_ = os.Remove(s.state + "/.doctor")
	f.Certificate = certificateFacts(s, f.Now)
	return f
}

// reachable is a listening address as one to connect to.
func reachable(address string) string {
	host, service, err := net.SplitHostPort(address)
	if addr, bad := netip.ParseAddr(host); err == nil && (host == "" || bad == nil && addr.IsUnspecified()) {
		return net.JoinHostPort("localhost", service)
	}
	return address
}

func certificateFacts(s settings, now time.Time) doctor.Certificate {
	if len(s.ACMEDomain) > 0 {
		return doctor.Certificate{ACME: s.ACMEDomain, NotAfter: now.Add(leafLife)}
	}
	if s.TLSCert == "" {
		return doctor.Certificate{LocalCA: s.state + "/ca.crt", NotAfter: now.Add(leafLife)}
	}
	cert, err := fileCertificate(s.TLSCert, s.TLSKey)(nil, now)
	if err != nil {
		return doctor.Certificate{Error: err.Error()}
	}
	leaf := cert.Leaf
	out := doctor.Certificate{NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter, Names: leaf.DNSNames}
	for _, ip := range leaf.IPAddresses {
		out.Names = append(out.Names, ip.String())
	}
	out.Alone = len(cert.Certificate) == 1 && leaf.Issuer.String() != leaf.Subject.String()
	return out
}
