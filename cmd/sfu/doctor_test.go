package main

import (
	"bytes"
	"net"
	"strings"
	"testing"
)

func TestDoctorNamesWhoHasThePort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	var out, errs bytes.Buffer
	status := run([]string{
		"doctor", "--listen", taken.Addr().String(), "--http", "", "--admin", "", "--state", t.TempDir(),
	}, streams{&out, &errs})
	if status != 1 || !strings.Contains(out.String(), "TCP "+taken.Addr().String()+" is taken by ") || !strings.Contains(errs.String(), "must change") {
		t.Errorf("status %d\n%s\n%s", status, out.String(), errs.String())
	}
}

func TestDoctorTriesEachWayIntoARunningServer(t *testing.T) {
	n := started(t)
	defer n.close()
	var out, errs bytes.Buffer
	status := run([]string{"doctor", "--ca", n.settings.state + "/ca.crt", "https://" + n.on.public.Addr().String()}, streams{&out, &errs})
	for _, way := range []string{"page", "certificate", "WebSocket", "UDP", "ICE-TCP", "TURN/UDP", "TURN/TCP", "TURN/TLS"} {
		if !strings.Contains(out.String(), "ok    "+way+" ") {
			t.Errorf("no good word for %s", way)
		}
	}
	if status != 0 || !strings.Contains(out.String(), "Calls will work from here.") {
		t.Errorf("status %d", status)
	}
	if t.Failed() {
		t.Log(out.String(), errs.String())
	}
}

func TestDoctorSaysWhatIsNotOffered(t *testing.T) {
	n := started(t, "--no-turn")
	defer n.close()
	var out, errs bytes.Buffer
	if status := run([]string{"doctor", "--insecure", "https://" + n.on.public.Addr().String()}, streams{&out, &errs}); status != 0 {
		t.Errorf("status %d: %s", status, errs.String())
	}
	if n := strings.Count(out.String(), "Not offered by this server."); n != 3 {
		t.Errorf("%d ways are not offered:\n%s", n, out.String())
	}
}

func TestDoctorDoesNotTrustAnUnknownCA(t *testing.T) {
	n := started(t)
	defer n.close()
	var out, errs bytes.Buffer
	status := run([]string{"doctor", "https://" + n.on.public.Addr().String()}, streams{&out, &errs})
	if status != 1 || !strings.Contains(out.String(), "signed by nobody that this machine trusts") {
		t.Errorf("status %d\n%s", status, out.String())
	}
}

func TestDoctorFindsNobody(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	var out, errs bytes.Buffer
	if status := run([]string{"doctor", "https://" + closed.Addr().String()}, streams{&out, &errs}); status != 1 || !strings.Contains(out.String(), "does not answer") {
		t.Errorf("status %d\n%s", status, out.String())
	}
	if status := run([]string{"doctor", "ftp://x"}, streams{&out, &errs}); status != 2 {
		t.Errorf("status %d for an address that is none", status)
	}
}
