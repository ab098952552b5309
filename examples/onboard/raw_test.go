package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// Requests are printed and not sent, and nothing is written anywhere.
func TestPrint(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	dir := t.TempDir()
	for form, want := range map[string]string{
		"http": "### 1. create the app \"Rezonate Integration\" with its key\n# The answer gives APP_ID, CLIENT_ID and IAM_ORN.\n# IAM_ORN is orn:PARTITION:iam:",
		"curl": "#!/bin/sh\n",
	} {
		got := o.onboard(t, "--print", form, "--key", keyFile(t), "--out", filepath.Join(dir, "out.json"), "--remediation")
		if got.Status != cli.ExitDone || !strings.HasPrefix(got.Stdout, want) || !strings.Contains(got.Stdout, "okta.users.lifecycle.suspend") || !strings.Contains(got.Stderr, "nothing was sent") {
			t.Errorf("%s: status %d\n%s\n%s", form, got.Status, got.Stdout, got.Stderr)
		}
	}
	// Without a key nobody could use the app that a script makes.
	if got := o.onboard(t, "--print", "curl"); got.Status != cli.ExitUsage || !strings.Contains(got.Stderr, "--key") || got.Stdout != "" {
		t.Errorf("without a key: status %d\n%s", got.Status, got.Stderr)
	}
	if got := o.onboard(t, "--print", "http", "--journal", filepath.Join(dir, "journal")); got.Status != cli.ExitDone || !strings.Contains(got.Stderr, "warning: the key in these requests is forgotten now") {
		t.Errorf("without a key: status %d\n%s", got.Status, got.Stderr)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 || o.writes() != 0 {
		t.Errorf("files %v, %d writes, %v", files, o.writes(), err)
	}
}

// The script that is printed makes an app that onboard then finds complete.
func TestScript(t *testing.T) {
	t.Parallel()
	o := startFakeorg(t)
	dir := t.TempDir()
	args := []string{"--key", keyFile(t), "--journal", filepath.Join(dir, "journal"), "--label", "it's $HOME `id`\n\"x\"", "--remediation"}
	printing := o.start(t, append(args, "--print", "curl")...)
	if status := printing.end(); status != cli.ExitDone {
		t.Fatalf("status %d\n%s", status, &printing.errs)
	}
	for name, text := range map[string]string{"onboard.sh": printing.out.String(), "okta-headers": "Authorization: SSWS " + o.APIToken + "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	script := exec.CommandContext(t.Context(), "sh", "onboard.sh")
	script.Dir, script.Env = dir, append(os.Environ(), "CURL_CA_BUNDLE="+o.CAFile)
	if out, err := script.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	writes := len(o.written(t))
	verifying := o.start(t, args...)
	if status := verifying.end(); status != cli.ExitDone || len(o.written(t)) != writes || !strings.Contains(verifying.errs.String(), "nothing to do") {
		t.Errorf("after the script: status %d, %d writes\n%s", status, len(o.written(t))-writes, &verifying.errs)
	}
	if strings.Contains(printing.out.String(), o.APIToken) {
		t.Error("the script holds the API token")
	}
}

// Without a token the requests for a new app are printed.
func TestPrintWithoutToken(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	var asked string
	for form, want := range map[string][]string{
		"http": {"POST " + o.URL + "/api/v1/apps?activate=true HTTP/1.1", "these requests make a new one"}, "curl": {"#!/bin/sh\n", "the script stops if the org has one of this label"},
	} {
		got := o.onboardIn(t, clitest.Setup{Ask: clitest.Answers("00x", &asked)}, "--print", form, "--key", keyFile(t))
		got.Check(t, cli.ExitDone, append(want, "nothing was sent")...)
	}
	if asked != "" || o.writes() != 0 {
		t.Errorf("asked %q, %d writes", asked, o.writes())
	}
	// Both runs print the same, as the org has nothing yet.
	args := []string{"--print", "http", "--key", keyFile(t)}
	if a, b := o.onboard(t, args...), o.onboardAs(t, t.Context(), "", args...); a.Stdout != b.Stdout {
		t.Errorf("with a token:\n%s\nwithout:\n%s", a.Stdout, b.Stdout)
	}
}
