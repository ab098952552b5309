package oauthapp

import (
	"os"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// rawsOf are those of a plan for an app of which all is known.
func rawsOf(t *testing.T) *raws {
	t.Helper()
	org, err := oktaint.ParseOrg("acme")
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile("testdata/rsa2048_TEST_ONLY.pem")
	if err != nil {
		t.Fatal(err)
	}
	key, err := oktaint.ParseKey(pem, "")
	if err != nil {
		t.Fatal(err)
	}
	whole := customRole{roleID: "cr01", setID: "iam1", bound: true}
	return newRaws(&Plan{
		Desired: Desired{Label: "acme", Key: key.Public(), Scopes: scopes.Visibility, Role: RoleVisibility, Permissions: ResponsePermissions()},
		App: &App{
			ID: "0oa1", ClientID: "0oa2", Active: true, orn: "orn:okta:idp:00o1:apps:oidc_client:0oa1",
			object: []byte(`{"label":"was","settings":{"oauthClient":{"jwks":{}}}}`),
			keys:   []heldKey{{id: "pks1", thumbprint: "thumb", there: true, active: true}},
			custom: map[string]customRole{responseRole: whole, iamReader: whole},
		},
		client: &oktaint.Client{Org: org},
	})
}

// arguments are those of a row for the next test.
var arguments = map[*row][]string{
	keyRow: {"thumb"}, roleRow: {"ORG_ADMIN"}, grantRow: {"okta.users.read"},
	customRow: {responseRole, iamReader}, setRow: {responseRole, iamReader}, bindingRow: {responseRole, iamReader},
	permissionRow: {responseRole + " okta.users.read", iamReader + " okta.iam.read"},
}

// Every change of the table has requests, made or taken back, that say what they do.
func TestEveryStepIsShown(t *testing.T) {
	t.Parallel()
	if len(table) < 12 {
		t.Fatalf("%d rows", len(table))
	}
	for _, row := range table {
		args := arguments[row]
		if args == nil {
			args = []string{""}
		}
		for _, arg := range args {
			for _, taken := range []bool{false, true} {
				c := change{row: row, arg: arg, taken: taken, id: "id1/id2"}
				if taken && !c.takes() {
					continue // it is changed back
				}
				if c.id = "id1"; row == bindingRow {
					c.id = "iam1/cr01"
				}
				r := rawsOf(t)
				if row == keyRow && !taken {
					r.app.keys[0].active = false // what a rotation makes is in no plan
				}
				if err := r.change(c); err != nil || len(r.list) == 0 {
					t.Errorf("%s, taken %v: %d requests: %v", c.name(), taken, len(r.list), err)
				}
				for _, raw := range r.list {
					if raw.Purpose == "" || strings.Contains(raw.Purpose, "\n") || raw.Purpose == string(c.way().kind) || strings.Contains(raw.URL, "//api") || strings.Contains(raw.URL+raw.Body, "${") {
						t.Errorf("%s, taken %v: %+v", c.name(), taken, raw)
					}
				}
			}
		}
	}
}

// An app object with a secret in it is not shown.
func TestNoSecretIsShown(t *testing.T) {
	t.Parallel()
	r := rawsOf(t)
	r.app.object = []byte(`{"credentials":{"oauthClient":{"client_secret":"hunter2"}}}`)
	if err := r.change(change{row: labelRow}); err == nil || strings.Contains(err.Error(), "hunter2") || len(r.list) != 0 {
		t.Errorf("error %v, %v", err, r.list)
	}
}
