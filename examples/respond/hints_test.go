package main

import (
	"path/filepath"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
	"github.com/rezonate-io/okta-integration/scopes"
)

// What an app lacks is told with who can give it.
func TestLacking(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	id := o.AddUser(oktatest.User{Login: "dana@example.com"})
	creds := o.app(t, false, remediation.KindClearSessions)
	file := filepath.Join(o.Dir, "acme.json")
	if err := creds.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	what := []string{"--credentials", file, "--ca-file", o.CA, "--playbook", "contain", "--user", id}
	o.respondBare(t, clitest.Setup{}, what...).Check(t, cli.ExitIncomplete, "has the permission okta.users.lifecycle.suspend", "next: use the credential of somebody who may", "onboard ... --actions suspend_user")
	// Without the scopes to check, the guards refuse; without the check it goes on.
	creds.Scopes = scopes.New(scopes.UsersManage)
	if err := creds.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	what[5] = "offboard"
	what = append(what, "--destructive", "deactivate_user", "--destructive", "revoke_grants")
	o.respondBare(t, clitest.Setup{}, what...).Check(t, cli.ExitIncomplete, "cannot be checked", "--allow-unchecked goes on without the check")
	o.respondBare(t, clitest.Setup{}, append(what, "--allow-unchecked")...).Check(t, cli.ExitDone, "warning: ", "was not checked", "2 of 3 steps would run")
}
