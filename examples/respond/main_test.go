package main

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// Without arguments an attack in a simulated org is contained and taken back, and
// nothing is left on the disk.
func TestDemonstration(t *testing.T) {
	t.Parallel()
	got := clitest.Setup{}.Run(t, "respond", run)
	if got.Status != cli.ExitDone {
		t.Fatalf("status %d\n%s\n%s", got.Status, got.Stdout, got.Stderr)
	}
	if !strings.HasPrefix(got.Stderr, "No org was named, so this is a demonstration") {
		t.Errorf("standard error begins %.100s", got.Stderr)
	}
	for _, want := range []string{
		`(?m)^1  suspend_user +user dana@example.com \(00u\w{17}\) +ACTIVE +run +leaves it SUSPENDED$`,
		`(?m)^3  suspend_user +user omar@example.com .* refused +the user holds ORG_ADMIN; it is acted on only if --allow names it$`,
		`(?m)^5  suspend_user +user lee@example.com .* LOCKED_OUT +impossible .*; possible: deactivate_user, unlock_user$`,
		`(?m)^cannot be undone: steps 2, 6: clear_sessions loses the sessions and tokens`,
		`(?m)^contained: yes +user dana@example.com `, `(?m)^contained: no +user omar@example.com `, `(?m)^contained: no +user lee@example.com `,
		`(?m)^1  unsuspend_user +user dana@example.com .* done +ACTIVE$`, `(?m)^digest: [0-9a-f]{64}$`,
	} {
		if !regexp.MustCompile(want).MatchString(got.Stdout) {
			t.Errorf("standard output lacks %s:\n%s", want, got.Stdout)
		}
	}
	for _, want := range []string{`(?m)^System Log: user.session.start of dana@example.com`, `(?m)^approved by: demonstration$`, `(?m)^The org is as it was before`} {
		if !regexp.MustCompile(want).MatchString(got.Stderr) {
			t.Errorf("standard error lacks %s:\n%s", want, got.Stderr)
		}
	}
	m := regexp.MustCompile(`(?m)^records are kept in (.*)$`).FindStringSubmatch(got.Stderr)
	if m == nil {
		t.Fatalf("it does not say where the records are:\n%s", got.Stderr)
	}
	if _, err := os.Stat(filepath.Dir(m[1])); err == nil {
		t.Errorf("%s is left", m[1])
	}
}

