package main

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// A delta leaves what a full run would, and says what it changed.
func TestDelta(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"", "--gzip"} {
		o := serve(t, oktatest.Config{Users: 1000})
		args := []string{"--only", "users,group-rules,org", "--out", o.out()}
		full := append(args[:len(args):len(args)], strings.Fields(form)...)
		o.collect(t, full...).Check(t, cli.ExitDone)
		first := readManifest(t, o.out())
		o.collect(t, append(args, "--delta")...).Check(t, cli.ExitDone, "\nChanges since ", " none\n")
		o.AddUser(oktatest.User{Login: "new@example.com"})
		got := o.collect(t, append(args, "--delta")...)
		got.Check(t, cli.ExitDone, "\n  users: 1 added, 0 changed, 0 deleted\n", "1003 objects of 3 resources")
		m := readManifest(t, o.out())
		if m.Report.Delta == nil || !m.Report.Started.After(first.Report.Started) || len(m.Files) != 3 || m.Files[0].Gzip != (form != "") {
			t.Errorf("manifest %+v", m)
		}
		now := read(t, o.out())
		o.collect(t, "--only", "users,group-rules,org", "--out", o.Dir+"/whole").Check(t, cli.ExitDone)
		for key, object := range read(t, o.Dir+"/whole") {
			if now[key] != object {
				t.Errorf("%s: %q, want %q", key, now[key], object)
			}
		}
	}
}

// A delta needs what it can go on from.
func TestDeltaRefuses(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	delta := func(more ...string) []string { return append([]string{"--only", "org", "--delta", "--out"}, more...) }
	o.collect(t, delta(o.out())...).Check(t, cli.ExitUsage, "holds nothing to bring up to date: collect without --delta first")
	o.collect(t, "--only", "org", "--out", o.out(), "--raw").Check(t, cli.ExitDone)
	o.collect(t, delta(o.out())...).Check(t, cli.ExitUsage, "org.ndjson holds raw objects", "collect without --raw first")
	for _, more := range [][]string{{"-"}, {o.out(), "--raw"}, {o.out(), "--gzip"}} {
		o.collect(t, delta(more...)...).Check(t, cli.ExitUsage, "--delta brings the files of --out DIR up to date")
	}
	f := &folder{dir: o.Dir, manifest: manifest{Unfinished: &choices{}}}
	if err := f.beginDelta(nil); err == nil || !strings.Contains(err.Error(), "is not finished: go on with it first") {
		t.Errorf("unfinished: %v", err)
	}
}

// What was read as a whole has a line for each reason, without what the role does not see.
func TestChangesText(t *testing.T) {
	t.Parallel()
	row := func(name string, s inventory.Status, c inventory.Changes) inventory.Row {
		return inventory.Row{Resource: name, Outcome: inventory.Outcome{Status: s}, Changes: &c}
	}
	const unseen = "the last run did not see all of it"
	got := changesText(&inventory.Report{Delta: &inventory.Basis{Events: 2}, Rows: []inventory.Row{
		row("users", inventory.Complete, inventory.Changes{Added: 1, Deleted: 2}),
		row("apps", inventory.Partial, inventory.Changes{Whole: unseen}),
		row("policies", inventory.Complete, inventory.Changes{Whole: "an event does not say which"}),
		row("app-grants", inventory.BeyondRole, inventory.Changes{Whole: unseen}),
		row("zones", inventory.Complete, inventory.Changes{Changed: 3, Whole: unseen}),
		row("org", inventory.Complete, inventory.Changes{}),
	}})
	const want = `, by 2 events of the System Log:
  users: 1 added, 0 changed, 2 deleted
  zones: 0 added, 3 changed, 0 deleted
  read as a whole (the last run did not see all of it): apps, zones
  read as a whole (an event does not say which): policies`
	if !strings.HasSuffix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
