package oauthapp_test

import (
	"testing"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// The choices say what the app then sees, also of an app that is to act, whose custom
// role may read roles but holds users and groups alone.
func TestChoicesAreSoInTheOrg(t *testing.T) {
	t.Parallel()
	d := desired()
	d.Scopes = scopes.Visibility.Union(scopes.Remediation)
	for i, role := range []string{oauthapp.RoleReadOnlyAdmin, oauthapp.RoleVisibility, oauthapp.RoleSuperAdmin} {
		s := newSetup(t, oktatest.Config{})
		d.Role = role
		plan := s.plan(d, nil)
		choice := plan.Choices[i]
		res, err := plan.Apply(t.Context())
		if err != nil || choice.Role != role || len(plan.Choices) != 3 {
			t.Fatalf("%s: choice %s of %d, %v", role, choice.Role, len(plan.Choices), err)
		}
		report, err := oauthapp.Verify(t.Context(), res.Credentials(testKey()), oauthapp.VerifyOptions{Base: s.base})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range choice.Coverage.Rows {
			got, _ := report.Coverage.Row(want.Resource)
			more := want.Status == inventory.BeyondRole && got.Status != inventory.Complete && got.Status != inventory.Partial
			if got.Status != want.Status && !more {
				t.Errorf("%s: %s is %s (%s), said was %s", role, want.Resource, got.Status, got.Why, want.Status)
			}
		}
	}
}
