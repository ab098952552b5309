package cli_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

var (
	role  = oauthapp.Step{Kind: oauthapp.StepRole, Role: "READ_ONLY_ADMIN"}
	grant = oauthapp.Step{Kind: oauthapp.StepGrant, Scopes: scopes.New(scopes.AppsRead, scopes.GroupsRead, scopes.LogsRead, scopes.UsersRead)}
	one   = oauthapp.Step{Kind: oauthapp.StepGrant, Scopes: scopes.New(scopes.AppsRead)}
)

// A list of steps names what each grants, in lines that fit also in a pipe.
func TestStepsText(t *testing.T) {
	t.Parallel()
	const names = "   okta.apps.read, okta.groups.read, okta.logs.read, okta.users.read\n"
	const want = "1. assign the role READ_ONLY_ADMIN\n2. grant 4 scopes\n" + names + "3. grant the scope okta.apps.read\n"
	for _, width := range []int{0, 80} {
		if got := cli.StepsText([]oauthapp.Step{role, grant, one}, width); got != want {
			t.Errorf("%d columns: got\n%s\nwant\n%s", width, got, want)
		}
	}
	if got := cli.StepsText([]oauthapp.Step{grant}, 40); got != "1. grant 4 scopes\n   okta.apps.read, okta.groups.read,\n   okta.logs.read, okta.users.read\n" {
		t.Errorf("40 columns: got\n%s", got)
	}
	var errs strings.Builder
	(&cli.Program{Stderr: &errs, ErrWidth: func() int { return 80 }}).SaySteps([]oauthapp.Step{role, grant, one})
	if errs.String() != want {
		t.Errorf("said\n%s", errs.String())
	}
}

// Of steps side by side each is told once it is over; at a terminal those under way stand
// below that.
func TestStepProgress(t *testing.T) {
	t.Parallel()
	events := []oauthapp.Event{
		{Step: role, Total: 1}, {Step: grant, Total: 4}, {Step: grant, Done: 1, Total: 4},
		{Step: grant, Done: 1, Total: 4, Wait: &oktaint.Wait{For: 0}},
		{Step: role, Done: 1, Total: 1}, {Step: grant, Done: 4, Total: 4}, {Step: one, Total: 1},
	}
	show := func(width func() int) string {
		var errs strings.Builder
		progress := cli.NewStepProgress(&cli.Program{Stderr: &errs, ErrWidth: width})
		for _, e := range events {
			progress.Event(e)
		}
		progress.End()
		return regexp.MustCompile(`\(\d+\.\ds\)`).ReplaceAllString(errs.String(), "(s)")
	}
	if want := "assign the role READ_ONLY_ADMIN: done (s)\ngrant 4 scopes: 4 of 4: done (s)\n"; show(nil) != want {
		t.Errorf("in a pipe:\n%s\nwant\n%s", show(nil), want)
	}
	shown := show(func() int { return 80 })
	for _, want := range []string{
		"assign the role READ_ONLY_ADMIN\ngrant 4 scopes: 1 of 4",           // both under way
		"assign the role READ_ONLY_ADMIN: done (s)\ngrant 4 scopes: 1 of 4", // one over, the other below
		"grant 4 scopes: 4 of 4: done (s)\n",                                // no line is left behind it
		"grant the scope okta.apps.read\x1b[K\n",                            // broken off
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("at a terminal %q lacks %q", shown, want)
		}
	}
}
