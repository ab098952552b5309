package inventory_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// earlier is the report of a run at a time that read these resources completely.
func earlier(t *testing.T, at time.Time, resources ...string) *inventory.Report {
	t.Helper()
	report := &inventory.Report{Started: at, Roles: []string{"SUPER_ADMIN"}}
	must(t, report.Org.UnmarshalText([]byte(fakeOrigin)))
	for _, name := range resources {
		report.Rows = append(report.Rows, inventory.Row{Resource: name, Outcome: complete})
	}
	return report
}

// fill makes a folder that holds objects, by resource and parent.
func fill(t *testing.T, old map[string][]inventory.Batch) string {
	t.Helper()
	dir := t.TempDir()
	f := openFiles(t, dir, inventory.FileOptions{})
	must(t, f.Restore(t.Context(), ""))
	for resource, batches := range old {
		for _, b := range batches {
			must(t, f.Put(t.Context(), b))
		}
		must(t, f.Finish(t.Context(), inventory.Row{Resource: resource, Outcome: complete}))
	}
	must(t, f.Close())
	return dir
}

// deltaOf brings a folder up to date.
func deltaOf(t *testing.T, org *fakeOrg, dir string, last *inventory.Report, opts inventory.Options) (*inventory.Report, error) {
	t.Helper()
	f := openFiles(t, dir, inventory.FileOptions{})
	defer f.Close()
	updates, err := f.Updates()
	must(t, err)
	return inventory.Delta(t.Context(), org.client(t), updates, last, opts)
}

// An event of the System Log, its targets by type.
func event(kind string, at time.Time, result string, targets ...string) string {
	var list []string
	for _, target := range targets {
		kind, id, _ := strings.Cut(target, " ")
		list = append(list, fmt.Sprintf(`{"type":%q,"id":%q}`, kind, id))
	}
	text := fmt.Sprintf(`"eventType":%q,"published":%q,"outcome":{"result":%q},"target":[%s]`,
		kind, at.UTC().Format(time.RFC3339Nano), result, strings.Join(list, ","))
	return fmt.Sprintf(`{"uuid":"%x",%s}`, sha256.Sum256([]byte(text)), text)
}

// lists are the paths below a prefix that were asked for, without their queries.
func (f *fakeOrg) lists(prefix string) []string {
	var list []string
	for _, asked := range f.requests() {
		path, _, _ := strings.Cut(asked, "?")
		if strings.HasPrefix(path, prefix) {
			list = append(list, path)
		}
	}
	slices.Sort(list)
	return list
}

