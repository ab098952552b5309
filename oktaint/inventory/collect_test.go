package inventory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// world has each way in which one list leads to others: by pages, gates, two levels, and
// body links.
func world() map[string]answer {
	group := func(id, more string) string { return fmt.Sprintf(`{"id":%q,"type":"OKTA_GROUP",%s}`, id, more) }
	stats := func(users, apps int, flag string) string {
		return fmt.Sprintf(`"_embedded":{"stats":{"usersCount":%d,"appsCount":%d,%s}}`, users, apps, flag)
	}
	return map[string]answer{
		"/api/v1/groups": {pages: []string{
			`[{"id":"00g0","type":"BUILT_IN","profile":{"name":"Everyone"},` + stats(9, 0, `"hasAdminPrivilege":false`) + `},` +
				group("00g1", stats(3, 0, `"hasAdminPrivilege":true`)) + `]`,
			`[` + group("00g2", stats(0, 1, `"hasAdminPrivlege":true`)) + `,` + group("00g3", stats(0, 0, `"hasAdminPrivileges":true`)) + `]`,
			`[` + group("00g4", `"profile":{}`) + `]`,
		}},
		"/api/v1/groups/00g1/users":                            {pages: []string{`[{"id":"00u1","profile":{"login":"a"}},{"id":"00u2"}]`, `[{"id":"00u3"}]`}},
		"/api/v1/groups/00g2/apps":                             {body: `[{"id":"0oa1","label":"a"}]`},
		"/api/v1/groups/00g1/roles":                            {body: `[{"id":"ra1","type":"ORG_ADMIN"}]`},
		"/api/v1/groups/00g4/users":                            failure(404, "E0000007"),
		"/api/v1/iam/resource-sets":                            {body: `{"resource-sets":[{"id":"iam1"},{"id":"iam2"}],"_links":{}}`},
		"/api/v1/iam/resource-sets/iam1/bindings":              {body: `{"roles":[{"id":"cr01"},{"id":"cr02"}],"_links":{}}`},
		"/api/v1/iam/resource-sets/iam1/bindings/cr02/members": {body: `{"members":[{"id":"irb1"}],"_links":{}}`},
	}
}

var worldResources = []string{
	"groups", "group-members", "group-owners", "group-apps", "group-roles", "resource-sets", "resource-set-bindings",
	"resource-set-binding-members",
}

// Each object comes once, with what it belongs to; nothing is asked for that has nothing;
// of members only the id is kept.
func TestCollect(t *testing.T) {
	t.Parallel()
	org, sink := newFakeOrg(world()), new(memory)
	report, err := inventory.Collect(t.Context(), org.client(t), sink, inventory.Options{Resources: worldResources})
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "objects", sink.of("group-members", "group-apps", "group-roles", "resource-set-bindings", "resource-set-binding-members"), []string{
		`group-apps 00g2 {"id":"0oa1"}`,
		`group-members 00g1 {"id":"00u1"}`, `group-members 00g1 {"id":"00u2"}`, `group-members 00g1 {"id":"00u3"}`,
		`group-roles 00g1 {"id":"ra1","type":"ORG_ADMIN"}`,
		`resource-set-binding-members iam1/cr02 {"id":"irb1"}`,
		`resource-set-bindings iam1 {"id":"cr01"}`, `resource-set-bindings iam1 {"id":"cr02"}`,
	})
	if got := len(sink.of("groups")); got != 5 {
		t.Errorf("%d groups", got)
	}
	var members, apps, roles []string
	for _, path := range org.requests() {
		path, _, _ = strings.Cut(path, "?")
		switch {
		case strings.HasSuffix(path, "/users"):
			members = append(members, path)
		case strings.HasSuffix(path, "/apps"):
			apps = append(apps, path)
		case strings.HasPrefix(path, "/api/v1/groups/") && strings.HasSuffix(path, "/roles"):
			roles = append(roles, path)
		}
	}
	for _, list := range [][]string{members, apps, roles} {
		slices.Sort(list)
	}
	wantSame(t, "lists of members", members, []string{"/api/v1/groups/00g1/users", "/api/v1/groups/00g1/users", "/api/v1/groups/00g4/users"})
	wantSame(t, "lists of apps", apps, []string{"/api/v1/groups/00g2/apps", "/api/v1/groups/00g4/apps"})
	wantSame(t, "lists of roles", roles, []string{"/api/v1/groups/00g1/roles", "/api/v1/groups/00g2/roles", "/api/v1/groups/00g3/roles", "/api/v1/groups/00g4/roles"})
	if !report.OK() || report.Count(inventory.Complete) != len(worldResources) {
		t.Errorf("report: %+v", report.Rows)
	}
	row, _ := report.Row("group-members")
	if row.Count != 3 || row.Requests != 3 || row.Bytes == 0 {
		t.Errorf("group-members: %+v", row)
	}
	if got := sink.finished["group-members"]; got.Count != 3 || got.Status != inventory.Complete {
		t.Errorf("finished: %+v", got)
	}
}

