package main

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

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
		clitest.Await(t, "the writes are not logged", func() bool { return len(o.Writes()) >= 2*(i+1) })
		if len(o.Writes()) != 2*(i+1) || !strings.Contains(got.Stderr, "VERDICT") || !strings.HasPrefix(got.Stdout, "{") {
			t.Errorf("%q: written %q\n%s\n%s", answer, o.Writes(), got.Stdout, got.Stderr)
		}
	}
}

// At a terminal the plan fits, and is asked about; what is no yes writes nothing,
// and Ctrl-C at the question ends the program as an interrupt does anywhere.
func TestAskedAtTerminal(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	id := o.AddUser(oktatest.User{Login: strings.Repeat("dana.", 8) + "diaz@example.com"})
	o.AddUser(oktatest.User{Login: "omar@example.com", Roles: []string{"ORG_ADMIN"}})
	args := append(o.Flags(), "--playbook", "contain", "--user", id, "--user", "omar@example.com", "--apply")
	for _, tt := range []struct {
		keys   string
		width  int
		status int
		want   string
	}{
		{"n\n", 80, cli.ExitDone, "nothing was written"}, {"\x03", 120, cli.ExitInterrupted, "respond: interrupted: nothing was written"},
		{"y\n", 80, cli.ExitIncomplete, "contained: yes"},
	} {
		term := clitest.OpenTerminal(t, tt.width)
		cmd := term.Start(t, []string{"HOME=" + t.TempDir(), "OKTA_API_TOKEN=" + o.APIToken()}, programs.Path(t, "respond"), args...)
		if term.Await(t, "is no: "); len(o.Writes()) != 0 {
			t.Errorf("written before the answer: %q", o.Writes())
		}
		term.Type(t, tt.keys)
		_ = cmd.Wait()
		term.Await(t, tt.want)
		if term.CheckWidth(t); cmd.ProcessState.ExitCode() != tt.status || !strings.Contains(term.Shown(), "("+id+")") {
			t.Errorf("%q: %v, want %d\n%s", tt.keys, cmd.ProcessState, tt.status, term.Shown())
		}
	}
	if len(o.Writes()) != 2 {
		t.Errorf("written: %q", o.Writes())
	}
}
