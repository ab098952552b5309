package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

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
