package oauthapp_test

import (
	"testing"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/scopes"
)

func TestStepString(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		step oauthapp.Step
		want string
	}{
		{oauthapp.Step{Kind: oauthapp.StepCreate, Label: `a "b"`}, `create the app "a \"b\"" with its key`},
		{oauthapp.Step{Kind: oauthapp.StepActivate, Label: "a", ApplicationID: "0oa1"}, `activate the app "a" (0oa1)`},
		{oauthapp.Step{Kind: oauthapp.StepRename, Label: "a", ApplicationID: "0oa1"}, `label the app 0oa1 "a"`},
		{oauthapp.Step{Kind: oauthapp.StepUpdate}, "change the app's DPoP or network settings"},
		{oauthapp.Step{Kind: oauthapp.StepRole, Role: "REPORT_ADMIN"}, "assign the role REPORT_ADMIN"},
		{oauthapp.Step{Kind: oauthapp.StepCustomRole, Permissions: []string{"okta.users.read"}}, "create the custom role with the permission okta.users.read"},
		{oauthapp.Step{Kind: oauthapp.StepPermissions, Permissions: []string{"a", "b"}}, "add 2 permissions to the custom role"},
		{oauthapp.Step{Kind: oauthapp.StepForbid, Permissions: []string{"a"}}, "take the permission a from the custom role"},
		{oauthapp.Step{Kind: oauthapp.StepResourceSet}, "create a resource set of all users and groups"},
		{oauthapp.Step{Kind: oauthapp.StepBinding}, "give the app the custom role over the resource set"},
		{oauthapp.Step{Kind: oauthapp.StepGrant, Scopes: scopes.Visibility}, "grant 26 scopes"},
		{oauthapp.Step{Kind: oauthapp.StepRevoke, Scopes: scopes.New(scopes.LogsRead)}, "revoke the scope okta.logs.read"},
		{oauthapp.Step{Kind: oauthapp.StepUnassign, Role: "SUPER_ADMIN"}, "take the role SUPER_ADMIN from the app"},
		{oauthapp.Step{Kind: oauthapp.StepRemoveCustomRole}, "remove the custom role"},
		{oauthapp.Step{Kind: oauthapp.StepReadBack}, "read back grants and roles"},
		{oauthapp.Step{Kind: oauthapp.StepVerify}, "verify the new credential"},
		{oauthapp.Step{Kind: oauthapp.StepRevokeToken}, "revoke the API token that was used"},
		{oauthapp.Step{Kind: oauthapp.StepCustomRole, Own: "IAM reader", Permissions: []string{"okta.iam.read"}}, "create the custom role IAM reader with the permission okta.iam.read"},
		{oauthapp.Step{Kind: oauthapp.StepUnbind, Own: "IAM reader"}, "take the custom role IAM reader from the app"},
		{oauthapp.Step{Kind: oauthapp.StepDelete, Label: "a", ApplicationID: "0oa1"}, `delete the app "a" (0oa1)`},
		{oauthapp.Step{Kind: "other"}, "other"},
	} {
		if got := tc.step.String(); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.step.Kind, got, tc.want)
		}
	}
}
