package inventory_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// beyondReadOnly are the rows that READ_ONLY_ADMIN does not see, by what opens them.
var beyondReadOnly = map[string][]string{
	"SUPER_ADMIN": {"admin-console-settings", "ai-agents", "app-grants", "log-stream-schemas", "org-support-access"},
	"okta.iam.read": {
		"admins", "client-roles", "custom-role-permissions", "custom-roles", "governance-bundles", "governance-opt-in",
		"group-roles", "resource-set-binding-members", "resource-set-bindings", "resource-set-resources", "resource-sets",
		"role-subscriptions", "user-roles",
	},
	"ORG_ADMIN": {"group-schema", "linked-object-schemas", "user-schemas"},
}

// neverEmpty are the rows that no org has empty.
var neverEmpty = []string{"apps", "authenticators", "groups", "policies", "users"}

// limited and identityEngine are what some orgs do not have.
var (
	limited = []string{
		"ai-agents", "bot-protection", "captchas", "device-assurances", "device-integrations", "device-posture-checks",
		"device-posture-defaults", "org-captcha", "security-events-providers", "ui-schemas",
	}
	identityEngine = []string{
		"authenticator-methods", "authenticators", "devices", "email-servers", "ssf-streams", "user-devices", "user-enrollments", "user-risk",
	}
	products = []string{"governance-bundles", "governance-opt-in", "realm-assignments", "realms"}
	kinds    = []string{"policies", "role-subscriptions"} // asked for one kind after the other
)

// A condition is what an org answers to one row.
type condition struct {
	name   string
	answer answer
	roles  answer   // of the credential
	said   []string // in Options.Roles
	engine string   // idx if empty
	want   func(row string) inventory.Status
}

func of(s, other inventory.Status, rows ...[]string) func(string) inventory.Status {
	return func(row string) inventory.Status {
		if slices.Contains(slices.Concat(rows...), row) {
			return s
		}
		return other
	}
}

func beyond() []string { return slices.Concat(slices.Collect(maps.Values(beyondReadOnly))...) }

var (
	noRole    = failure(http.StatusForbidden, "E0000006")
	unknown   = answer{status: http.StatusForbidden, body: noRole.body}
	readOnly  = fakeRoles("READ_ONLY_ADMIN")
	superRole = fakeRoles("SUPER_ADMIN")
)

var conditions = []condition{
	{"role, SUPER_ADMIN is held", noRole, superRole, nil, "", of(inventory.NotLicensed, inventory.Refused, products)},
	{"role, READ_ONLY_ADMIN is held", noRole, readOnly, nil, "", func(row string) inventory.Status {
		if slices.Contains(products, row) && !slices.Contains(beyond(), row) {
			return inventory.NotLicensed
		}
		return of(inventory.BeyondRole, inventory.Refused, beyond())(row)
	}},
	{"role, READ_ONLY_ADMIN is said", noRole, unknown, []string{"READ_ONLY_ADMIN"}, "", func(row string) inventory.Status {
		if slices.Contains(products, row) && !slices.Contains(beyond(), row) {
			return inventory.NotLicensed
		}
		return of(inventory.BeyondRole, inventory.Refused, beyond())(row)
	}},
	{"role, none is known", noRole, unknown, nil, "", func(row string) inventory.Status {
		if slices.Contains(products, row) && !slices.Contains(beyond(), row) {
			return inventory.NotLicensed
		}
		return of(inventory.BeyondRole, inventory.Refused, beyond())(row)
	}},
	{"role, none is held", noRole, fakeRoles(), nil, "", of(inventory.NotLicensed, inventory.Refused, products)},
	{"feature off", failure(http.StatusUnauthorized, "E0000015"), superRole, nil, "", of("", inventory.NotLicensed)},
	{"unknown path, Identity Engine", failure(http.StatusNotFound, "E0000008"), superRole, nil, "", of(inventory.NotLicensed, inventory.Failed, limited, kinds)},
	{"unknown path, Classic Engine", failure(http.StatusNotFound, "E0000008"), superRole, nil, "v1", of(inventory.NotLicensed, inventory.Failed, limited, identityEngine, kinds)},
	{"a proxy's 404", answer{status: 404, body: "<html>no such page</html>"}, superRole, nil, "", of("", inventory.Failed)},
	{"a proxy's 200", answer{body: "<html>log in</html>"}, superRole, nil, "", of("", inventory.Failed)},
	{"empty, SUPER_ADMIN", answer{body: "[]"}, superRole, nil, "", of(inventory.Refused, inventory.Complete, neverEmpty)},
	{"empty, not known", answer{body: "[]"}, unknown, nil, "", func(row string) inventory.Status {
		if row == "apps" {
			return inventory.Refused
		}
		return of(inventory.Refused, inventory.Complete, neverEmpty)(row)
	}},
	{"there, READ_ONLY_ADMIN", answer{}, readOnly, nil, "", func(row string) inventory.Status {
		if slices.Contains(beyond(), row) || row == "apps" {
			return inventory.Partial // no role that is known to see all of it
		}
		return inventory.Complete
	}},
	{"there, a role with targets", answer{}, fakeRoles("HELP_DESK_ADMIN"), nil, "", of("", inventory.Partial)},
}

