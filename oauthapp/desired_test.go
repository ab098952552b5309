package oauthapp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// What is wrong with Desired is told before anything is sent.
func TestDesiredIsChecked(t *testing.T) {
	t.Parallel()
	org, err := oktaint.ParseOrg("https://acme.okta.com")
	if err != nil {
		t.Fatal(err)
	}
	c := oktaint.NewClient(org, roundTrip(func(r *http.Request) (*http.Response, error) {
		t.Errorf("sent %s %s", r.Method, r.URL.Path)
		return nil, http.ErrServerClosed
	}))
	for _, tc := range []struct {
		name string
		edit func(*oauthapp.Desired)
		want []string
	}{
		{"no label", func(d *oauthapp.Desired) { d.Label = "" }, []string{"label is empty"}},
		{"101 characters", func(d *oauthapp.Desired) { d.Label = strings.Repeat("é", 101) }, []string{"101 characters"}},
		{"emoji", func(d *oauthapp.Desired) { d.Label = "acme 🔑" }, []string{"emoji"}},
		{"invalid UTF-8", func(d *oauthapp.Desired) { d.Label = "acme\xff" }, []string{"not valid UTF-8"}},
		{"space at the end", func(d *oauthapp.Desired) { d.Label = "acme " }, []string{"ends with a space"}},
		{"no key", func(d *oauthapp.Desired) { d.Key = oktaint.PublicKey{} }, []string{"the key is missing"}},
		{"no scopes", func(d *oauthapp.Desired) { d.Scopes = scopes.Set{} }, []string{"no scopes"}},
		{"unknown role", func(d *oauthapp.Desired) { d.Role = "ADMIN" }, []string{`role "ADMIN"`, "READ_ONLY_ADMIN"}},
		{"custom role", func(d *oauthapp.Desired) { d.Role = "CUSTOM" }, []string{`role "CUSTOM"`}},
		{"scopes of users", func(d *oauthapp.Desired) { d.Scopes = scopes.New("okta.users.read.self") }, []string{"okta.users.read.self"}},
		{"misspelt scopes", func(d *oauthapp.Desired) {
			d.Scopes = d.Scopes.Union(scopes.New("okta.users.reed", "okta.group.manage"))
		},
			[]string{`"okta.users.reed" is not a scope of Okta's: did you mean okta.users.read?`, "did you mean okta.groups.manage?"}},
		{"unknown scope", func(d *oauthapp.Desired) { d.Scopes = scopes.New("okta.bogus.read") }, []string{`"okta.bogus.read" is not a scope that the catalogue`}},
		{"no permission", func(d *oauthapp.Desired) { d.Permissions = []string{"okta.users.read", "suspend users"} }, []string{`"suspend users"`}},
		{"no zone", func(d *oauthapp.Desired) { d.Network = &request.Network{} }, []string{"names no zone"}},
		{"everything", func(d *oauthapp.Desired) { *d = oauthapp.Desired{Role: "x"} },
			[]string{"label is empty", "the key is missing", "no scopes", `role "x"`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := desired()
			tc.edit(&d)
			plan, err := oauthapp.BuildPlan(t.Context(), c, d, nil)
			if err == nil || plan != nil {
				t.Fatalf("BuildPlan: %v, %v; want no plan and an error", plan, err)
			}
			if alone := d.Check(); alone == nil || alone.Error() != err.Error() {
				t.Errorf("Check: %v, want %v", alone, err)
			}
			if plan, first := oauthapp.FirstPlan(org, d); plan != nil || first == nil || first.Error() != err.Error() {
				t.Errorf("FirstPlan: %v, want %v", first, err)
			}
			if !strings.HasPrefix(err.Error(), "oauthapp: ") {
				t.Errorf("error %q does not name the package", err)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
	if err := desired().Check(); err != nil {
		t.Errorf("Check of what is right: %v", err)
	}
}
