package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// programs are those that run as processes of their own.
var programs = clitest.Build(".")

func TestMain(m *testing.M) { programs.Main(m) }

// org is a running fakeorg.
type org struct{ *clitest.Fakeorg }

func start(t *testing.T, args ...string) *org {
	t.Helper()
	return &org{clitest.StartFakeorg(t, programs, args...)}
}

// client trusts the org's certificate authority and nothing else.
func (o *org) client(t *testing.T) *http.Client {
	t.Helper()
	pem, err := os.ReadFile(o.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("the CA file holds no certificate")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// get sends a GET as the owner.
func (o *org) get(t *testing.T, path string) (status int, body string, err error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "SSWS "+o.APIToken)
	resp, err := o.client(t).Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

func TestServes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ca, log := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "log.jsonl")
	o := start(t, "--api-token", "00SECRET", "--ca-out", ca, "--log", log, "--latency", "100ms",
		"--rate-limit", "groups=2,apps=0", "--principal-share", "0.5",
		"--fault", "GET /api/v1/users/{id} #1 503", "--fault", "GET /api/v1/logs reset-before")
	if o.CAFile != ca || o.APIToken != "00SECRET" || len(o.OrgID) != 20 || !strings.HasPrefix(o.OrgID, "00o") {
		t.Errorf("first line = %+v", o)
	}
	began := time.Now()
	if status, body, err := o.get(t, "/api/v1/users?limit=1"); err != nil || status != 200 || !strings.HasPrefix(body, `[{`) {
		t.Errorf("users: %d %q %v", status, body, err)
	}
	if took := time.Since(began); took < 100*time.Millisecond {
		t.Errorf("the answer took %v, want 100ms at least", took)
	}
	for _, want := range []int{503, 200} {
		if status, _, err := o.get(t, "/api/v1/users/me"); err != nil || status != want {
			t.Errorf("users/me: %d %v, want %d", status, err, want)
		}
	}
	for _, want := range []int{200, 429} {
		if status, _, err := o.get(t, "/api/v1/groups"); err != nil || status != want {
			t.Errorf("groups: %d %v, want %d", status, err, want)
		}
	}
	if _, _, err := o.get(t, "/api/v1/logs"); err == nil {
		t.Error("logs: no error")
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	checkLog(t, text)
	if code := o.Stop(t, os.Interrupt); code != 0 {
		t.Errorf("exit status %d after SIGINT, want 0", code)
	}
	if _, err := os.Stat(ca); err != nil {
		t.Errorf("the file of --ca-out: %v", err)
	}
}

// TestFaultAnswers asks an org behind a proxy that does not know it.
func TestFaultAnswers(t *testing.T) {
	t.Parallel()
	o := start(t, "--fault", "GET /api/v1/users/{id} proxy-404", "--fault", `GET /api/v1/org answer=404 {"status": 404}`)
	if status, body, err := o.get(t, "/api/v1/users/me"); err != nil || status != 404 || !strings.HasPrefix(body, "<html>") {
		t.Errorf("proxy-404: %d %q %v", status, body, err)
	}
	if status, body, err := o.get(t, "/api/v1/org"); err != nil || status != 404 || body != `{"status": 404}` {
		t.Errorf("answer: %d %q %v", status, body, err)
	}
}

// checkLog checks the lines of TestServes.
func checkLog(t *testing.T, text []byte) {
	t.Helper()
	if bytes.Contains(text, []byte("SECRET")) {
		t.Error("the log holds the API token")
	}
	var first map[string]any
	line, _, _ := bytes.Cut(text, []byte("\n"))
	if err := json.Unmarshal(line, &first); err != nil {
		t.Fatal(err)
	}
	if _, err := time.Parse(time.RFC3339Nano, first["time"].(string)); err != nil {
		t.Error(err)
	}
	delete(first, "time")
	got, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"bucket":"users","method":"GET","path":"/api/v1/users","query":["limit"],"scheme":"SSWS","status":200}`
	if string(got) != want {
		t.Errorf("first line of the log = %s, want %s", got, want)
	}
}

// TestDefaults checks the temporary CA file and the certificate in it.
func TestDefaults(t *testing.T) {
	t.Parallel()
	o := start(t)
	text, err := os.ReadFile(o.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) > 0 {
		t.Fatalf("the CA file holds %q", text)
	}
	ca, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if life := ca.NotAfter.Sub(ca.NotBefore); !ca.IsCA || life != 24*time.Hour {
		t.Errorf("IsCA %v, valid for %v; want true and 24h", ca.IsCA, life)
	}
	ranges := []string{}
	for _, r := range ca.PermittedIPRanges {
		ranges = append(ranges, r.String())
	}
	if got := strings.Join(append(ranges, ca.PermittedDNSDomains...), " "); got != "127.0.0.0/8 ::1/128 localhost" || !ca.PermittedDNSDomainsCritical {
		t.Errorf("constrained to %q, critical %v", got, ca.PermittedDNSDomainsCritical)
	}
	if status, _, err := o.get(t, "/api/v1/org"); err != nil || status != 200 {
		t.Errorf("org: %d %v", status, err)
	}
	if _, err := new(http.Client).Get(o.URL); err == nil {
		t.Error("the system's roots trust the org")
	}
	if code := o.Stop(t, syscall.SIGTERM); code != 0 {
		t.Errorf("exit status %d after SIGTERM, want 0", code)
	}
	if _, err := os.Stat(o.CAFile); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the temporary CA file is still there: %v", err)
	}
}

// TestNoRateLimit sends more requests in a minute than any limit allows.
func TestNoRateLimit(t *testing.T) {
	t.Parallel()
	o := start(t, "--rate-limit", "none")
	for i := range 130 { // twice what one token may send to the log
		if status, body, err := o.get(t, "/api/v1/logs?limit=1"); err != nil || status != 200 {
			t.Fatalf("request %d: %d %s %v", i, status, body, err)
		}
	}
}

// TestLag makes a group that the list does not show yet.
func TestLag(t *testing.T) {
	t.Parallel()
	o := start(t, "--lag", "1h")
	body := strings.NewReader(`{"profile":{"name":"Crew"}}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.URL+"/api/v1/groups", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "SSWS "+o.APIToken)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "fakeorg-test")
	resp, err := o.client(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if status, list, err := o.get(t, "/api/v1/groups"); resp.StatusCode != 200 || status != 200 || err != nil || strings.Contains(list, "Crew") {
		t.Errorf("POST %d, list %d %s %v", resp.StatusCode, status, list, err)
	}
}

