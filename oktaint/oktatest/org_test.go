package oktatest_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestConfigRefusals(t *testing.T) {
	t.Parallel()
	for _, cfg := range []oktatest.Config{
		{Origin: "http://acme.okta.com"}, {Origin: "https://acme.okta.com/"}, {Origin: "acme"}, {Origin: "https://"},
		{RateLimits: map[string]int{"unknown": 1}}, {RateLimits: map[string]int{"apps": -1}},
		{PrincipalShare: 1.5}, {PrincipalShare: -1}, {KeepRequests: -1}, {Latency: -1}, {TokenLifetime: time.Millisecond}, {TokenLifetime: 1500 * time.Millisecond},
	} {
		if _, err := oktatest.NewOrg(cfg); err == nil || !strings.HasPrefix(err.Error(), "oktatest: ") {
			t.Errorf("NewOrg(%+v) = %v", cfg, err)
		}
	}
}

// TestNothingSecretIsKept drives known secrets through the org and looks for
// them in what it tells.
func TestNothingSecretIsKept(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := newCaller(t, oktatest.Config{APIToken: "00SECRETtoken", Log: &log, Faults: []string{"GET /api/v1/logs 503"}})
	app := c.newApp("okta.users.read")
	assertion := sign(t, rsaKey(), map[string]any{"alg": "RS256", "kid": "k1"}, c.claims(app))
	token := c.do("POST", "/oauth2/v1/token?"+tokenForm(assertion, "okta.users.read").Encode(), "", nil).want(t, 200).text(t, "access_token")
	c.do("GET", "/api/v1/users?q=SECRETquery", "Bearer "+token, nil).want(t, 200)
	c.do("GET", "/api/v1/users", "SECRETnoscheme", nil).want(t, 403)
	c.admin("GET", "/api/v1/logs", nil).want(t, 503)
	state := string(c.org.State())
	requests, err := json.Marshal(c.org.Requests())
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"SECRET", token, assertion} {
		for name, text := range map[string]string{"log": log.String(), "State": state, "Requests": string(requests)} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %.20s", name, secret)
			}
		}
	}
	if got := strings.Count(log.String(), "\n"); got != len(c.org.Requests()) {
		t.Errorf("the log has %d lines for %d requests", got, len(c.org.Requests()))
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	c.admin("GET", "/api/v1/apps?q=x&limit=1", nil).want(t, 200)
	c.do("GET", "/api/v1/users", "Bearer x", nil).want(t, 401)
	got := c.org.Requests()
	if len(got) != 2 {
		t.Fatalf("requests = %+v", got)
	}
	first := got[0]
	if first.Method != "GET" || first.Path != "/api/v1/apps" || !slices.Equal(first.Query, []string{"limit", "q"}) ||
		first.Status != 200 || first.Bucket != "apps" || first.Scheme != "SSWS" || time.Since(first.Time) > time.Minute {
		t.Errorf("first = %+v", first)
	}
	if got[1].Scheme != "Bearer" || got[1].Status != 401 {
		t.Errorf("second = %+v", got[1])
	}
	first.Query[0] = "changed"
	if c.org.Requests()[0].Query[0] != "limit" {
		t.Error("the caller can change the log")
	}
	c.org.ResetRequests()
	if got := c.org.Requests(); len(got) != 0 {
		t.Errorf("after the reset: %+v", got)
	}
}

// TestStateStaysWithReads reads a lot and takes tokens.
func TestStateStaysWithReads(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp("okta.users.read")
	before := c.org.State()
	c.bearer(app, "okta.users.read")
	for _, path := range []string{"/api/v1/users", "/api/v1/apps", "/api/v1/api-tokens", "/api/v1/logs"} {
		c.admin("GET", path, nil).want(t, 200)
	}
	if !bytes.Equal(c.org.State(), before) {
		t.Error("reads change the state")
	}
	c.grant(app, "okta.logs.read").want(t, 200)
	if bytes.Equal(c.org.State(), before) {
		t.Error("a write does not change the state")
	}
}

// TestHandler calls the org as a handler, without a server.
func TestHandler(t *testing.T) {
	t.Parallel()
	org, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest("GET", org.URL()+"/api/v1/groups", nil)
	req.Header.Set("Authorization", "SSWS "+org.APIToken())
	rec := httptest.NewRecorder()
	org.ServeHTTP(rec, req)
	if rec.Code != 200 {
		t.Errorf("status = %d, body %s", rec.Code, rec.Body)
	}
	// On the wire the names of these headers are in lower case.
	names := slices.Collect(maps.Keys(rec.Header()))
	if !slices.Contains(names, "x-rate-limit-limit") || !slices.Contains(names, "x-okta-request-id") {
		t.Errorf("headers = %v", names)
	}
	org.Close()
	org.Close()
}

func TestServe(t *testing.T) {
	t.Parallel()
	server, err := oktatest.Serve("localhost:0", oktatest.Config{Origin: "https://ignored.okta.com"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	if server.URL != server.Org.URL() || !strings.HasPrefix(server.URL, "https://127.0.0.1:") {
		t.Errorf("URL = %q", server.URL)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(server.CA)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	resp, err := client.Get(server.URL + "/.well-known/okta-organization")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("status = %d", resp.StatusCode)
	}
	for _, addr := range []string{"0.0.0.0:0", "example.com:0", "127.0.0.1", "192.0.2.1:0", ":0"} {
		if _, err := oktatest.Serve(addr, oktatest.Config{}); err == nil || !strings.HasPrefix(err.Error(), "oktatest: ") {
			t.Errorf("Serve(%q) = %v", addr, err)
		}
	}
	if _, err := oktatest.Serve("127.0.0.1:0", oktatest.Config{PrincipalShare: 2}); err == nil {
		t.Error("Serve took a bad configuration")
	}
}

// TestManyAtOnce has many callers on a few connections; it is for the race
// detector.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: map[string]int{"apps": 0, "users": 0}})
	done := make(chan int)
	for range 8 {
		go func() {
			n := 0
			defer func() { done <- n }()
			for range 10 {
				resp, err := c.http.Do(c.request("POST", "/api/v1/apps", "SSWS "+c.org.APIToken(), serviceApp("many")))
				if err == nil && resp.StatusCode == 200 {
					n++
				}
				if err == nil {
					_ = resp.Body.Close()
				}
				_, _ = c.org.State(), c.org.Requests()
			}
		}()
	}
	total := 0
	for range 8 {
		total += <-done
	}
	if total != 80 {
		t.Errorf("%d apps were made, want 80", total)
	}
}

func TestKeepRequests(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{KeepRequests: 3})
	for i := range 10 {
		c.admin("GET", fmt.Sprint("/api/v1/apps/", i), nil).want(t, 404)
	}
	var paths []string
	for _, r := range c.org.Requests() {
		paths = append(paths, r.Path)
	}
	if want := []string{"/api/v1/apps/7", "/api/v1/apps/8", "/api/v1/apps/9"}; !slices.Equal(paths, want) {
		t.Errorf("requests = %v, want %v", paths, want)
	}
}
