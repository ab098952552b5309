package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// Many users come from standard input or a file, and only as many as are meant.
func TestBulk(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	var list strings.Builder
	list.WriteString("\ufeff# from the SIEM\n\n")
	for i := range 30 {
		login := fmt.Sprintf("user%d@example.com", i)
		id := o.AddUser(oktatest.User{Login: login, Sessions: 1})
		fmt.Fprintf(&list, "%s\r\n%s\n", login, id) // named twice, acted on once
	}
	file := o.File(t, "list", list.String())
	args := []string{"--playbook", "contain", "--user", "-", "--json"}
	in := func(more ...string) clitest.Ran {
		return o.respondIn(t, clitest.Setup{Stdin: strings.NewReader(list.String())}, append(args, more...)...)
	}
	in().Check(t, cli.ExitUsage, "more than 25 users (line 28 of standard input)", "--max-targets")
	in("--max-targets", "40").Check(t, cli.ExitUsage, "more than 40 users")
	if len(o.Requests()) != 0 {
		t.Errorf("%d requests before the list was refused", len(o.Requests()))
	}
	var plan struct {
		Digest  string
		WillRun int `json:"will_run"`
		OrgURL  string
		Steps   []struct{ Verdict string }
	}
	got := in("--max-targets", "60")
	if err := json.Unmarshal([]byte(got.Stdout), &plan); err != nil || plan.WillRun != 60 || len(plan.Steps) != 60 || plan.Steps[59].Verdict != "run" {
		t.Fatalf("%v: %.300s\n%s", err, got.Stdout, got.Stderr)
	}
	o.respond(t, "--playbook", "contain", "--user", "@"+file, "--max-targets", "60").Check(t, cli.ExitDone, "cannot be undone: steps 2, 4, 6, 8, 10, 12, 14, 16 and 22 more: clear_sessions", "digest: "+plan.Digest)
	ran := o.respond(t, "--playbook", "contain", "--user", "@"+file, "--json", "--max-targets", "60", "--approve", plan.Digest)
	var report struct {
		OK        bool
		Digest    string
		Records   string `json:"record_file"`
		Contained []struct{ Contained bool }
		Steps     []struct{ Outcome string }
	}
	if err := json.Unmarshal([]byte(ran.Stdout), &report); err != nil || !report.OK || len(report.Contained) != 30 || len(report.Steps) != 60 ||
		!report.Contained[29].Contained || report.Steps[0].Outcome != "done" || report.Digest != plan.Digest || report.Records != o.records() {
		t.Errorf("%v: %.500s\n%s", err, ran.Stdout, ran.Stderr)
	}
	if ran.Status != cli.ExitDone || len(o.Writes()) != 60 {
		t.Errorf("status %d, %d writes", ran.Status, len(o.Writes()))
	}
}

// All who are not known are told at once, with their lines, and nothing is done.
func TestUnknownUsers(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	o.AddUser(oktatest.User{Login: "dana@example.com"})
	got := o.respondIn(t, clitest.Setup{Stdin: strings.NewReader("dana@example.com\n# no\n\nnobody@example.com\ndan\n")},
		"--playbook", "contain", "--user", "-", "--user", "00u0000000000000zzzz", "--user", "me")
	got.Check(t, cli.ExitUsage, "4 of 5 users were not found, so nothing was done:", `line 4 of standard input: "nobody@example.com": there is no such user`,
		`line 5 of standard input: "dan"`, `--user: "00u0000000000000zzzz"`, `--user: "me"`)
	if len(o.Writes()) != 0 || got.Stdout != "" {
		t.Errorf("written %q\n%s", o.Writes(), got.Stdout)
	}
	for in, want := range map[string]string{
		"dana@example.com\ndana smith\n":           "standard input: line 2 of the targets has more than one word",
		strings.Repeat("x", 2000):                  "standard input: line 1",
		"# nobody\n":                               "--user names nobody",
		"a@example.com\n" + strings.Repeat(" ", 8): "1 of 1 users were not found",
	} {
		o.respondIn(t, clitest.Setup{Stdin: strings.NewReader(in)}, "--playbook", "contain", "--user", "-").Check(t, cli.ExitUsage, want)
	}
	o.respond(t, "--playbook", "contain", "--user", "@"+o.Dir+"/none").Check(t, cli.ExitUsage, "no such file")
}

