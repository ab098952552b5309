package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

const service = "exampleservice"

// install runs the command with the owner's token.
func (o *org) install(t *testing.T, args ...string) clitest.Ran {
	t.Helper()
	return o.connect(t, clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": o.APIToken()}}, append([]string{"--install", service, "--out", o.out, "--client-scopes", few.String()}, args...)...)
}

// The integration is installed with its role, once, and its secret is kept.
func TestInstall(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	o.AddIntegration(service, few)
	o.install(t).Check(t, cli.ExitDone, "installed "+service+" as 0oa", "READ_ONLY_ADMIN, as assigned: it lacks the scope okta.roles.read")
	first := o.written(t)
	if first.Kind != oktaint.KindClientSecret || first.ClientID == "" || first.Scopes != few || !slices.Equal(first.Roles, []string{readOnly}) || first.OrgID != o.ID() {
		t.Errorf("%+v", first)
	}
	if n := len(o.Writes()); n != 2 { // the installation and the role
		t.Errorf("written: %q", o.Writes())
	}
	o.ResetRequests()
	o.install(t).Check(t, cli.ExitDone, service+" is installed already, as "+first.ClientID)
	if again := o.written(t); again.ClientSecret.Reveal() != first.ClientSecret.Reveal() || len(o.Writes()) != 0 {
		t.Errorf("the second run has written %q", o.Writes())
	}
}

// Where the secret is lost there is another one; the older stays, and is told of.
func TestInstallLostSecret(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	o.install(t).Check(t, cli.ExitDone)
	first := o.written(t)
	o.out += ".new"
	o.ResetRequests()
	o.install(t).Check(t, cli.ExitDone, "has an older secret as well as the new one")
	second := o.written(t)
	if second.ClientID != first.ClientID || second.ClientSecret.Reveal() == first.ClientSecret.Reveal() || len(o.Writes()) != 1 || !strings.HasSuffix(o.Writes()[0], "/secrets") {
		t.Errorf("%+v after %q", second, o.Writes())
	}
}

// An integration that was removed, and installed again by nobody or by somebody else, is
// not taken for that whose secret the file holds.
func TestInstallRemoved(t *testing.T) {
	t.Parallel()
	for says, again := range map[string]bool{"installed " + service + " as": false, "has an older secret as well": true} {
		o := serve(t, oktatest.Config{})
		gone := o.handed(t, o.integration(few))
		gone.ClientID, gone.ApplicationID = "0oagone", "0oagone"
		if err := gone.WriteFile(o.out); err != nil {
			t.Fatal(err)
		}
		if again {
			o.InstallIntegration(oktatest.Integration{Type: service, Scopes: few})
		}
		o.install(t).Check(t, cli.ExitDone, says)
		if got := o.written(t); got.ClientID == "0oagone" || got.ClientSecret.Reveal() == gone.ClientSecret.Reveal() {
			t.Errorf("%+v", got)
		}
	}
}

// An instance with fewer scopes than wanted works, and has to be installed again.
func TestInstallFewerScopes(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	o.InstallIntegration(oktatest.Integration{Type: service, Scopes: scopes.New(scopes.UsersRead)})
	got := o.install(t, "--json")
	got.Check(t, cli.ExitIncomplete, "was installed without the scopes okta.logs.read", `"exit": 3`)
	if p := result(t, got); p.Failure == nil || p.ClientID == "" || len(p.Granted) != 1 || len(p.Missing) != 1 {
		t.Errorf("%+v", p)
	}
	if creds := o.written(t); creds.Scopes != scopes.New(scopes.UsersRead) || creds.ClientSecret.IsZero() {
		t.Errorf("%+v", creds)
	}
}

// Who is no Super Admin installs nothing, and an entry with other scopes is refused.
func TestInstallRefused(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	o.AddIntegration(service, scopes.New(scopes.GroupsRead))
	o.install(t).Check(t, cli.ExitFailed, "the scopes must be those of its entry in Okta's catalogue")
	args := []string{"--install", service, "--out", o.out}
	o.connect(t, clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": o.NewAPIToken(readOnly)}}, args...).Check(t, cli.ExitFailed, "403 E0000006")
	if _, found, err := cli.ReadOut(o.out); found || err != nil {
		t.Errorf("written, %v", err)
	}
}

// No role is assigned where none is wanted.
func TestInstallWithoutRole(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	o.install(t, "--role", "none").Check(t, cli.ExitIncomplete, "roles:", "not known")
	if n := len(o.Writes()); n != 1 {
		t.Errorf("written: %q", o.Writes())
	}
}
