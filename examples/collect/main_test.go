package main

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// some are resources that every test org has, and of which nothing is beyond a role.
const some = "users,group-rules,api-tokens,org,org-client-privileges"

// A run leaves a file for each resource, and a manifest that says what they are.
func TestFolder(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{Users: 450})
	got := o.collect(t, "--only", some, "--out", o.out())
	got.Check(t, cli.ExitDone, "users                  451      4         complete", "\nComplete: 454 objects of 5 resources\n")
	want := []string{"api-tokens.ndjson", "checkpoint.json", "group-rules.ndjson", "manifest.json", "org-client-privileges.ndjson", "org.ndjson", "users.ndjson"}
	if names := files(t, o.out()); !slices.Equal(names, want) {
		t.Errorf("files %q", names)
	}
	if users := of(read(t, o.out()), "users"); !slices.Equal(users, o.ids(t, "users")) {
		t.Errorf("%d users of %d", len(users), len(o.ids(t, "users")))
	}
	m := readManifest(t, o.out())
	if m.Format != 1 || m.OrgURL != o.URL || m.OrgID != o.ID() || m.Unfinished != nil || m.Report == nil || len(m.Report.Rows) != 5 || len(m.Files) != 5 {
		t.Errorf("manifest %+v", m)
	}
	if row, _ := m.Report.Row("users"); row.Count != 451 || row.Status != inventory.Complete {
		t.Errorf("row %+v", row)
	}
}

// Names take the place of the core resources, may be repeated, and leave the files of
// others as they are.
func TestOnly(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{Users: 5})
	o.collect(t, "--only", "users", "--only", "org", "--out", o.out()).Check(t, cli.ExitDone, "of 2 resources")
	before, first := read(t, o.out()), readManifest(t, o.out())
	o.AddUser(oktatest.User{Login: "new@example.com"})
	o.collect(t, "--only", "org", "--out", o.out(), "--gzip").Check(t, cli.ExitDone, "of 1 resource\n")
	m := readManifest(t, o.out())
	if len(m.Files) != 2 || m.Files[0].Name != "users.ndjson" || m.Files[0].Gzip || m.Files[1].Name != "org.ndjson.gz" || !m.Files[1].Gzip {
		t.Errorf("files %+v", m.Files)
	}
	if !m.Files[1].Finished.After(m.Files[0].Finished) || m.Files[0].Bytes == 0 {
		t.Errorf("files %+v", m.Files)
	}
	if rows := m.Report.Rows; len(rows) != 2 || rows[0].Resource != "users" || rows[0].Count != 6 || !m.Report.Started.Equal(first.Report.Started) || !m.Report.Finished.After(first.Report.Finished) {
		t.Errorf("report %+v", m.Report)
	}
	if after := read(t, o.out()); len(after) != len(before) {
		t.Errorf("%d objects, want %d", len(after), len(before))
	}
}

// --gzip and --raw change how objects are written, not which.
func TestForms(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{Users: 30})
	o.collect(t, "--only", some, "--out", o.Dir+"/plain").Check(t, cli.ExitDone)
	o.collect(t, "--only", some, "--out", o.Dir+"/gz", "--gzip").Check(t, cli.ExitDone)
	plain, packed := read(t, o.Dir+"/plain"), read(t, o.Dir+"/gz")
	for key, object := range plain {
		if packed[key] != object && !strings.HasPrefix(key, "api-tokens") { // it was used meanwhile
			t.Errorf("%s: %s, compressed %s", key, object, packed[key])
		}
	}
	o.collect(t, "--only", "users", "--out", o.Dir+"/raw", "--raw").Check(t, cli.ExitDone)
	lines := strings.Split(strings.TrimSpace(clitest.ReadFile(t, o.Dir+"/raw/users.ndjson")), "\n")
	for _, line := range lines {
		var user struct{ ID string }
		if err := json.Unmarshal([]byte(line), &user); err != nil || plain["users /"+user.ID] != line {
			t.Errorf("%v: %s", err, line)
		}
	}
	if len(lines) != 31 {
		t.Errorf("%d lines", len(lines))
	}
}

// With --out - the objects go to standard output, alone, and the report to standard
// error.
func TestStandardOutput(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{Users: 30})
	got := o.collect(t, "--only", "users,org", "--out", "-")
	got.Check(t, cli.ExitDone)
	seen := make(map[string]int)
	for line := range strings.Lines(got.Stdout) {
		var object inventory.Object
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Fatal(err)
		}
		seen[object.Resource]++
	}
	if seen["users"] != 31 || seen["org"] != 1 || !strings.Contains(got.Stderr, "\nComplete: 32 objects of 2 resources\n") {
		t.Errorf("%v\n%s", seen, got.Stderr)
	}
	z, err := gzip.NewReader(strings.NewReader(o.collect(t, "--only", "org", "--out", "-", "--gzip", "--raw").Stdout))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	var object struct{ ID string }
	if err2 := json.Unmarshal(text, &object); err != nil || err2 != nil || object.ID != o.ID() {
		t.Errorf("%v, %v: %s", err, err2, text)
	}
}