// Who is not known can be left out: the others are acted on, and the end says that the
// job is not complete.
func TestSkipUnknown(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	dana := o.AddUser(oktatest.User{Login: "dana@example.com", Sessions: 1})
	args := []string{"--playbook", "contain", "--user", "dana@example.com", "--user", "nobody@example.com", "--skip-unknown"}
	o.apply(t, args...).Check(t, cli.ExitIncomplete, "left out, since they were not found", `"nobody@example.com"`, "1 user not found and left out")
	if status, _ := o.user(t, dana); status != "SUSPENDED" {
		t.Errorf("status %s", status)
	}
	o.respond(t, "--playbook", "contain", "--user", "nobody@example.com", "--skip-unknown").Check(t, cli.ExitUsage, "1 of 1 users were not found")
}

// Guards refuse, and their flags take back by name what they name.
func TestGuards(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	dana, omar := o.AddUser(oktatest.User{Login: "dana@example.com"}), o.AddUser(oktatest.User{Login: "omar@example.com", Roles: []string{"ORG_ADMIN"}})
	o.AddGroup(oktatest.Group{Name: "The board", Members: []string{dana}})
	args := []string{"--playbook", "contain", "--user", "omar@example.com", "--user", "dana@example.com"}
	o.respond(t, args...).Check(t, cli.ExitIncomplete, "2 of 4 steps would not run", "the user holds ORG_ADMIN", "next: --allow omar@example.com lets it run")
	o.respond(t, append(args, "--protect", "The board")...).Check(t, cli.ExitIncomplete, "4 of 4 steps would not run", "the user is in the protected group The board")
	o.respond(t, append(args, "--protect", "the bord")...).Check(t, cli.ExitUsage, `--protect "the bord": there is no user and no group of that name`)
	o.respond(t, append(args, "--allow", "nobody@example.com")...).Check(t, cli.ExitUsage, "--allow")
	o.apply(t, append(args, "--protect", "DANA@example.com", "--allow", "omar@example.com")...).Check(t, cli.ExitIncomplete, "contained: yes  user omar@example.com", "contained: no   user dana@example.com", "the user is protected")
	o.want(t, dana, "ACTIVE")
	o.want(t, omar, "SUSPENDED")

	// Who owns a token, the one at work or another, is left alone.
	o.NewAPIToken()
	owner := o.respond(t, "--playbook", "contain", "--user", "org.owner.1@example.com", "--user", "test.admin.4@example.com")
	owner.Check(t, cli.ExitIncomplete, "the user owns the API token that does the work", "next: to act on the owner of this credential, use another one",
		"next: --allow test.admin.4@example.com lets it run, if what uses that API token may stop")
	// A group that carries a role is an admin, too.
	admins := o.AddGroup(oktatest.Group{Name: "Admins", Roles: []string{"USER_ADMIN"}})
	o.respond(t, "--action", "add_group_member", "--group", "Admins", "--user", dana).Check(t, cli.ExitIncomplete, "the group "+admins+" carries USER_ADMIN", "next: --allow GROUP_ID")
	o.respond(t, "--action", "add_group_member", "--group", "Admins", "--user", dana, "--allow", "Admins").Check(t, cli.ExitDone, "1 of 1 step would run")
	// What somebody has called a group does not reach the terminal.
	evil := o.AddGroup(oktatest.Group{Name: "\x1b[2K\u202egood", Members: []string{dana}})
	got := o.respond(t, "--playbook", "contain", "--user", dana, "--protect", evil)
	if got.Check(t, cli.ExitIncomplete, "[2K"); strings.ContainsAny(got.Stdout+got.Stderr, "\x1b\u202e") {
		t.Errorf("control characters are printed: %q", got.Stdout)
	}
}
