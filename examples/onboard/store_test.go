package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// Without --out and --journal the journal is in the user's folder.
func TestDefaultJournal(t *testing.T) {
	t.Parallel()
	journal := func(o *options, args ...string) (*job, error) {
		o.conn = &cli.Connection{Info: oktaint.OrgInfo{ID: "00o1"}}
		j := &job{Program: &cli.Program{Args: args}, options: o}
		return j, j.openJournal()
	}
	want, err := oauthapp.DefaultJournalPath("00o1", "a/b")
	if err != nil {
		t.Fatal(err)
	}
	if j, err := journal(&options{label: "a/b"}, "--label", "a/b"); err != nil || j.journalFile != want {
		t.Errorf("journal %s, want %s: %v", j.journalFile, want, err)
	}
	if j, err := journal(&options{label: "a", outFile: "acme.json"}, "--out", "acme.json"); err != nil || j.journalFile != "acme.json.journal" {
		t.Errorf("journal %s: %v", j.journalFile, err)
	}
	if j, err := journal(&options{label: "a"}); err != nil || j.journal != nil {
		t.Errorf("a demonstration has the journal %v, %v", j.journal, err)
	}
}

// Of two runs at once with one journal or file, one makes the app, and the other
// says that it did not.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	o := startFakeorg(t, "--latency", "20ms")
	file := filepath.Join(t.TempDir(), "acme.json")
	args := []string{"--out", file, "--remediation", "--scopes", "okta.users.read"}
	a, b := o.start(t, args...), o.start(t, args...)
	statuses := []int{a.end(), b.end()}
	loser := b
	if statuses[0] != cli.ExitDone {
		loser = a
	}
	if slices.Sort(statuses); statuses[0] != cli.ExitDone || statuses[1] > cli.ExitFailed {
		t.Errorf("statuses %v\n%s\n%s", statuses, &a.errs, &b.errs)
	}
	if statuses[1] == cli.ExitFailed && !strings.Contains(loser.errs.String(), "another run") {
		t.Errorf("the loser says\n%s", &loser.errs)
	}
	o.check(t, file)
}

// An app of the label with another key is left alone; the error names its id and
// both flags.
func TestOtherKey(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	first := result(t, o.onboard(t, "--json"))
	o.ResetRequests()
	got := o.onboard(t)
	for _, want := range []string{"--key", "--out", "--rollback"} {
		if !strings.Contains(got.Stderr, want) {
			t.Errorf("the error lacks %s: %s", want, got.Stderr)
		}
	}
	if got.Status != cli.ExitFailed || o.writes() != 0 {
		t.Errorf("status %d, %d writes", got.Status, o.writes())
	}
	// Another journal does not know of it: then the app is named.
	got = o.onboard(t, "--journal", filepath.Join(t.TempDir(), "journal"))
	if got.Status != cli.ExitFailed || !strings.Contains(got.Stderr, first.ApplicationID) || o.writes() != 0 {
		t.Errorf("status %d, %d writes:\n%s", got.Status, o.writes(), got.Stderr)
	}
	// With the key that the first run printed it is found again.
	key := filepath.Join(t.TempDir(), "key_TEST_ONLY.pem")
	if err := os.WriteFile(key, []byte(first.PrivateKey), 0o600); err != nil {
		t.Fatal(err)
	}
	again := o.onboard(t, "--key", key, "--json")
	if again.Status != cli.ExitDone || result(t, again).ApplicationID != first.ApplicationID || o.writes() != 0 {
		t.Errorf("with its key: status %d, %d writes:\n%s", again.Status, o.writes(), again.Stderr)
	}
	// A file of credentials is not used for an app of another label.
	file := filepath.Join(t.TempDir(), "acme.json")
	if r := o.onboard(t, "--label", "Second", "--out", file); r.Status != cli.ExitDone {
		t.Fatalf("status %d\n%s", r.Status, r.Stderr)
	}
	o.ResetRequests()
	got = o.onboard(t, "--label", "Third", "--out", file)
	if got.Status != cli.ExitFailed || !strings.Contains(got.Stderr, `"Second"`) || o.writes() != 0 {
		t.Errorf("status %d, %d writes:\n%s", got.Status, o.writes(), got.Stderr)
	}
}

// Whatever fails once the create may have been sent, the key is printed or
// stored, and the next run with it finishes the job with one app.
func TestKeyIsNeverLost(t *testing.T) {
	t.Parallel()
	for fault, keeps := range map[string][]bool{
		"POST /api/v1/apps #1 cut":               {false, true},
		"POST /api/v1/apps #1 reset-after":       {false, true},
		"POST /oauth2/v1/clients/{id}/roles 500": {false}, // takes seconds
		"POST /api/v1/apps/{id}/grants html":     {true},  // takes seconds
		"GET /api/v1/apps/{id}/grants 500":       {false, true},
		"POST /oauth2/v1/token html":             {false, true},
	} {
		for _, stored := range keeps {
			t.Run(fmt.Sprintf("%s, stored %v", fault, stored), func(t *testing.T) {
				t.Parallel()
				testKeyIsKept(t, fault, stored)
			})
		}
	}
}

func testKeyIsKept(t *testing.T, fault string, stored bool) {
	o := serve(t, oktatest.Config{Faults: []string{fault}})
	dir := t.TempDir()
	args, file, key := []string{"--json", "--scopes", "okta.users.read"}, filepath.Join(dir, "acme.json"), filepath.Join(dir, "key_TEST_ONLY.pem")
	if stored {
		args = append(args, "--out", file)
	}
	first := o.onboard(t, args...)
	if stored {
		if creds, err := oktaint.ReadCredentials(file); err != nil || creds.Key.IsZero() {
			t.Errorf("the file lacks the key: %v", err)
		}
	} else {
		p := result(t, first)
		if _, err := oktaint.ParseKey([]byte(p.PrivateKey), ""); err != nil {
			t.Errorf("standard output lacks the key: %v", err)
		}
		if err := os.WriteFile(key, []byte(p.PrivateKey), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--key", key)
	}
	o.ClearFaults()
	second := o.onboard(t, args...)
	if second.Status != cli.ExitDone || o.apps(t, defaultLabel) != 1 {
		t.Errorf("then: status %d, %d apps:\n%s\n%s", second.Status, o.apps(t, defaultLabel), first.Stderr, second.Stderr)
	}
}
