package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// The token comes from the flag, standard input, the environment or a prompt.
func TestTokenSources(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, flag, stdin, env string
		prompt                 func() (string, error)
		warns                  bool
	}{
		{"flag", "00hunter2", "", "00other", nil, true},
		{"standard input", "-", "  00hunter2\n", "00other", nil, false},
		{"environment", "", "00other", "00hunter2", func() (string, error) { return "00other", nil }, false},
		{"pasted with its scheme", "", "", "SSWS 00hunter2\r\n", nil, false},
		{"quoted", "-", "\"00hunter2\"\n", "", nil, false},
		{"prompt", "", "00other", "", func() (string, error) { return "00hunter2", nil }, false},
	} {
		var errs bytes.Buffer
		p := &program{stdin: strings.NewReader(tt.stdin), stderr: &errs, prompt: tt.prompt, getenv: func(string) string { return tt.env }}
		args := []string{"--tenant-id", "acme"}
		if tt.flag != "" {
			args = append(args, "--api-token", tt.flag)
		}
		o, err := p.parse(args)
		if err != nil || o.token.Reveal() != "00hunter2" {
			t.Errorf("%s: %v", tt.name, err)
		}
		if warned := strings.Count(errs.String(), "\n") == 1 && strings.HasPrefix(errs.String(), "warning: "); warned != tt.warns || strings.Contains(errs.String(), "hunter2") {
			t.Errorf("%s: standard error %q", tt.name, errs.String())
		}
	}
	p := &program{stderr: &bytes.Buffer{}, getenv: os.Getenv, prompt: func() (string, error) { return "", errors.New("closed") }}
	p.getenv = func(string) string { return "" }
	if _, err := p.parse([]string{"--tenant-id", "acme"}); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("a prompt that fails: %v", err)
	}
}

// As printed in documents, with placeholders, the command refuses.
func TestPlaceholders(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--tenant-id", "TENANT_ID", "--api-token", "TOKEN"},
		{"--tenant-id", "acme", "--api-token", "TOKEN"},
		{"--tenant-id", "acme", "--api-token", "<token>"},
		{"--org-url", "https://{yourOktaDomain}", "--api-token", "00x"},
	} {
		var errs bytes.Buffer
		p := &program{stderr: &errs, getenv: func(string) string { return "" }}
		if status := p.main(t.Context(), args); status != exitUsage || !strings.Contains(errs.String(), "placeholder") {
			t.Errorf("%v: status %d: %s", args, status, errs.String())
		}
	}
}

// Certificates are never trusted for Okta's own domains.
func TestCAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--tenant-id", "acme", "--ca-file", file}, "refused for https://acme.okta.com"},
		{[]string{"--org-url", "https://acme.okta-emea.com", "--ca-file", file}, "refused for https://acme.okta-emea.com"},
		{[]string{"--org-url", "https://127.0.0.1:1", "--ca-file", file}, "no certificate in PEM"},
		{[]string{"--org-url", "https://127.0.0.1:1", "--ca-file", file + ".none"}, "no such file"},
		{[]string{"--ca-file", file}, "which org?"},
	} {
		var errs bytes.Buffer
		p := &program{stderr: &errs, getenv: func(string) string { return "00x" }}
		if status := p.main(t.Context(), tt.args); status != exitUsage || !strings.Contains(errs.String(), tt.want) {
			t.Errorf("%v: status %d: %s", tt.args, status, errs.String())
		}
	}
}

func TestParseScopes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]scopes.Set{
		"visibility":                       scopes.Visibility,
		"visibility,visibility-extended":   scopes.Visibility.Union(scopes.VisibilityExtended),
		"visibility okta.users.manage":     scopes.Visibility.Union(scopes.New(scopes.UsersManage)),
		"okta.users.read,\nokta.logs.read": scopes.New(scopes.UsersRead, scopes.LogsRead),
	} {
		if got, err := parseScopes(in); err != nil || got != want {
			t.Errorf("parseScopes(%q) = %v, %v", in, got, err)
		}
	}
}

// A misspelt scope is found before a token is asked for and anything is sent.
func TestUnknownScopesSendNothing(t *testing.T) {
	t.Parallel()
	for _, list := range []string{"okta.users.reed", "visibility okta.user.read", "okta.users.write", "users.read", "visibilty", "okta.bogus.read,okta.logs.read"} {
		o := serve(t, oktatest.Config{})
		file := filepath.Join(t.TempDir(), "acme.json")
		got := o.onboard(t, "--out", file, "--scopes", list)
		if got.status != exitUsage || got.stdout != "" || !strings.Contains(got.stderr, "--scopes: ") {
			t.Errorf("--scopes %q: status %d\n%s", list, got.status, got.stderr)
		}
		if sent := o.Requests(); len(sent) != 0 {
			t.Errorf("--scopes %q: %d requests", list, len(sent))
		}
		if _, err := os.Stat(file); err == nil {
			t.Errorf("--scopes %q: %s was written", list, file)
		}
	}
}