// An event makes those lists be read again whose parent it names; one that names none makes
// all be read again.
func TestDeltaChildren(t *testing.T) {
	t.Parallel()
	policies := `{"id":"00p1","name":"a"}`
	for _, tt := range []struct {
		name   string
		events []string
		now    string // the policies
		want   []string
	}{
		{"nothing", nil, policies + `,{"id":"00p2"}`, nil},
		{"named", []string{"policy.rule.update|PolicyRule 0pr1,PolicyEntity 00p2"}, policies + `,{"id":"00p2"}`, []string{"00p2"}},
		{"of another kind of policy", []string{"policy.rule.update|PolicyRule 0pr1,PolicyEntity 00p9"}, policies + `,{"id":"00p2"}`, nil},
		{"not named", []string{"policy.rule.update|PolicyRule 0pr1"}, policies + `,{"id":"00p2"}`, []string{"00p1", "00p2"}},
		{"named without its type", []string{"policy.rule.update|Policy 00p1"}, policies + `,{"id":"00p2"}`, []string{"00p1"}},
		{"of another resource", []string{"zone.update|Zone 00p1"}, policies + `,{"id":"00p2"}`, nil},
		{"changed parent", nil, policies + `,{"id":"00p2","name":"b"}`, []string{"00p2"}},
		{"new parent", nil, policies + `,{"id":"00p2"},{"id":"00p3"}`, []string{"00p3"}},
		{"parent gone", nil, policies, nil},
		{"nothing any more", []string{"policy.rule.delete|PolicyEntity 00p2"}, policies + `,{"id":"00p2"}`, []string{"00p2 none"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				dir := fill(t, map[string][]inventory.Batch{
					"policies":     {batch("policies", "", policies, `{"id":"00p2"}`)},
					"policy-rules": {batch("policy-rules", "00p1", `{"id":"0pr1"}`), batch("policy-rules", "00p2", `{"id":"0pr2"}`, `{"id":"0pr3"}`)},
				})
				var events []string
				for _, e := range tt.events {
					kind, targets, _ := strings.Cut(e, "|")
					events = append(events, event(kind, start.Add(time.Minute), "SUCCESS", strings.Split(targets, ",")...))
				}
				answers := map[string]answer{
					"/api/v1/policies?type=ACCESS_POLICY": {body: "[" + tt.now + "]"},
					"/api/v1/policies":                    {body: "[]"},
					"/api/v1/logs":                        {body: "[" + strings.Join(events, ",") + "]"},
				}
				want := []string{`policy-rules 00p1 {"id":"0pr1"}`, `policy-rules 00p2 {"id":"0pr2"}`, `policy-rules 00p2 {"id":"0pr3"}`}
				var asked []string
				for _, id := range tt.want {
					id, none := strings.CutSuffix(id, " none")
					answers["/api/v1/policies/"+id+"/rules"] = answer{body: `[{"id":"new"}]`}
					asked = append(asked, "/api/v1/policies/"+id+"/rules")
					want = slices.DeleteFunc(want, func(line string) bool { return strings.Contains(line, " "+id+" ") })
					if none {
						answers["/api/v1/policies/"+id+"/rules"] = failure(404, "E0000007")
						continue
					}
					want = append(want, `policy-rules `+id+` {"id":"new"}`)
				}
				if !strings.Contains(tt.now, "00p2") {
					want = want[:1]
				}
				org := newFakeOrg(answers)
				time.Sleep(time.Hour)
				opts := inventory.Options{Resources: []string{"policies", "policy-rules"}}
				report, err := deltaOf(t, org, dir, earlier(t, start, opts.Resources...), opts)
				must(t, err)
				slices.Sort(want)
				wantSame(t, "rules", collected(t, dir)["policy-rules"], want)
				wantSame(t, "asked", org.lists("/api/v1/policies/"), asked)
				if row, _ := report.Row("policy-rules"); row.Count != len(want) || !report.OK() {
					t.Errorf("row %+v", row)
				}
			})
		})
	}
}

// A list that cannot be read stays as it was, its row says so, and the next run reads the
// resource as a whole.
func TestDeltaFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		dir := fill(t, map[string][]inventory.Batch{
			"policies":     {batch("policies", "", `{"id":"00p1"}`, `{"id":"00p2"}`)},
			"policy-rules": {batch("policy-rules", "00p1", `{"id":"0pr1"}`), batch("policy-rules", "00p2", `{"id":"0pr2"}`)},
		})
		answers := map[string]answer{
			"/api/v1/policies?type=ACCESS_POLICY": {body: `[{"id":"00p1","name":"new"},{"id":"00p2","name":"new"}]`},
			"/api/v1/policies":                    {body: "[]"},
			"/api/v1/policies/00p1/rules":         {body: `[{"id":"0pr8"}]`},
			"/api/v1/policies/00p2/rules":         {pages: []string{`[]`, `[]`}},
			"/api/v1/policies/00p2/rules?after=1": failure(403, "E0000006"),
		}
		org := newFakeOrg(answers)
		time.Sleep(time.Hour)
		opts := inventory.Options{Resources: []string{"policies", "policy-rules"}}
		report, err := deltaOf(t, org, dir, earlier(t, start, opts.Resources...), opts)
		must(t, err)
		wantSame(t, "rules", collected(t, dir)["policy-rules"], []string{`policy-rules 00p1 {"id":"0pr8"}`, `policy-rules 00p2 {"id":"0pr2"}`})
		if row, _ := report.Row("policy-rules"); row.Status != inventory.Partial || row.Count != 2 || !strings.Contains(row.Why, "1 of 2 lists") {
			t.Errorf("row %+v", row)
		}
		answers = maps.Clone(answers)
		answers["/api/v1/policies/00p2/rules"] = answer{body: `[{"id":"0pr9"}]`}
		org = newFakeOrg(answers)
		report, err = deltaOf(t, org, dir, report, opts)
		must(t, err)
		wantSame(t, "rules", collected(t, dir)["policy-rules"], []string{`policy-rules 00p1 {"id":"0pr8"}`, `policy-rules 00p2 {"id":"0pr9"}`})
		if row, _ := report.Row("policy-rules"); row.Status != inventory.Complete || row.Changes.Whole == "" || row.Requests != 2 {
			text, _ := json.Marshal(row)
			t.Errorf("row %s", text)
		}
	})
}