// What the role does not reach is no failure, unless --strict says so. What it should
// reach is one, and what the org does not answer is another.
func TestStatuses(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{Users: 3, Faults: []string{"GET /api/v1/api-tokens answer=404"}})
	reader := o.app(t, oktatest.ServiceApp{Scopes: scopes.Visibility, Roles: []string{"READ_ONLY_ADMIN"}})
	nobody := o.app(t, oktatest.ServiceApp{Scopes: scopes.Visibility})
	narrow := o.app(t, oktatest.ServiceApp{Scopes: scopes.New(scopes.UsersRead), Roles: []string{"READ_ONLY_ADMIN"}})
	for name, tt := range map[string]struct {
		flags  []string
		only   string
		more   []string
		status int
		want   []string
	}{
		"complete":        {reader, "users,org", []string{"--strict"}, cli.ExitDone, []string{"\nComplete: "}},
		"partial":         {reader, "users,apps", nil, cli.ExitDone, []string{"\nPartial: 1 resource\n  apps: ", "All that this role reaches is complete", "1 partial\n"}},
		"strict":          {reader, "users,apps", []string{"--strict"}, cli.ExitIncomplete, []string{"collect: --strict: 1 resource not complete"}},
		"no role":         {nobody, "users", nil, cli.ExitIncomplete, []string{"\nRefused: 1 resource\n  users: ", "collect: 1 resource refused, which should be there", "(a Super Admin can)"}},
		"not asked":       {narrow, "users,org", nil, cli.ExitIncomplete, []string{"\nRefused: 1 resource\n  org: the credential does not ask for okta.orgs.read"}},
		"failed":          {reader, "users,api-tokens", nil, cli.ExitFailed, []string{"\nFailed: 1 resource\n  api-tokens: ", "Not all that this role reaches is complete", "collect: 1 resource failed"}},
		"failed, refused": {nobody, "users,api-tokens", nil, cli.ExitFailed, []string{"1 failed", "1 refused"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := slices.Concat(tt.flags, []string{"--only", tt.only, "--out", t.TempDir()}, tt.more)
			clitest.Setup{}.Run(t, "collect", run, args...).Check(t, tt.status, tt.want...)
			got := clitest.Setup{}.Run(t, "collect", run, append(args, "--json")...)
			got.Check(t, tt.status)
			var printed printedReport
			got.Unmarshal(t, &printed)
			failed := printed.Failure != nil
			if failed != (tt.status != cli.ExitDone) || failed && printed.Failure.Status != tt.status || printed.OK != printed.Report.OK() || len(printed.Rows) == 0 {
				t.Errorf("printed %+v", printed)
			}
		})
	}
}

// A wrong credential is found out before anything is written.
func TestRefusedCredential(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	setup := clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": "00wrong"}}
	got := setup.Run(t, "collect", run, append(o.Flags(), "--out", o.out(), "--json")...)
	got.Check(t, cli.ExitFailed, "401")
	got.Unmarshal(t, &struct{}{})
	if strings.Contains(got.Stdout+got.Stderr, "00wrong") {
		t.Error("the token is in the output")
	}
}

// The share of the limits reaches the transport: of 20 requests a minute, 4.
func TestShare(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	p := &cli.Program{Name: "collect", Args: append(o.Flags(), "--share", "0.2", "--out", "-"), Stderr: io.Discard, Getenv: func(string) string { return o.APIToken() }}
	opts, err := parse(p)
	if err != nil {
		t.Fatal(err)
	}
	opts.conn.Org = clitest.MustOrg(t, o.URL)
	j := &job{Program: p, options: opts}
	if err := j.connect(t.Context()); err != nil || j.client.Transport().Share != 0.2 {
		t.Errorf("share %v, %v", j.client.Transport().Share, err)
	}
}

// Members are ids, or whole users with --members full. --extended adds resources.
func TestMore(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	group := o.AddGroup(oktatest.Group{Name: "Sales", Members: []string{o.AddUser(oktatest.User{Login: "dana@example.com"})}})
	for _, full := range []bool{false, true} {
		args := []string{"--only", "group-members", "--out", "-"}
		if full {
			args = append(args, "--members", "full", "--extended")
		}
		got := o.collect(t, args...)
		got.Check(t, cli.ExitDone)
		member := ""
		for line := range strings.Lines(got.Stdout) {
			if strings.Contains(line, `"parent":"`+group+`"`) {
				member += line
			}
		}
		if strings.Count(member, "\n") != 1 || strings.Contains(member, "dana@example.com") != full {
			t.Errorf("full %t: %s", full, member)
		}
		if strings.Contains(got.Stdout, `{"resource":"brands"`) != full || strings.Contains(got.Stderr, "\nbrands ") != full {
			t.Errorf("extended %t:\n%s", full, got.Stderr)
		}
	}
}
