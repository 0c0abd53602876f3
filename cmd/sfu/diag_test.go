package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/time/rate"
)

func post(t *testing.T, n *node, path, body string, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+n.on.http.Addr().String()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

func TestVisitorsReportsReachTheOperatorNewestFirstAndBounded(t *testing.T) {
	n := started(t)
	defer n.close()
	n.diag.limit.SetLimit(rate.Inf)
	for range maxReports + 3 {
		if res := post(t, n, "/diag/report", `{"verdict":"udp_blocked","rows":[{"name":"udp","state":"failed\nx","ms":-1}]}`); res.StatusCode != 200 {
			t.Fatal(res.Status)
		}
	}
	_, body := fetch(t, n.on.admin, "/diag/reports")
	var list []diagReport
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list) != maxReports || list[0].Number != maxReports+3 {
		t.Fatalf("%v, %d reports: %s", err, len(list), body)
	}
	if r := list[0]; r.From != "127.0.0.1" || r.Verdict != "udp_blocked" || r.Rows[0] != (diagStep{Name: "udp", State: "failed x"}) {
		t.Errorf("%+v", r)
	}
	if status, _ := fetch(t, n.on.http, "/diag/reports"); status == 200 {
		t.Error("visitors see what others sent")
	}
}

func TestNetworkTestRefusesWhatItDoesNotKnow(t *testing.T) {
	n := started(t)
	defer n.close()
	for _, row := range []struct {
		path, body string
		want       int
	}{
		{"/diag/echo", "", 400},
		{"/diag/echo", strings.Repeat("x", maxTestOffer+1), 413},
		{"/diag/report", "[]", 400},
		{"/diag/report", `{"rows":[]}`, 400},
		{"/diag/report", `{"rows":[` + strings.Repeat(`{},`, maxReportRows) + `{}]}`, 400},
		{"/diag/report", `{"verdict":"` + strings.Repeat("x", maxReportBytes) + `"}`, 400},
		{"/diag/other", "", 404},
	} {
		if res := post(t, n, row.path, row.body); res.StatusCode != row.want {
			t.Errorf("%s %.20q: %s", row.path, row.body, res.Status)
		}
	}
	if res := post(t, n, "/diag/report", `{"rows":[{}]}`, "Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site"); res.StatusCode != 403 {
		t.Errorf("from a foreign page: %s", res.Status)
	}
}

func TestNetworkTestsAreLimited(t *testing.T) {
	n := started(t)
	defer n.close()
	for range testBurst + 30 {
		if res := post(t, n, "/diag/report", `{"rows":[{}]}`); res.StatusCode == http.StatusTooManyRequests && res.Header.Get("Retry-After") != "" {
			return
		}
	}
	t.Error("never refused")
}

func TestWaysNameTheMediaPort(t *testing.T) {
	n := started(t)
	defer n.close()
	_, body := fetch(t, n.on.http, "/diag/ways")
	var ways diagWays
	if err := json.Unmarshal([]byte(body), &ways); err != nil || len(ways.Media) != 1 || ways.Media[0] != n.on.public.Addr().String() {
		t.Errorf("%s: %v", body, err)
	}
}

func FuzzDiagReport(f *testing.F) {
	f.Add(`{"verdict":"ok","rows":[{"name":"udp","state":"ok","ms":12,"detail":"fine"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		report, err := readDiagReport(strings.NewReader(text))
		if err != nil {
			return
		}
		if len(report.Rows) > maxReportRows || len(report.Verdict) > maxReportName || strings.ContainsAny(report.summary(), "\n\r\x00") {
			t.Errorf("%+v", report)
		}
	})
}