// TestSeeds counts the users, groups and apps of a larger org.
func TestSeeds(t *testing.T) {
	t.Parallel()
	o := start(t, "--users", "30", "--groups", "4", "--apps", "7", "--assets", "7")
	for path, want := range map[string]int{
		"/api/v1/users": 31, "/api/v1/groups": 5, "/api/v1/apps": 10, "/api/v1/zones": 7, "/api/v1/trustedOrigins": 7,
	} {
		status, body, err := o.get(t, path)
		var rows []json.RawMessage
		if err != nil || status != 200 || json.Unmarshal([]byte(body), &rows) != nil || len(rows) != want {
			t.Errorf("%s: %d %v, %d rows, want %d", path, status, err, len(rows), want)
		}
	}
}

// TestOff asks for what the org was told not to have.
func TestOff(t *testing.T) {
	t.Parallel()
	o := start(t, "--classic", "--off", "realms", "--off", "behaviors=403")
	for path, want := range map[string]int{"/api/v1/realms": 401, "/api/v1/behaviors": 403, "/api/v1/devices": 404, "/api/v1/zones": 200} {
		if status, body, err := o.get(t, path); err != nil || status != want {
			t.Errorf("%s: %d %s %v, want %d", path, status, body, err, want)
		}
	}
}

// TestHelpNamesFeatures holds the help against what can be off.
func TestHelpNamesFeatures(t *testing.T) {
	t.Parallel()
	for _, name := range oktatest.Features() {
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(help) {
			t.Errorf("the help does not name %s", name)
		}
	}
}

// TestCommandLine runs what ends by itself.
func TestCommandLine(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() }) // after the parallel subtests
	tests := []struct {
		name, args string
		code       int
		want       string // part of the output
	}{
		{"help", "--help", 0, "fakeorg --addr 127.0.0.1:8443"},
		{"not loopback", "--addr 0.0.0.0:0", 2, "loopback"},
		{"no port", "--addr localhost", 2, "host:port"},
		{"unknown flag", "--devices 10", 2, "devices"},
		{"users", "--users -1", 2, "-1 users"},
		{"groups", "--groups many", 2, "groups"},
		{"feature", "--off nothing", 2, "nothing"},
		{"status of a feature", "--off realms=x", 2, "FEATURE=STATUS"},
		{"argument", "more", 2, "1 argument belongs to no flag"},
		{"class", "--rate-limit wrong=1", 2, "wrong"},
		{"limit", "--rate-limit apps", 2, "class=N"},
		{"no log", "--log=", 2, "--log is empty"},
		{"share", "--principal-share 2", 2, "principal share"},
		{"no share", "--principal-share 0", 2, "principal-share"},
		{"latency", "--latency -1s", 2, "latency"},
		{"fault", "--fault nonsense", 2, "fault"},
		{"port in use", "--addr " + taken.Addr().String(), 1, "address already in use"},
		{"log in no folder", "--log " + filepath.Join(t.TempDir(), "no", "log"), 1, "no such file"},
		{"CA in no folder", "--ca-out " + filepath.Join(t.TempDir(), "no", "ca"), 1, "no such file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			cmd := exec.CommandContext(ctx, programs.Path(t, "fakeorg"), strings.Fields(tt.args)...)
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState == nil {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != tt.code {
				t.Errorf("exit status %d, want %d", got, tt.code)
			}
			if !strings.Contains(string(out), tt.want) {
				t.Errorf("output %q does not say %q", out, tt.want)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	clitest.CheckHelp(t, "fakeorg", run, "user-write", "reset-after")
}
