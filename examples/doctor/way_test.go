package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The clocks are compared by all answers together, since each tells whole seconds only.
func TestOffset(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	ms := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Millisecond) }
	w := new(way)
	if _, known := w.offset(); known {
		t.Error("it is known before an answer")
	}
	// The org is 2.3 seconds ahead. Its Date is cut to a second.
	for _, at := range []int{0, 400, 650, 950} {
		org := ms(at + 50 + 2300).Truncate(time.Second)
		w.learn(&http.Response{Header: http.Header{"Date": {org.Format(http.TimeFormat)}}}, ms(at), ms(at+100))
	}
	offset, known := w.offset()
	if !known || (offset-2300*time.Millisecond).Abs() > 200*time.Millisecond {
		t.Errorf("offset %v, %t", offset, known)
	}
	w.learn(&http.Response{Header: http.Header{"Date": {"noon"}}}, noon, noon)
	w.learn(&http.Response{Header: http.Header{"Date": {ms(7300).Format(http.TimeFormat)}}}, noon, ms(5100)) // 5 s on the way
	if again, _ := w.offset(); again != offset {
		t.Errorf("answers that say less moved it from %v to %v", offset, again)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	for offset, want := range map[time.Duration]finding{
		2 * time.Second:   {Level: ok, What: "this machine's clock and the org's agree to 5s"},
		-4 * time.Second:  {Level: ok, What: "this machine's clock and the org's agree to 5s"},
		30 * time.Second:  {Level: warning, What: "this machine's clock is 30s behind the org's"},
		-30 * time.Second: {Level: warning, What: "this machine's clock is 30s ahead of the org's"},
		-time.Hour:        {Level: problem, What: "this machine's clock is 1h0m0s ahead of the org's"},
	} {
		var found findings
		(&way{answers: 1, least: offset, top: offset}).describe(&found)
		got := found.sorted()[1]
		if got.Check != "clock" || got.Level != want.Level || got.What != want.What || (got.Remedy != "") != (got.Level != ok) {
			t.Errorf("%v: %+v, want %+v", offset, got, want)
		}
	}
}

// The proxy is named, without the password in its URL.
func TestProxy(t *testing.T) {
	t.Parallel()
	proxy := &url.URL{Scheme: "http", User: url.UserPassword("ann", "hunter2"), Host: "proxy.example.com:3128"}
	base := &http.Transport{Proxy: http.ProxyURL(proxy), DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("nothing is dialled here")
	}}
	w := &way{base: base}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://acme.okta.com/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := w.RoundTrip(req); err == nil {
		resp.Body.Close()
		t.Fatal("there was an answer")
	}
	var found findings
	w.describe(&found)
	text := ""
	for _, f := range found {
		text += f.text() + "\n"
	}
	if !strings.Contains(text, "through the proxy proxy.example.com:3128\n") || strings.Contains(text, "hunter2") {
		t.Errorf("found: %s", text)
	}
}