// FullMembers keeps the objects.
func TestCollectFullMembers(t *testing.T) {
	t.Parallel()
	org, sink := newFakeOrg(world()), new(memory)
	_, err := inventory.Collect(t.Context(), org.client(t), sink, inventory.Options{Resources: []string{"group-members"}, FullMembers: true})
	if err != nil {
		t.Fatal(err)
	}
	want := `group-members 00g1 {"id":"00u1","profile":{"login":"a"}}`
	if got := sink.of("group-members"); len(got) != 3 || got[0] != want {
		t.Errorf("members: %q, want first %s", got, want)
	}
	if got := sink.of("groups"); len(got) != 0 {
		t.Errorf("groups were not asked for: %q", got)
	}
}

// Of client secrets no value is handed on, and no app without one is asked.
func TestCollectClientSecrets(t *testing.T) {
	t.Parallel()
	org, sink := newFakeOrg(map[string]answer{
		"/api/v1/apps": {body: `[{"id":"0oa1","credentials":{"oauthClient":{"token_endpoint_auth_method":"client_secret_basic"}}},` +
			`{"id":"0oa2","credentials":{"oauthClient":{"token_endpoint_auth_method":"private_key_jwt"}}},{"id":"0oa3"}]`},
		"/api/v1/apps/0oa1/credentials/secrets": {body: `[{"id":"ocs1","client_secret":"hush","secret_hash":"h","status":"ACTIVE","x":"hush"}]`},
	}), new(memory)
	_, err := inventory.Collect(t.Context(), org.client(t), sink, inventory.Options{Resources: []string{"app-client-secrets"}})
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "secrets", sink.of("app-client-secrets"), []string{`app-client-secrets 0oa1 {"id":"ocs1","secret_hash":"h","status":"ACTIVE"}`})
	for _, path := range org.requests() {
		if strings.Contains(path, "secrets") && !strings.Contains(path, "0oa1") {
			t.Errorf("%s was asked for", path)
		}
	}
}

// By default the core resources are read, and nothing that has to be named.
func TestCollectTiers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		opts inventory.Options
		want []inventory.Tier
	}{
		{inventory.Options{}, []inventory.Tier{inventory.Core}},
		{inventory.Options{Extended: true}, []inventory.Tier{inventory.Core, inventory.Extended}},
	} {
		org := newFakeOrg(nil)
		report, err := inventory.Collect(t.Context(), org.client(t), new(memory), tt.opts)
		if err != nil {
			t.Fatal(err)
		}
		var want, got []string
		for r := range inventory.Catalogue() {
			if slices.Contains(tt.want, r.Tier) && r.Kind != inventory.Activity {
				want = append(want, r.Name)
			}
		}
		for _, row := range report.Rows {
			got = append(got, row.Resource)
		}
		wantSame(t, "rows", got, want)
		for _, path := range org.requests() {
			if strings.Contains(path, "/factors") && !strings.Contains(path, "yubikey") || strings.Contains(path, "secrets") {
				t.Errorf("%s was asked for", path)
			}
		}
	}
}