// A user is contained in two calls of the command, and released by the undo; each
// of them done twice does nothing more.
func TestContainAndUndo(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	id := o.AddUser(oktatest.User{Login: "dana@example.com", Sessions: 1, Clients: []string{"0oamail"}})
	o.SignIn(id)
	args := []string{"--playbook", "contain", "--user", "Dana@example.com"}
	plan := o.respond(t, args...)
	plan.Check(t, cli.ExitDone, "2 of 2 steps would run", "leaves it SUSPENDED", "cannot be undone: step 2: clear_sessions loses", "nothing was written", "--approve "+digest(t, plan)[:12])
	if _, err := os.Stat(o.records()); err == nil || len(o.Writes()) != 0 {
		t.Fatalf("the plan has written %q, %v", o.Writes(), err)
	}
	o.SignIn(id) // the attacker goes on, and the approval stands
	ran := o.respond(t, append(args, "--approve", digest(t, plan)[:12], "--by", "alice")...)
	ran.Check(t, cli.ExitDone, "contained: yes  user dana@example.com ("+id+")", "records are kept in "+o.records(), "--undo "+o.records()+" --of "+digest(t, plan)[:12],
		"1 of 2: done: suspend_user of user dana@example.com ("+id+")\n")
	if o.want(t, id, "SUSPENDED"); o.Sessions(id) != 0 {
		t.Errorf("%d sessions", o.Sessions(id))
	}
	if file := clitest.ReadFile(t, o.records()); !strings.Contains(file, `"approved_by":"alice"`) || strings.Count(file, "\n") != 4 {
		t.Errorf("records:\n%s", file)
	}
	for path, want := range map[string]os.FileMode{o.records(): 0o600, filepath.Dir(o.records()): 0o700} {
		if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	writes := len(o.Writes())
	o.respond(t, args...).Check(t, cli.ExitDone, "0 of 2 steps would run", "nothing to do")
	o.respond(t, append(args, "--approve", digest(t, plan))...).Check(t, cli.ExitDone, "nothing to do", "contained: yes")
	if len(o.Writes()) != writes {
		t.Errorf("once more: %q", o.Writes()[writes:])
	}
	undo := []string{"--undo", o.records()}
	o.apply(t, undo...).Check(t, cli.ExitDone, "1 of 1 step would run", "clear_sessions of user dana@example.com", "cannot be undone")
	o.want(t, id, "ACTIVE")
	o.respond(t, undo...).Check(t, cli.ExitDone, "0 of 0 steps would run", "nothing to do")
}

// Of a file with several runs one is taken back.
func TestUndoOf(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	var ids, digests []string
	for range 2 {
		id := o.AddUser(oktatest.User{})
		ids = append(ids, id)
		digests = append(digests, digest(t, o.apply(t, "--playbook", "contain", "--user", id)))
	}
	o.apply(t, "--undo", o.records(), "--of", digests[1][:12]).Check(t, cli.ExitDone, "1 of 1 step would run")
	o.want(t, ids[0], "SUSPENDED")
	o.want(t, ids[1], "ACTIVE")
}

// Nothing is written that nobody has approved.
func TestApproval(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	id := o.AddUser(oktatest.User{Login: "dana@example.com"})
	args := []string{"--playbook", "contain", "--user", id}
	digest := digest(t, o.respond(t, args...))
	o.respond(t, append(args, "--apply")...).Check(t, cli.ExitUsage, "--apply asks at a terminal, and this is none", "--approve "+digest[:12], "digest: "+digest)
	wrong := strings.Repeat("0123456789ab", 2)
	o.respond(t, append(args, "--approve", wrong)...).Check(t, cli.ExitIncomplete, "about another plan, so nothing was written", "its digest is "+digest)
	o.respond(t, append(args, "--json", "--approve", wrong)...).Check(t, cli.ExitIncomplete, `"digest": "`+digest+`"`)
	o.respond(t, append(args, "--approve", digest[:11])...).Check(t, cli.ExitUsage, "first 12 characters or more")
	o.respond(t, append(args, "--approve", strings.ToUpper(digest))...).Check(t, cli.ExitUsage, "digest that a plan shows")
	o.respond(t, append(args, "--approve", digest, "--apply")...).Check(t, cli.ExitUsage, "give one of them")
	// The plan is another one as soon as the user is.
	o.SetUserStatus(id, "LOCKED_OUT")
	o.respond(t, append(args, "--approve", digest)...).Check(t, cli.ExitIncomplete, "about another plan")
	o.SetUserStatus(id, "ACTIVE")
	for _, answer := range []string{"", "\n", "no\n", "n\n", "yes please\n", "ye\n", "j\n"} {
		var asked string
		got := o.respondIn(t, clitest.Setup{Ask: clitest.Answers(answer, &asked), OutWidth: 80}, append(args, "--apply")...)
		got.Check(t, cli.ExitDone, "nothing was written")
		if asked != "2 steps will run in "+o.URL+". Run them? Type y or yes; anything else is no: \n" || strings.Contains(got.Stderr, "VERDICT") {
			t.Errorf("asked %q\n%s", asked, got.Stderr)
		}
	}
	if len(o.Writes()) != 0 {
		t.Fatalf("written: %q", o.Writes())
	}
	// Where standard output is a file, the plan is shown with the question.
	for i, answer := range []string{"y\n", "Yes\n", " yes \n"} {
		id := o.AddUser(oktatest.User{Sessions: 1})
		var asked string
		got := o.respondIn(t, clitest.Setup{Ask: clitest.Answers(answer, &asked)}, "--playbook", "contain", "--user", id, "--apply", "--json")
		got.Check(t, cli.ExitDone)
		if len(o.Writes()) != 2*(i+1) || !strings.Contains(got.Stderr, "VERDICT") || !strings.HasPrefix(got.Stdout, "{") {
			t.Errorf("%q: written %q\n%s\n%s", answer, o.Writes(), got.Stdout, got.Stderr)
		}
	}
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
