package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
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

// Each playbook does its work, by a plan and an approval.
func TestPlaybooks(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	add := func(login string, u oktatest.User) string {
		u.Login = login
		return o.AddUser(u)
	}
	suspended, locked := add("s@example.com", oktatest.User{Status: "SUSPENDED"}), add("l@example.com", oktatest.User{Status: "LOCKED_OUT"})
	o.apply(t, "--playbook", "release", "--user", "s@example.com", "--user", "l@example.com").Check(t, cli.ExitDone, "unsuspend_user", "unlock_user")
	o.want(t, suspended, "ACTIVE")
	o.want(t, locked, "ACTIVE")

	stuck := add("stuck@example.com", oktatest.User{Status: "LOCKED_OUT", Sessions: 1})
	args := []string{"--playbook", "contain", "--user", "stuck@example.com"}
	o.respond(t, args...).Check(t, cli.ExitIncomplete, "1 of 2 steps would not run", "next: --otherwise-deactivate --destructive deactivate_user")
	o.apply(t, args...).Check(t, cli.ExitIncomplete, "contained: no  user stuck@example.com", "1 of 2 steps not done")
	args = append(args, "--otherwise-deactivate")
	o.respond(t, args...).Check(t, cli.ExitIncomplete, "next: --destructive deactivate_user lets it run", "it runs only if --destructive names it")
	o.apply(t, append(args, "--destructive", "deactivate_user")...).Check(t, cli.ExitDone, "contained: yes")
	o.want(t, stuck, "DEPROVISIONED")

	full := add("full@example.com", oktatest.User{Factors: []string{"push", "sms"}, Sessions: 2})
	o.apply(t, "--playbook", "contain", "--user", "full@example.com", "--reset-password", "--reset-factors",
		"--destructive", "set_password", "--destructive", "reset_factors").Check(t, cli.ExitDone, "contained: yes")
	o.want(t, full, "SUSPENDED")

	gone := add("gone@example.com", oktatest.User{Clients: []string{"0oamail"}})
	o.apply(t, "--playbook", "offboard", "--delete", "--user", "gone@example.com",
		"--destructive", "deactivate_user", "--destructive", "revoke_grants", "--destructive", "delete_user").Check(t, cli.ExitDone)
	o.want(t, gone, "gone")
}

// A user in quarantine is in no other group but those that were kept, and is put
// back by the undo.
func TestQuarantine(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	var ids []string
	for _, login := range []string{"dana@example.com", "eve@example.com"} {
		ids = append(ids, o.AddUser(oktatest.User{Login: login}))
	}
	sales := o.AddGroup(oktatest.Group{Name: "Sales", Members: ids})
	o.AddGroup(oktatest.Group{Name: "All & \"some\"", Members: ids})
	o.AddGroup(oktatest.Group{Name: "Quarantine"})
	o.AddRule(oktatest.Rule{Name: "Keep them in", Expression: `user.department=="none"`, Groups: []string{sales}})
	args := []string{"--playbook", "quarantine", "--group", "Quarantine", "--keep", `All & "some"`, "--user", ids[0], "--user", ids[1]}
	o.respond(t, args...).Check(t, cli.ExitDone, "warning: steps 2, 4: the group rule Keep them in")
	o.apply(t, args...).Check(t, cli.ExitDone)
	for _, id := range ids {
		if _, groups := o.user(t, id); strings.Join(groups, ",") != `Everyone,All & "some",Quarantine` {
			t.Errorf("groups %q", groups)
		}
	}
	// What was done to one of them is taken back.
	o.respond(t, "--undo", o.records(), "--of", "000000000000").Check(t, cli.ExitUsage, "has no records of the plan --of 000000000000")
	o.apply(t, "--undo", o.records(), "--user", "eve@example.com").Check(t, cli.ExitDone, "2 of 2 steps would run")
	for id, want := range map[string]string{ids[0]: `Everyone,All & "some",Quarantine`, ids[1]: `Everyone,Sales,All & "some"`} {
		if _, groups := o.user(t, id); strings.Join(groups, ",") != want {
			t.Errorf("after the undo: groups %q, want %s", groups, want)
		}
	}
	o.respond(t, "--playbook", "quarantine", "--group", "None", "--user", ids[0]).Check(t, cli.ExitUsage, `--group "None": there is no such group`, "create_group")
	o.respond(t, "--playbook", "quarantine", "--group", sales, "--keep", "None", "--user", ids[0]).Check(t, cli.ExitUsage, `--keep "None"`)
}
