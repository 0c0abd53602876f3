package doctor

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Local judges; nothing is looked up any more.
func Local(f Facts) []Finding {
	return slices.Concat(
		f.ports(), f.server(), f.advertised(), f.certificate(), f.openMode(), f.state(), f.clock(), f.buffers(), f.files(), f.gso())
}

func (f Facts) ports() (out []Finding) {
	var free []string
	for _, p := range f.Ports {
		where := p.Network + " " + p.Address
		subject := "--" + p.Setting
		switch p.Error {
		case "":
			free = append(free, where)
		case PortTaken:
			out = append(out, f.taken(subject, where, p))
		case PortForbidden:
			out = append(out, bad(subject, where+" needs a right that this user does not have.",
				"Start as root, give the binary CAP_NET_BIND_SERVICE, or choose a port above 1023."))
		case PortNoAddress:
			out = append(out, bad(subject, fmt.Sprintf("%s is not an address of this machine.", where),
				"Listen on an address it has ("+join(f.Own)+"), or on all of them as :8443; a NAT's address belongs into --advertise."))
		case PortOther:
			out = append(out, bad(subject, where+" can't be opened.", "Give --"+p.Setting+" another address."))
		}
	}
	if len(free) > 0 {
		out = append(out, good("ports", "Free to listen on: %s.", strings.Join(free, ", ")))
	}
	return out
}

func (f Facts) taken(subject, where string, p Port) Finding {
	who := "a process that can't be seen from here (as root it can)"
	if p.Holder.PID != 0 {
		who = fmt.Sprintf("%s (process %d)", p.Holder.Name, p.Holder.PID)
	}
	if f.Server.Running && p.Holder.PID == f.admin().PID {
		return good(subject, "%s is held by the running server.", where)
	}
	do := "End that program, or give --" + p.Setting + " another port."
	if p.Holder.PID != 0 {
		do = fmt.Sprintf("End %s, or give --%s another port.", p.Holder.Name, p.Setting)
	}
	return bad(subject, fmt.Sprintf("%s is taken by %s.", where, who), do)
}

// admin is the process that has --admin: the running server, when that answers.
func (f Facts) admin() Process {
	for _, p := range f.Ports {
		if p.Setting == "admin" {
			return p.Holder
		}
	}
	return Process{}
}

func (f Facts) server() []Finding {
	const subject = "server"
	switch {
	case !f.Server.Running:
		return []Finding{note(subject, "No server with these settings runs on this machine.")}
	case f.Server.Status == 200:
		return []Finding{good(subject, "It runs, and media pass through its own port.")}
	}
	return []Finding{bad(subject, "It runs, but says: "+f.Server.Sentence, "Its log has more; "+f.Server.URL+" says when it is well again.")}
}

func (f Facts) certificate() []Finding {
	const subject, soon = "certificate", 14 * 24 * time.Hour
	c := f.Certificate
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	switch {
	case c.Error != "":
		return []Finding{bad(subject, "There is none to use: "+c.Error, "Browsers give camera and microphone to pages with a certificate only.")}
	case f.Now.Before(c.NotBefore):
		return []Finding{bad(subject, "It is good from "+day(c.NotBefore)+" on only; this machine's clock says "+day(f.Now)+".",
			"Set the clock, or use a certificate that is good now.")}
	case f.Now.After(c.NotAfter):
		return []Finding{bad(subject, "It has expired on "+day(c.NotAfter)+".", "Renew it; the server reads the new files by itself.")}
	case len(c.ACME) > 0:
		return []Finding{note(subject, "The server gets it by itself for %s; `sfu doctor https://%s` says whether it has one.", strings.Join(c.ACME, ", "), c.ACME[0])}
	case c.LocalCA != "":
		return []Finding{warning(subject, "It comes from this server's own CA, which browsers do not trust by themselves.",
			"Install "+c.LocalCA+" on each device, or give --tls-cert and --tls-key from a public CA.")}
	}
	var out []Finding
	names := "for " + strings.Join(c.Names, ", ")
	if f.Now.Add(soon).After(c.NotAfter) {
		out = append(out, warning(subject, fmt.Sprintf("It ends on %s (%s).", day(c.NotAfter), names), "Renew it now; the server reads the new files by itself."))
	} else {
		out = append(out, good(subject, "Good until %s, %s.", day(c.NotAfter), names))
	}
	if c.Alone {
		out = append(out, warning(subject, "The file holds one certificate and not the one that signed it; phones may refuse it.",
			"Give the full chain (fullchain.pem) to --tls-cert."))
	}
	return out
}

func (f Facts) openMode() []Finding {
	switch {
	case f.OpenError != "":
		return []Finding{bad("sign-in", "The server will not start: "+f.OpenError, "")}
	case f.Open:
		return []Finding{warning("sign-in", "Open mode: anyone who reaches the server may sign in under any name.",
			"Give --keys-file to let only holders of a token in.")}
	}
	return []Finding{good("sign-in", "Only holders of a token get in.")}
}

func (f Facts) state() []Finding {
	if f.StateError != "" {
		return []Finding{bad("--state", f.StateError, "Give --state a directory that this user may write to.")}
	}
	return []Finding{good("--state", "%s can be written to.", f.StateDir)}
}

func join(addrs []netip.Addr) string {
	text := make([]string, len(addrs))
	for i, a := range addrs {
		text[i] = a.String()
	}
	return strings.Join(text, ", ")
}
