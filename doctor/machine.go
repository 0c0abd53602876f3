package doctor

import "fmt"

// What a busy server needs. Less works, too, but not at its best.
const (
	wantBuffer = 4 << 20 // bytes
	wantFiles  = 4096
)

func (f Facts) clock() []Finding {
	if !f.Machine.Known {
		return nil
	}
	if !f.Machine.ClockSynced {
		return []Finding{warning("clock", "Nothing keeps this machine's clock right (it says "+f.Now.UTC().Format("2006-01-02 15:04:05")+" UTC). "+
			"Tokens and certificates are judged by it.", "Install chrony or turn on systemd-timesyncd; in a container look at its host.")}
	}
	return []Finding{good("clock", "It is kept right.")}
}

func (f Facts) buffers() []Finding {
	if !f.Machine.Known {
		return nil
	}
	least := min(f.Machine.ReceiveBuffer, f.Machine.SendBuffer)
	text := fmt.Sprintf("A media socket gets %s to receive and %s to send.", bytes(f.Machine.ReceiveBuffer), bytes(f.Machine.SendBuffer))
	if least < wantBuffer {
		return []Finding{warning("UDP buffers", text+" Bursts will be lost when the server is busy.",
			"sysctl -w net.core.rmem_max=8388608 net.core.wmem_max=8388608, and the same into /etc/sysctl.d/, or give the process CAP_NET_ADMIN.")}
	}
	return []Finding{good("UDP buffers", "%s", text)}
}

func (f Facts) files() []Finding {
	if !f.Machine.Known {
		return nil
	}
	text := fmt.Sprintf("The process may open %d files; each person takes one or two.", f.Machine.Files)
	if f.Machine.Files < wantFiles {
		return []Finding{warning("file limit", text, "Raise it: LimitNOFILE=65536 in the systemd unit, or ulimit -n 65536.")}
	}
	return []Finding{good("file limit", "%s", text)}
}

func (f Facts) gso() []Finding {
	if !f.Machine.Known {
		return []Finding{note("UDP GSO", "On this system packets are sent one by one, which costs more CPU.")}
	}
	if !f.Machine.GSO {
		return []Finding{warning("UDP GSO", "The kernel ("+f.Machine.Kernel+") can't cut one message into many packets; sending costs about twice the CPU.",
			"Use Linux 4.18 or newer; a sandbox that emulates the kernel may lack it, too.")}
	}
	return []Finding{good("UDP GSO", "The kernel (%s) sends many packets in one message.", f.Machine.Kernel)}
}

func bytes(n int) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
