package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// Actions on users are done for each user in the order of the flags, those on
// groups and rules once and in between.
func TestActions(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	a, b := o.AddUser(oktatest.User{Login: "a@example.com"}), o.AddUser(oktatest.User{Login: "b@example.com"})
	group := o.AddGroup(oktatest.Group{Name: "Sales", Members: []string{a, b}})
	rule := o.AddRule(oktatest.Rule{Name: "Sellers", Expression: `user.department=="none"`, Groups: []string{group}})
	got := o.apply(t, "--user", "a@example.com", "--user", "b@example.com", "--group", "Sales",
		"--action", "suspend_user", "--action", "clear_sessions",
		"--action", `{"kind":"deactivate_group_rule","rule_id":"`+rule+`"}`, "--action", "remove_group_member")
	got.Check(t, cli.ExitDone)
	if strings.Contains(got.Stdout, "contained") {
		t.Errorf("nobody has asked to contain:\n%s", got.Stdout)
	}
	var steps []string
	for _, m := range regexp.MustCompile(`(?m)^\d +(\w+)(?: 00g\w+)? +\S+(?: rule)? (\S+).* run`).FindAllStringSubmatch(got.Stdout, -1) {
		steps = append(steps, m[1]+" "+m[2])
	}
	want := "suspend_user a@example.com,clear_sessions a@example.com,suspend_user b@example.com,clear_sessions b@example.com," +
		"deactivate_group_rule Sellers,remove_group_member a@example.com,remove_group_member b@example.com"
	if strings.Join(steps, ",") != want {
		t.Errorf("steps %s\n%s", strings.Join(steps, ","), got.Stdout)
	}
	if !strings.Contains(clitest.ReadFile(t, o.records()), `"oauth_tokens":true,"forget_devices":true`) {
		t.Error("clear_sessions leaves the tokens")
	}
	o.apply(t, "--action", `{"kind":"create_group","name":"New one"}`).Check(t, cli.ExitDone, "create_group")
	o.apply(t, "--action", "add_group_member", "--user", a, "--group", "New one").Check(t, cli.ExitDone)
	if _, groups := o.user(t, a); strings.Join(groups, ",") != "Everyone,New one" {
		t.Errorf("groups %q", groups)
	}
	o.respond(t, "--action", `{"kind":"suspend_user","user_id":"`+a+`"}`).Check(t, cli.ExitDone, "a@example.com", "the user is SUSPENDED")
}

// Secrets go to the file of --secrets, and nowhere else.
func TestSecrets(t *testing.T) {
	t.Parallel()
	for action, status := range map[string]string{
		"expire_password_with_temp_password": "ACTIVE", "reset_password": "LOCKED_OUT", "activate_user": "STAGED", "reactivate_user": "PROVISIONED",
	} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			o := serve(t, oktatest.Config{})
			o.AddUser(oktatest.User{Login: "dana@example.com", Status: status, NoPassword: status == "STAGED"})
			args := []string{"--action", action, "--user", "dana@example.com", "--destructive", "expire_password_with_temp_password", "--destructive", "reset_password"}
			o.respond(t, args...).Check(t, cli.ExitUsage, "the answer to "+action+" is a temporary password or a link", "--secrets FILE")
			file := filepath.Join(o.Dir, "secrets.jsonl")
			args = append(args, "--secrets", file)
			digest := digest(t, o.respond(t, args...))
			if _, err := os.Stat(file); err == nil || len(o.Writes()) != 0 {
				t.Errorf("the plan has written %q, %v", o.Writes(), err)
			}
			got := o.respond(t, append(args, "--approve", digest, "--json")...)
			got.Check(t, cli.ExitDone, "1 secret kept in "+file)
			var kept struct{ User, Action, Secret string }
			if err := json.Unmarshal([]byte(clitest.ReadFile(t, file)), &kept); err != nil || kept.User != "dana@example.com" || kept.Action != action || len(kept.Secret) < 8 {
				t.Errorf("kept %q, %v", clitest.ReadFile(t, file), err)
			}
			if strings.Contains(got.Stdout+got.Stderr+clitest.ReadFile(t, o.records()), kept.Secret) {
				t.Error("the secret is in the output or in the records")
			}
			if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			o.respond(t, args...).Check(t, cli.ExitUsage, "is there already")
		})
	}
}

// An answer that goes by mail is no secret, and a file without secrets does not
// stay.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	id := o.AddUser(oktatest.User{})
	file := filepath.Join(o.Dir, "secrets.jsonl")
	args := []string{"--action", `{"kind":"reset_password","send_email":true}`, "--user", id, "--destructive", "reset_password", "--secrets", file}
	digest := digest(t, o.respond(t, args...))
	o.respond(t, append(args, "--approve", digest)...).Check(t, cli.ExitDone)
	o.want(t, id, "RECOVERY")
	if _, err := os.Stat(file); err == nil {
		t.Error("an empty file of secrets is left")
	}
}

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
