package inventory_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// A resource is read as a whole if what was collected is not enough to go on from, and the
// row says why.
func TestDeltaWhole(t *testing.T) {
	t.Parallel()
	names := []string{"groups", "group-members", "group-owners"}
	for _, tt := range []struct {
		name   string
		change func(dir string, last *inventory.Report, opts *inventory.Options)
		want   map[string]string // by resource
	}{
		{"nothing", func(string, *inventory.Report, *inventory.Options) {}, nil},
		{"no row", func(_ string, last *inventory.Report, _ *inventory.Options) { last.Rows = last.Rows[:2] },
			map[string]string{"group-owners": "it was not collected before"}},
		{"partial", func(_ string, last *inventory.Report, _ *inventory.Options) { last.Rows[1].Status = inventory.Partial },
			map[string]string{"group-members": "the last run did not see all of it"}},
		{"no file", func(dir string, _ *inventory.Report, _ *inventory.Options) {
			os.Remove(filepath.Join(dir, "groups.ndjson"))
		},
			map[string]string{"groups": "what was collected is gone"}},
		{"role", func(_ string, last *inventory.Report, _ *inventory.Options) { last.Roles = []string{"READ_ONLY_ADMIN"} },
			map[string]string{"groups": "other roles", "group-members": "other roles", "group-owners": "other roles"}},
		{"whole members", func(_ string, _ *inventory.Report, opts *inventory.Options) { opts.FullMembers = true },
			map[string]string{"group-members": "whole members are kept"}},
		{"whole members before", func(_ string, last *inventory.Report, _ *inventory.Options) { last.FullMembers = true },
			map[string]string{"group-members": "whole members are kept"}},
		{"older than its parent", func(_ string, last *inventory.Report, _ *inventory.Options) {
			last.Rows[1].Started = last.Started.Add(-time.Minute)
		},
			map[string]string{"group-members": "read before what it belongs to"}},
		{"without its parent", func(_ string, _ *inventory.Report, opts *inventory.Options) { opts.Resources = names[1:] },
			map[string]string{"group-members": "what it belongs to is not collected", "group-owners": "what it belongs to is not collected"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				dir := fill(t, map[string][]inventory.Batch{
					"groups":        {batch("groups", "", `{"id":"00g1"}`)},
					"group-members": {batch("group-members", "00g1", `{"id":"00u1"}`), batch("group-members", "00g0", `{"id":"00u1"}`)},
					"group-owners":  {batch("group-owners", "00g1", `{"id":"00u1","type":"USER"}`)},
				})
				org := newFakeOrg(map[string]answer{
					"/api/v1/groups?expand=stats&limit=200": {body: `[{"id":"00g1"}]`}, "/api/v1/groups": {body: "[]"},
					"/api/v1/groups/00g1/users":  {body: `[{"id":"00u2","profile":{}}]`},
					"/api/v1/groups/00g1/owners": {body: `[{"id":"00u2","type":"USER"}]`},
				})
				last, opts := earlier(t, start, names...), inventory.Options{Resources: names}
				tt.change(dir, last, &opts)
				time.Sleep(time.Hour)
				report, err := deltaOf(t, org, dir, last, opts)
				must(t, err)
				oldest := start
				for _, row := range last.Rows {
					if at := row.Started; !at.IsZero() && at.Before(oldest) {
						oldest = at
					}
				}
				if !report.Delta.Since.Equal(oldest) {
					t.Errorf("since %v, want %v", report.Delta.Since, oldest)
				}
				got := collected(t, dir)
				for _, row := range report.Rows {
					why := tt.want[row.Resource]
					if !strings.Contains(row.Changes.Whole, why) || (why == "") != (row.Changes.Whole == "") || row.Count != len(got[row.Resource]) {
						t.Errorf("%s: %+v, %+v, want %s", row.Resource, row, row.Changes, why)
					}
					if row.Resource == "groups" {
						continue
					}
					if read := strings.Contains(got[row.Resource][0], "00u2"); read != (why != "" || tt.name == "no file") || len(got[row.Resource]) != 1 {
						t.Errorf("%s: %q, read again %v", row.Resource, got[row.Resource], read)
					}
				}
			})
		})
	}
}
