package doctor

import (
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

var now = time.Date(2030, 5, 1, 12, 0, 0, 0, time.UTC)

// healthy is a public server where nothing is wrong.
func healthy() Facts {
	return Facts{
		Now: now, Number: 8443, StateDir: "/state",
		Own:   addresses("127.0.0.1", "8.8.4.4"),
		Ports: []Port{{Setting: "listen", Network: "TCP", Address: ":8443"}, {Setting: "listen", Network: "UDP", Address: ":8443"}},
		Certificate: Certificate{
			NotBefore: now.Add(-time.Hour), NotAfter: now.Add(60 * 24 * time.Hour), Names: []string{"calls.example.org"},
		},
		Machine: Machine{
			Known: true, ReceiveBuffer: 8 << 20, SendBuffer: 8 << 20, Files: 65536, GSO: true, ClockSynced: true, Kernel: "6.1",
		},
	}
}

func addresses(list ...string) (out []netip.Addr) {
	for _, text := range list {
		out = append(out, netip.MustParseAddr(text))
	}
	return out
}

func TestHealthyMachineHasNothingToDo(t *testing.T) {
	for _, f := range Local(healthy()) {
		if f.Level > Note || f.Do != "" {
			t.Errorf("%+v", f)
		}
	}
}

func TestEachTroubleIsSaidWithWhatToDo(t *testing.T) {
	sfu := Process{PID: 7, Name: "sfu"}
	for name, row := range map[string]struct {
		change func(*Facts)
		level  Level
		want   string
	}{
		"port taken by another": {func(f *Facts) {
			f.Ports[0].Error, f.Ports[0].Holder = PortTaken, Process{12, "nginx"}
		}, Bad, "TCP :8443 is taken by nginx (process 12)"},
		"port taken by one unseen": {func(f *Facts) { f.Ports[1].Error = PortTaken }, Bad, "UDP :8443 is taken by a process that can't be seen"},
		"port of the running server": {func(f *Facts) {
			f.Ports[0].Error, f.Ports[0].Holder = PortTaken, sfu
			f.Ports = append(f.Ports, Port{Setting: "admin", Network: "TCP", Address: ":1", Error: PortTaken, Holder: sfu})
			f.Server = Server{Running: true, Status: 200}
		}, Good, "held by the running server"},
		"port below 1024":   {func(f *Facts) { f.Ports[0].Error = PortForbidden }, Bad, "needs a right"},
		"address not had":   {func(f *Facts) { f.Ports[0].Error = PortNoAddress }, Bad, "not an address of this machine"},
		"port, other":       {func(f *Facts) { f.Ports[0].Error = PortOther }, Bad, "can't be opened"},
		"server is unwell":  {func(f *Facts) { f.Server = Server{Running: true, Status: 503, Sentence: "media: deaf."} }, Bad, "media: deaf."},
		"private only":      {func(f *Facts) { f.Own = addresses("10.0.0.5") }, Warning, "only this network can reach"},
		"loopback only":     {func(f *Facts) { f.Listen = netip.MustParseAddr("127.0.0.1") }, Warning, "Only this machine can send media"},
		"own public":        {func(f *Facts) { f.Advertised = addresses("8.8.4.4") }, Good, "own public address"},
		"behind a NAT":      {func(f *Facts) { f.Advertised = addresses("1.1.1.1") }, Note, "right behind a 1:1 NAT"},
		"another's private": {func(f *Facts) { f.Advertised = addresses("10.9.9.9") }, Warning, "private and not of this machine"},
		"own private": {func(f *Facts) {
			f.Own, f.Advertised = addresses("10.0.0.5"), addresses("10.0.0.5")
		}, Warning, "only its own network"},
		"own private beside the public one": {func(f *Facts) {
			f.Own, f.Advertised = addresses("10.0.0.5"), addresses("1.1.1.1", "10.0.0.5")
		}, Good, "10.0.0.5 is for clients in this machine's own network"},
		"STUN server silent": {func(f *Facts) { f.SilentSTUN = []string{"stun.example.org:3478"} }, Warning, "stun.example.org:3478 does not answer"},
		"loopback told":      {func(f *Facts) { f.Advertised = addresses("127.0.0.1") }, Bad, "the client's own machine"},
		"link-local told":    {func(f *Facts) { f.Advertised = addresses("169.254.1.1") }, Bad, "Nobody can send to 169.254.1.1"},
		"documentation":      {func(f *Facts) { f.Advertised = addresses("203.0.113.10") }, Bad, "for examples in texts"},
		"family not had":     {func(f *Facts) { f.Advertised = addresses("2600::1") }, Bad, "of a family that the server does not listen on"},
		"bound to another": {func(f *Facts) {
			f.Own = addresses("8.8.4.4", "10.0.0.5")
			f.Listen, f.Advertised = addresses("10.0.0.5")[0], addresses("8.8.4.4")
		}, Bad, "--listen is bound to 10.0.0.5"},
		"no certificate":    {func(f *Facts) { f.Certificate = Certificate{Error: "broken"} }, Bad, "broken"},
		"not yet good":      {func(f *Facts) { f.Certificate.NotBefore = now.Add(time.Hour) }, Bad, "on only"},
		"expired":           {func(f *Facts) { f.Certificate.NotAfter = now.Add(-time.Hour) }, Bad, "has expired on 2030-05-01"},
		"expires soon":      {func(f *Facts) { f.Certificate.NotAfter = now.Add(time.Hour) }, Warning, "It ends on 2030-05-01"},
		"chain missing":     {func(f *Facts) { f.Certificate.Alone = true }, Warning, "not the one that signed it"},
		"local CA":          {func(f *Facts) { f.Certificate.LocalCA = "/state/ca.crt" }, Warning, "this server's own CA"},
		"ACME":              {func(f *Facts) { f.Certificate.ACME = []string{"calls.example.org"} }, Note, "gets it by itself for calls.example.org"},
		"open mode":         {func(f *Facts) { f.Open = true }, Warning, "anyone who reaches the server"},
		"open mode refused": {func(f *Facts) { f.OpenError = "no keys" }, Bad, "no keys"},
		"state":             {func(f *Facts) { f.StateError = "read-only" }, Bad, "read-only"},
		"clock":             {func(f *Facts) { f.Machine.ClockSynced = false }, Warning, "2030-05-01 12:00:00 UTC"},
		"small buffers":     {func(f *Facts) { f.Machine.ReceiveBuffer = 212992 }, Warning, "208 KiB to receive and 8.0 MiB to send"},
		"few files":         {func(f *Facts) { f.Machine.Files = 1024 }, Warning, "1024 files"},
		"no GSO":            {func(f *Facts) { f.Machine.GSO = false }, Warning, "can't cut"},
		"not Linux":         {func(f *Facts) { f.Machine = Machine{} }, Note, "one by one"},
	} {
		t.Run(name, func(t *testing.T) {
			f := healthy()
			row.change(&f)
			for _, found := range Local(f) {
				if strings.Contains(found.Sentence, row.want) {
					if found.Level != row.level || found.Level >= Warning && found.Do == "" && f.OpenError == "" {
						t.Errorf("%v %q -> %q, want %v with what to do", found.Level, found.Sentence, found.Do, row.level)
					}
					return
				}
			}
			t.Errorf("nothing says %q in %+v", row.want, Local(f))
		})
	}
}

func TestHolderOfAPortIsFoundInProc(t *testing.T) {
	line := "   0: 0100007F:20FB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 %s 1 0000 100 0 0 10 0\n"
	link := func(to string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(to), Mode: 0o777 | 1<<27} } // fs.ModeSymlink
	proc := fstest.MapFS{
		"net/tcp":  {Data: []byte("  sl  local_address\n" + strings.ReplaceAll(line, "%s", "4242") + strings.ReplaceAll(strings.ReplaceAll(line, "%s", "9"), "20FB", "0016"))},
		"net/tcp6": {Data: []byte("")},
		"net/udp":  {Data: []byte(strings.ReplaceAll(strings.ReplaceAll(line, "%s", "77"), " 0A ", " 07 "))},
		"12/comm":  {Data: []byte("nginx\n")}, "12/fd/3": link("socket:[4242]"),
		"13/comm": {Data: []byte("bird\n")}, "13/fd/0": link("/dev/null"), "13/fd/9": link("socket:[77]"),
	}
	for _, row := range []struct {
		network string
		port    uint16
		want    Process
	}{
		{"TCP", 8443, Process{12, "nginx"}},
		{"UDP", 8443, Process{13, "bird"}},
		{"TCP", 22, Process{}}, // held, by a process that can't be seen
		{"TCP", 80, Process{}},
	} {
		if got := holderOf(proc, row.network, row.port); got != row.want {
			t.Errorf("%s %d: %+v, want %+v", row.network, row.port, got, row.want)
		}
	}
}

func TestThisMachineCanBeAsked(t *testing.T) {
	m := ThisMachine()
	if m.Known && (m.Files == 0 || m.ReceiveBuffer == 0 || m.Kernel == "") {
		t.Errorf("%+v", m)
	}
}

func FuzzInodesOf(f *testing.F) {
	f.Add("   0: 0100007F:20FB 00000000:0000 0A 0:0 00:0 0 0 0 4242 1\n", uint16(8443))
	f.Add("0: 00000000000000000000000001000000:0016 x 0A 0 0 0 0 0 7", uint16(22))
	f.Fuzz(func(t *testing.T, table string, port uint16) {
		for _, inode := range inodesOf(strings.NewReader(table), true, port) {
			if inode == "" || inode == "0" {
				t.Errorf("inode %q", inode)
			}
		}
	})
}