// For every row: what is missing is told apart, the rest is collected, and what is said
// names a remedy where there is one.
func TestCoverage(t *testing.T) {
	t.Parallel()
	for _, cond := range conditions {
		t.Run(cond.name, func(t *testing.T) {
			t.Parallel()
			for r := range inventory.Catalogue() {
				if r.Kind == inventory.Activity {
					continue
				}
				report := judged(t, cond, r)
				row, _ := report.Row(r.Name)
				if want := cond.want(r.Name); row.Status != want {
					t.Errorf("%s: %s (%s), want %s", r.Name, row.Status, row.Why, want)
				}
				if row.Status != inventory.Complete && (row.Why == "" || row.Status != inventory.Failed && row.Remedy == "") {
					t.Errorf("%s: %+v does not say why, or what to do", r.Name, row.Outcome)
				}
				if r.Name != "users" {
					if other, _ := report.Row("users"); other.Count == 0 {
						t.Errorf("%s: users were not collected beside it: %+v", r.Name, other)
					}
				}
			}
		})
	}
}

// judged collects one row, and users, from an org that gives the row the answer of cond.
func judged(t *testing.T, cond condition, r *inventory.Resource) *inventory.Report {
	t.Helper()
	answers := everything()
	answers["/api/v1/users/00u1/roles"] = cond.roles
	if cond.engine != "" {
		answers["/.well-known/okta-organization"] = answer{body: fmt.Sprintf(`{"id":"00o1","pipeline":%q,"_links":{"organization":{"href":"https://acme.okta.com"}}}`, cond.engine)}
	}
	org := newFakeOrg(answers)
	path := regexp.MustCompile("^" + strings.ReplaceAll(regexp.MustCompile(`{[a-zA-Z]+}`).ReplaceAllString(r.Path, "x1"), "roles/x1/subs", "roles/[A-Z_]+/subs") + "$")
	org.instead = func(asked string) (answer, bool) {
		return cond.answer, cond.answer.body != "" && path.MatchString(asked)
	}
	report, err := inventory.Collect(t.Context(), org.client(t), new(memory), inventory.Options{Resources: []string{r.Name, "users"}, Roles: cond.said})
	if err != nil {
		t.Fatalf("%s: %v", r.Name, err)
	}
	return report
}

// A scope that was asked for and is not in the token makes its rows refused, with the scope
// and who can grant it; one that is not asked for leaves them out, unless they are named.
func TestCoverageScopes(t *testing.T) {
	t.Parallel()
	all := scopes.Visibility.Union(scopes.VisibilityExtended)
	for scope := range all.All() {
		less := all.Minus(scopes.New(scope))
		sim := oktatest.New(t, oktatest.Config{RateLimits: noLimits()})
		creds, err := oktaint.ParseCredentials(sim.Credentials(sim.AddServiceApp(oktatest.ServiceApp{Scopes: less, Roles: []string{"SUPER_ADMIN"}})))
		must(t, err)
		for name, asked := range map[string]scopes.Set{"asked": all, "not asked": less} {
			creds.Scopes = asked
			for _, named := range []bool{false, true} {
				opts := inventory.Options{Extended: true, Roles: []string{"SUPER_ADMIN"}}
				if named {
					opts.Extended, opts.Resources = false, rowsOf(scope)
				}
				if named && len(opts.Resources) == 0 {
					continue
				}
				report, err := inventory.Collect(t.Context(), oktaint.NewClient(creds, sim.Transport()), new(memory), opts)
				must(t, err)
				for _, row := range report.Rows {
					want := inventory.Complete
					if below(row.Resource, scope) {
						want = inventory.Refused
						if name == "not asked" && !named {
							want = inventory.NotAsked
						}
					}
					if row.Status != want {
						t.Errorf("%s %s, named %t: %s is %s (%s), want %s", scope, name, named, row.Resource, row.Status, row.Why, want)
					}
					if want != inventory.Complete && (!strings.Contains(row.Why, string(scope)) || row.By == "") {
						t.Errorf("%s %s: %s: %+v does not name the scope, or who grants it", scope, name, row.Resource, row.Outcome)
					}
				}
			}
		}
	}
}

// rowsOf are the resources that a scope reads.
func rowsOf(scope scopes.Scope) (names []string) {
	for r := range inventory.Catalogue() {
		if r.Scopes.Contains(scope) && r.Tier != inventory.Named && r.Kind != inventory.Activity {
			names = append(names, r.Name)
		}
	}
	return names
}

// below reports whether a resource, or one that it belongs to, takes a scope.
func below(resource string, scope scopes.Scope) bool {
	for resource != "" {
		r, _ := inventory.Lookup(resource)
		if r.Scopes.Contains(scope) {
			return true
		}
		resource = r.Parent
	}
	return false
}
