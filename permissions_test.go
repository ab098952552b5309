package oktaintegration_test

import (
	"slices"
	"testing"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/remediation"
)

// What onboarding gives an app for response is what the actions take, but those
// for which an administrator has to ask by name.
func TestResponsePermissions(t *testing.T) {
	t.Parallel()
	asked := []remediation.Kind{
		remediation.KindDeleteUser, remediation.KindSetPassword, remediation.KindSetProfileAttribute,
		remediation.KindRevokeGrants, remediation.KindRevokeClientGrants, remediation.KindRevokeClientTokens,
	}
	var actions []remediation.Action
	for _, kind := range remediation.Kinds() {
		if !slices.Contains(asked, kind) {
			actions = append(actions, remediation.Sample(kind))
		}
	}
	if len(actions) != len(remediation.Kinds())-len(asked) {
		t.Errorf("%d actions of %d kinds", len(actions), len(remediation.Kinds()))
	}
	if got, want := oauthapp.ResponsePermissions(), remediation.Permissions(actions...); !slices.Equal(got, want) {
		t.Errorf("ResponsePermissions() = %q, want %q", got, want)
	}
}
