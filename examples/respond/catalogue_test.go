package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/remediation"
)

func TestListActions(t *testing.T) {
	t.Parallel()
	list := func(args ...string) string {
		got := clitest.Setup{}.Run(t, "respond", run, append([]string{"--list-actions"}, args...)...)
		if got.Status != cli.ExitDone || got.Stderr != "" {
			t.Errorf("status %d\n%s", got.Status, got.Stderr)
		}
		return got.Stdout
	}
	text := list()
	for _, kind := range remediation.Kinds() {
		if !strings.Contains(text, string(kind)+"\n") {
			t.Errorf("the list lacks %s", kind)
		}
	}
	for _, want := range []string{
		`suspend_user\n  fields +user_id\n  scopes +okta.users.manage\n  permissions +okta.users.lifecycle.suspend, okta.users.read\n  from +ACTIVE; leaves SUSPENDED\n  undone by +unsuspend_user\n`,
		`clear_sessions\n  fields +user_id, oauth_tokens \(true or false\), forget_devices \(true or false\)\n(.*\n)+  lost +the sessions and tokens`,
		`delete_user\n(  .*\n)+  guarded +it needs --destructive delete_user\n`, `create_group\n  fields +name, description\n`,
	} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("the list lacks %s:\n%s", want, text)
		}
	}
	var all []listedAction
	if err := json.Unmarshal([]byte(list("--json")), &all); err != nil || len(all) != len(remediation.Kinds()) {
		t.Errorf("%d actions, %v", len(all), err)
	}
}
