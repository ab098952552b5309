package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// At a terminal no line of the demonstration is broader than it.
func TestDemonstrationAtTerminal(t *testing.T) {
	t.Parallel()
	for _, width := range []int{80, 120} {
		term := clitest.OpenTerminal(t, width)
		cmd := term.Start(t, []string{"HOME=" + t.TempDir()}, programs.Path(t, "onboard"))
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v\n%s", err, term.Shown())
		}
		term.Await(t, "-----END PRIVATE KEY-----")
		term.CheckWidth(t)
	}
}

// With --json a failure is a document, too, and a run never prints two.
func TestFailureAsJSON(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	var doc struct {
		cli.Failure
		ApplicationID string `json:"application_id"`
	}
	for _, tt := range []struct {
		args []string
		want int
	}{
		{[]string{"--role", "KING", "--json"}, cli.ExitUsage}, {[]string{"--tokn", "--json"}, cli.ExitUsage}, {[]string{"--label", "No role", "--role", "none", "--json"}, cli.ExitIncomplete},
	} {
		got := o.onboard(t, tt.args...)
		got.Unmarshal(t, &doc)
		if doc.Status != tt.want || got.Status != tt.want || !strings.Contains(got.Stderr, doc.Message) {
			t.Errorf("%q: %+v\n%s", tt.args, doc, got.Stderr)
		}
	}
	if doc.ApplicationID == "" {
		t.Error("the app of an incomplete run is not told")
	}
	o.onboardAs(t, t.Context(), "00nobody", "--json").Unmarshal(t, &doc)
	if doc.Status != cli.ExitFailed || strings.Contains(doc.Message, "oktaint:") {
		t.Errorf("%+v", doc)
	}
}

// A scope that the org does not have is missing; all the others are granted.
func TestRefusedScope(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{RefusedScopes: scopes.New(scopes.BotProtectionRead)})
	got := o.onboard(t, "--json", "--scopes", "okta.users.read,okta.groups.read,okta.botProtection.read")
	if got.Status != cli.ExitIncomplete {
		t.Fatalf("status %d\n%s", got.Status, got.Stderr)
	}
	p := result(t, got)
	if len(p.Granted) != 2 || len(p.Missing) != 1 || p.Missing[0] != "okta.botProtection.read" || p.Coverage["users"].Status != inventory.Complete || p.Coverage["apps"].Status != inventory.NotAsked {
		t.Errorf("result %+v", p)
	}
	if !strings.Contains(got.Stderr, "could not grant the scope okta.botProtection.read") || !strings.Contains(got.Stderr, "E0000001") {
		t.Errorf("standard error does not say why:\n%s", got.Stderr)
	}
	// Without a role the lists are empty: set up, but not verified.
	got = o.onboard(t, "--json", "--label", "No role", "--role", "none")
	if p := result(t, got); got.Status != cli.ExitIncomplete || p.Role != "" || p.Coverage["users"].Status != inventory.Refused || p.Coverage["logs"].Status != inventory.Refused || !strings.Contains(p.Coverage["users"].Why, "no org has it empty") {
		t.Errorf("without a role: status %d, %+v\n%s", got.Status, p, got.Stderr)
	}
}

// A dry run says what would be done, and does not.
func TestDryRun(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	file := filepath.Join(t.TempDir(), "acme.json")
	got := o.onboard(t, "--dry-run", "--out", file)
	got.Check(t, cli.ExitDone, "1. create the app \"Rezonate Integration\" with its key\n2. assign the role READ_ONLY_ADMIN\n3. create the custom role IAM reader with the permission okta.iam.read\n",
		"6. grant 26 scopes\n   okta.apiTokens.read, okta.appGrants.read, okta.apps.read,\n", "okta.users.read\n\nWhat each choice of --role shows", "this run's is visibility")
	for row, want := range map[string]string{"apps$": "a part +a part +all", "user-schemas": "- +- +all", "admins": "- +all +all", "the other 49 resources$": "all +all +all"} {
		if !regexp.MustCompile("(?m)^" + want + " +" + row).MatchString(got.Stdout) {
			t.Errorf("the table lacks %s with %s:\n%s", row, want, got.Stdout)
		}
	}
	for line := range strings.Lines(got.Stdout) {
		if len(line) > 81 && !strings.Contains(line, ". ") {
			t.Errorf("a line of %d characters: %s", len(line), line)
		}
	}
	if _, err := os.Stat(file); err == nil || o.writes() != 0 {
		t.Errorf("the dry run wrote: %v, %d requests", err, o.writes())
	}
}

// The result and what to do next fit a small terminal, also of a run with all scopes and
// actions.
func TestResultFitsAScreen(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	for _, args := range [][]string{
		nil, {"--revoke-api-token"}, {"--remediation", "--actions", "set_password"}, {}, {"--scopes", "visibility,visibility-extended"},
	} {
		token := o.NewAPIToken("SUPER_ADMIN")
		got := o.onboardIn(t, clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": token}, OutWidth: 80, ErrWidth: 80}, append(args, "--out", filepath.Join(o.Dir, "acme.json"))...)
		got.Check(t, cli.ExitDone, "tenant_id: ", "credentials: ")
		_, closing, found := strings.Cut(got.Stderr, "The app is set up and verified. ")
		words := strings.Join(strings.Fields(closing), " ")
		if revoke := len(args) == 1; !found || strings.HasSuffix(words, "is revoked.") != revoke || strings.HasSuffix(words, "run this again with --revoke-api-token.") == revoke || !strings.Contains(words, "with --credentials "+o.Dir) {
			t.Errorf("%q: the end is\n%s", args, closing)
		}
		if lines := strings.Count(got.Stdout, "\n") + strings.Count(closing, "\n") + 1; lines > 24 {
			t.Errorf("%q: %d lines:\n%s%s", args, lines, got.Stdout, closing)
		}
	}
}