// What is wrong with the call is said before anything is sent.
func TestCollectRefuses(t *testing.T) {
	t.Parallel()
	org := newFakeOrg(nil)
	c := org.client(t)
	bare := oktaint.NewClient(c.Org, org)
	for _, tt := range []struct {
		c    *oktaint.Client
		sink inventory.Sink
		opts inventory.Options
		want string
	}{
		{nil, new(memory), inventory.Options{}, "no Client"},
		{c, nil, inventory.Options{}, "no Sink"},
		{bare, new(memory), inventory.Options{}, "no credential"},
		{c, new(memory), inventory.Options{Resources: []string{"user"}}, `no resource "user"`},
	} {
		if _, err := inventory.Collect(t.Context(), tt.c, tt.sink, tt.opts); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
	if got := org.requests(); len(got) > 0 {
		t.Errorf("sent: %q", got)
	}
}

// A sink or a Progress that fails or panics ends the run with an error, and no other.
func TestCollectForeignCode(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	for _, tt := range []struct {
		name string
		sink inventory.Sink
		opts inventory.Options
		want string
	}{
		{"put", inventory.SinkFunc(func(context.Context, inventory.Batch) error { return full }), inventory.Options{}, "inventory: the sink: disk full"},
		{"panic", inventory.SinkFunc(func(context.Context, inventory.Batch) error { panic("secret") }), inventory.Options{}, "inventory: the sink panicked in Put"},
		{"progress", new(memory), inventory.Options{Progress: func(inventory.Event) { panic("secret") }}, "inventory: Options.Progress panicked"},
	} {
		_, err := inventory.Collect(t.Context(), newFakeOrg(world()).client(t), tt.sink, tt.opts)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
		if tt.name == "put" && !errors.Is(err, full) {
			t.Errorf("%v does not wrap the sink's error", err)
		}
	}
}

// Progress tells of each page and of each end, and is never called twice at once.
func TestCollectProgress(t *testing.T) {
	t.Parallel()
	var one sync.Mutex
	pages, ends := make(map[string]int), make(map[string]inventory.Status)
	_, err := inventory.Collect(t.Context(), newFakeOrg(world()).client(t), new(memory), inventory.Options{
		Resources: worldResources,
		Progress: func(e inventory.Event) {
			if !one.TryLock() {
				t.Error("two calls at once")
				return
			}
			defer one.Unlock()
			if e.Row != nil {
				ends[e.Resource] = e.Row.Status
				return
			}
			pages[e.Resource] = max(pages[e.Resource], e.Count)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if pages["groups"] != 5 || pages["group-members"] != 3 {
		t.Errorf("counts: %v", pages)
	}
	if len(ends) != len(worldResources) || ends["groups"] != inventory.Complete {
		t.Errorf("ends: %v", ends)
	}
}

// apps is a list of n apps, each with users.
func apps(n int) map[string]answer {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"id":"0oa%d"}`, i))
	}
	return map[string]answer{"/api/v1/apps": {body: "[" + strings.Join(list, ",") + "]"}}
}

// Users of apps are read one app after the other.
func TestCollectSerial(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newFakeOrg(apps(5))
		org.hook = func(int) error { time.Sleep(time.Second); return nil }
		began := time.Now()
		_, err := inventory.Collect(t.Context(), org.client(t), new(memory), inventory.Options{Resources: []string{"app-users"}})
		if took := time.Since(began); err != nil || took != 8*time.Second { // two of WhoAmI, one of apps
			t.Errorf("took %v, %v", took, err)
		}
	})
}

// A resource that no list of can be read is given up after a few, and so is one whose
// lists fail in a row; one list among others is not the end.
func TestCollectGivesUp(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		bad      []int // of eight apps
		answer   answer
		requests int
		status   inventory.Status
	}{
		{"all refused", []int{0, 1, 2, 3, 4, 5, 6, 7}, failure(403, "E0000006"), 3, inventory.Refused},
		{"all fail", []int{0, 1, 2, 3, 4, 5, 6, 7}, failure(400, "E0000001"), 3, inventory.Failed},
		{"one refused", []int{0}, failure(403, "E0000006"), 8, inventory.Partial},
		{"some refused", []int{1, 3, 4, 5, 6}, failure(403, "E0000006"), 8, inventory.Partial},
		{"one fails", []int{3}, failure(400, "E0000001"), 8, inventory.Failed},
		{"some fail in a row", []int{3, 4, 5}, failure(400, "E0000001"), 6, inventory.Failed},
		{"gone", []int{0, 1, 2, 3, 4, 5, 6, 7}, failure(404, "E0000007"), 8, inventory.Complete},
	} {
		answers := apps(8)
		for _, i := range tt.bad {
			answers[fmt.Sprintf("/api/v1/apps/0oa%d/users", i)] = tt.answer
		}
		org := newFakeOrg(answers)
		report, err := inventory.Collect(t.Context(), org.client(t), new(memory), inventory.Options{Resources: []string{"app-users"}})
		if err != nil {
			t.Fatal(err)
		}
		row, _ := report.Row("app-users")
		if row.Status != tt.status || row.Requests != tt.requests {
			t.Errorf("%s: %s after %d requests (%s), want %s after %d", tt.name, row.Status, row.Requests, row.Why, tt.status, tt.requests)
		}
	}
}

// What belongs to a resource that could not be read could not be read either, for the
// same reason.
func TestCollectBelow(t *testing.T) {
	t.Parallel()
	org := newFakeOrg(map[string]answer{"/api/v1/iam/resource-sets": failure(403, "E0000006"), "/api/v1/users/00u1/roles": fakeRoles("READ_ONLY_ADMIN")})
	report, err := inventory.Collect(t.Context(), org.client(t), new(memory), inventory.Options{
		Resources: []string{"resource-set-binding-members", "resource-set-bindings"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range report.Rows {
		if row.Status != inventory.BeyondRole || !strings.HasPrefix(row.Why, "it belongs to resource-set") || !strings.Contains(row.Remedy, "okta.iam.read") {
			t.Errorf("%+v", row)
		}
	}
	if got := org.requests(); len(got) != 1 {
		t.Errorf("requests: %q", got)
	}
}
