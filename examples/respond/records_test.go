package main

import (
	"path/filepath"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// A record that cannot be written keeps the request from being sent.
func TestNoRecord(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	id := o.AddUser(oktatest.User{})
	args := []string{"--playbook", "contain", "--user", id, "--record", filepath.Join(o.Dir, "none", "records")}
	digest := digest(t, o.respond(t, args...))
	o.respond(t, append(args, "--approve", digest)...).Check(t, cli.ExitFailed, "nothing was sent", "not_run", "0 of 2 steps done. Run the same command again")
	if len(o.Writes()) != 0 {
		t.Errorf("written: %q", o.Writes())
	}
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
