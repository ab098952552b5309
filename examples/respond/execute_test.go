//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// Ctrl-C lets the request on its way finish, and ends the built program with 130
// and a report; the next run goes on, and the undo takes back what the first did.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	binary := programs.Path(t, "respond")
	o := serve(t, oktatest.Config{Faults: []string{"POST /api/v1/users/{id}/lifecycle/suspend #1 delay=500ms"}})
	id := o.AddUser(oktatest.User{Login: "dana@example.com"})
	args := []string{"--playbook", "contain", "--user", id, "--record", filepath.Join(o.Dir, "records.jsonl")}
	digest := digest(t, o.respond(t, args...))
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"--org-url", o.URL, "--ca-file", o.CA, "--approve", digest}, args...)...)
	cmd.Env = append(os.Environ(), "OKTA_API_TOKEN="+o.APIToken())
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	clitest.Await(t, "no write came", func() bool { return len(o.Writes()) > 0 })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != cli.ExitInterrupted {
		t.Fatalf("%v\n%s\n%s", err, &out, &errs)
	}
	clitest.Ran{Status: cli.ExitInterrupted, Stdout: out.String(), Stderr: errs.String()}.Check(t, cli.ExitInterrupted,
		"respond: interrupted:", "done     SUSPENDED", "not_run", "contained: no", "Run the same command again")
	if strings.Contains(out.String()+errs.String(), o.APIToken()) {
		t.Error("the API token is in the output")
	}
	o.want(t, id, "SUSPENDED")
	o.apply(t, args...).Check(t, cli.ExitDone, "contained: yes")
	if len(o.Writes()) != 2 {
		t.Errorf("written: %q", o.Writes())
	}
	o.apply(t, "--undo", filepath.Join(o.Dir, "records.jsonl")).Check(t, cli.ExitDone)
	o.want(t, id, "ACTIVE")
}

// A kill after any write of any playbook leaves a file of records with which the
// next run finishes the job, and a third one sends nothing.
func TestKill(t *testing.T) {
	t.Parallel()
	playbooks := map[string]struct {
		user   oktatest.User
		args   []string
		writes int
		status string
	}{
		"contain": {oktatest.User{Factors: []string{"push"}, Sessions: 1}, []string{"--reset-password", "--reset-factors",
			"--destructive", "set_password", "--destructive", "reset_factors"}, 4, "SUSPENDED"},
		"release":    {oktatest.User{Status: "SUSPENDED"}, nil, 1, "ACTIVE"},
		"quarantine": {oktatest.User{}, []string{"--group", "Quarantine"}, 3, "ACTIVE"},
		"offboard": {oktatest.User{Sessions: 1}, []string{"--delete", "--destructive", "deactivate_user", "--destructive", "revoke_grants",
			"--destructive", "delete_user"}, 3, "gone"},
	}
	for playbook, test := range playbooks {
		for n := 1; n <= test.writes; n++ {
			t.Run(fmt.Sprint(playbook, " ", n), func(t *testing.T) {
				t.Parallel()
				o := serve(t, oktatest.Config{Latency: 20 * time.Millisecond}) // a write takes effect before its answer
				id := o.AddUser(test.user)
				for _, name := range []string{"Sales", "Staff"} {
					o.AddGroup(oktatest.Group{Name: name, Members: []string{id}})
				}
				o.AddGroup(oktatest.Group{Name: "Quarantine"})
				args := append([]string{"--playbook", playbook, "--user", id, "--record", filepath.Join(o.Dir, "records.jsonl")}, test.args...)
				digest := digest(t, o.respond(t, args...))
				cmd := exec.CommandContext(t.Context(), programs.Path(t, "respond"), append([]string{"--org-url", o.URL, "--ca-file", o.CA, "--approve", digest}, args...)...)
				cmd.Env = append(os.Environ(), "OKTA_API_TOKEN="+o.APIToken())
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				clitest.Await(t, "no write came", func() bool { return len(o.Writes()) >= n })
				_ = cmd.Process.Kill() // it may be over
				_ = cmd.Wait()

				if status, _ := o.user(t, id); status != "gone" {
					o.apply(t, args...)
				}
				o.want(t, id, test.status)
				if _, groups := o.user(t, id); playbook == "quarantine" && strings.Join(groups, " ") != "Everyone Quarantine" {
					t.Errorf("groups: %q", groups)
				}
				written := len(o.Writes())
				if written > test.writes+1 {
					t.Errorf("written: %q", o.Writes())
				}
				if test.status != "gone" {
					o.apply(t, args...).Check(t, cli.ExitDone)
				}
				if more := o.Writes()[written:]; len(more) > 0 {
					t.Errorf("written again: %q", more)
				}
			})
		}
	}
}
