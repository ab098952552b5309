package request_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

func TestCheckLabel(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, label, want string }{
		{"one character", "a", ""},
		{"three bytes", "日本語 ü €", ""},
		{"100 characters", strings.Repeat("x", 100), ""},
		{"100 characters of three bytes", strings.Repeat("日", 100), ""},
		{"the last character of three bytes", "\uffff", ""},
		{"empty", "", "the label is empty"},
		{"101 characters", strings.Repeat("x", 101), "has 101 characters: Okta takes at most 100"},
		{"101 characters of three bytes", strings.Repeat("日", 101), "has 101 characters"},
		{"the first character of four bytes", "a\U00010000", "four bytes"},
		{"emoji", "acme 🚀", `'🚀'`},
		{"no UTF-8", "acme\xff", "not valid UTF-8"},
		{"a cut character", "acme \xe6\x97", "not valid UTF-8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wantError(t, request.CheckLabel(test.label), test.want)
			_, err := request.CreateApp(t.Context(), parseOrg(t), request.App{Label: test.label, Key: publicKey(t, "rsa")})
			wantError(t, err, test.want)
		})
	}
}

// TestRefused lists arguments for which there is no request.
func TestRefused(t *testing.T) {
	t.Parallel()
	ctx, org, key := t.Context(), parseOrg(t), publicKey(t, "rsa")
	app := func(change func(*request.App)) call {
		a := request.App{Label: label, Key: key}
		change(&a)
		return createApp(a)
	}
	for _, test := range []struct {
		name  string
		build call
		want  string
	}{
		{"no key", app(func(a *request.App) { a.Key = oktaint.PublicKey{} }), "has no key"},
		{"client id of 5", app(func(a *request.App) { a.ClientID = "acme1" }), "has 5 characters: Okta takes 6 to 100"},
		{"client id of 101", app(func(a *request.App) { a.ClientID = strings.Repeat("a", 101) }), "has 101 characters"},
		{"client id with a space", app(func(a *request.App) { a.ClientID = "acme visibility" }), "has the character ' '"},
		{"client id with a slash", app(func(a *request.App) { a.ClientID = "acme/visibility" }), "has the character '/'"},
		{"client id ALL_CLIENTS", app(func(a *request.App) { a.ClientID = "ALL_CLIENTS" }), "ALL_CLIENTS"},
		{"network without zones", app(func(a *request.App) { a.Network = &request.Network{} }), "names no zone"},
		{"no JSON", func(ctx context.Context, org oktaint.Org) (*http.Request, error) {
			return request.UpdateApp(ctx, org, appID, json.RawMessage(`{"label":`))
		}, "is not a JSON object"},
		{"a JSON null", update(`null`), "is not a JSON object"},
		{"a JSON list", update(` [{}]`), "is not a JSON object"},
		{"no JSON at all", func(ctx context.Context, org oktaint.Org) (*http.Request, error) {
			return request.UpdateApp(ctx, org, appID, nil)
		}, "is not a JSON object"},
		{"no key to add", func(ctx context.Context, org oktaint.Org) (*http.Request, error) {
			return request.AddKey(ctx, org, appID, oktaint.PublicKey{})
		}, "no key to add"},
		{"no scope", func(ctx context.Context, org oktaint.Org) (*http.Request, error) {
			return request.Grant(ctx, org, appID, "")
		}, "no scope to grant"},
		{"two scopes", grant("okta.users.read okta.apps.read"), `"okta.users.read okta.apps.read" is not the name of one scope`},
		{"two scopes and a comma", grant("okta.users.read,okta.apps.read"), "is not the name of one scope"},
		{"a malformed scope", grant(`okta.users."read"`), "is not the name of one scope"},
		{"only a space", grant(" "), "is not the name of one scope"},
		{"no role", with2(request.AssignRole, clientID, ""), "no role to assign"},
		{"custom role", with2(request.AssignRole, clientID, "CUSTOM"), "use CreateBinding"},
		{"role without a label", createRole(request.Role{Description: label, Permissions: []string{"okta.users.read"}}), "needs a label"},
		{"role without a description", createRole(request.Role{Label: label, Permissions: []string{"okta.users.read"}}), "a description"},
		{"role without permissions", createRole(request.Role{Label: label, Description: label}), "and permissions"},
		{"set without a label", createSet(request.ResourceSet{Description: label, Resources: []string{"/api/v1/users"}}), "needs a label"},
		{"set without a description", createSet(request.ResourceSet{Label: label, Resources: []string{"/api/v1/users"}}), "a description"},
		{"set without resources", createSet(request.ResourceSet{Label: label, Description: label}), "and resources"},
		{"set of a bare word", createSet(request.ResourceSet{Label: label, Description: label, Resources: []string{"users"}}), `"users" is no resource`},
		{"set of http", createSet(request.ResourceSet{Label: label, Description: label, Resources: []string{"http://acme.okta.com/api/v1/users"}}), "is no resource"},
		{"set of nothing", createSet(request.ResourceSet{Label: label, Description: label, Resources: []string{""}}), `"" is no resource`},
		{"binding without a role", bind(""), "needs a role"},
		{"binding without a client", bind(roleID), "and a client"},
		{"binding of an empty client", bind(roleID, clientID, ""), "element 4 of a path"},
		{"binding of a path", bind(roleID, "../users"), "element 4 of a path"},
		{"integration without a type", install("", scopes.New(scopes.LogsRead), nil), "needs its catalogue type"},
		{"integration without scopes", install("anzennaapiservice", scopes.Set{}, nil), "and scopes"},
		{"integration with broken properties", install("anzennaapiservice", scopes.New(scopes.LogsRead), []byte(`{"a"`)), "encode the body"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			req, err := test.build(ctx, org)
			wantError(t, err, test.want)
			if req != nil {
				t.Errorf("a refusal comes with a request to %v", req.URL)
			}
		})
	}
}

func update(app string) call {
	return func(ctx context.Context, org oktaint.Org) (*http.Request, error) {
		return request.UpdateApp(ctx, org, appID, json.RawMessage(app))
	}
}

func grant(scope scopes.Scope) call {
	return func(ctx context.Context, org oktaint.Org) (*http.Request, error) {
		return request.Grant(ctx, org, appID, scope)
	}
}

func createRole(role request.Role) call {
	return func(ctx context.Context, org oktaint.Org) (*http.Request, error) {
		return request.CreateCustomRole(ctx, org, role)
	}
}

func createSet(set request.ResourceSet) call {
	return func(ctx context.Context, org oktaint.Org) (*http.Request, error) {
		return request.CreateResourceSet(ctx, org, set)
	}
}

func bind(roleID string, clientIDs ...string) call {
	return func(ctx context.Context, org oktaint.Org) (*http.Request, error) {
		return request.CreateBinding(ctx, org, setID, roleID, clientIDs...)
	}
}

func install(catalogueType string, granted scopes.Set, properties json.RawMessage) call {
	return func(ctx context.Context, org oktaint.Org) (*http.Request, error) {
		return request.InstallIntegration(ctx, org, catalogueType, granted, properties)
	}
}

// TestZeroOrg checks that no request can be built for no org.
func TestZeroOrg(t *testing.T) {
	t.Parallel()
	for name, build := range calls(t) {
		if req, err := build(t.Context(), oktaint.Org{}); err == nil {
			t.Errorf("%s builds a request to %v", name, req.URL)
		}
	}
}

// TestIDsStayInTheirPlace gives every function that takes ids what would name
// another endpoint.
func TestIDsStayInTheirPlace(t *testing.T) {
	t.Parallel()
	one := map[string]build1{
		"GetApp": request.GetApp, "ActivateApp": request.ActivateApp, "DeactivateApp": request.DeactivateApp,
		"DeleteApp": request.DeleteApp, "ListKeys": request.ListKeys, "ListGrants": request.ListGrants,
		"ListRoles": request.ListRoles, "UserRoles": request.UserRoles, "GetCustomRole": request.GetCustomRole,
		"DeleteCustomRole": request.DeleteCustomRole, "GetResourceSet": request.GetResourceSet,
		"DeleteResourceSet": request.DeleteResourceSet, "ListBindings": request.ListBindings,
		"ListPermissions": request.ListPermissions,
		"GetIntegration":  request.GetIntegration, "RemoveIntegration": request.RemoveIntegration,
		"ListSecrets": request.ListSecrets, "CreateSecret": request.CreateSecret,
	}
	two := map[string]build2{
		"ActivateKey": request.ActivateKey, "DeactivateKey": request.DeactivateKey, "DeleteKey": request.DeleteKey,
		"RevokeGrant": request.RevokeGrant, "UnassignRole": request.UnassignRole, "GetBinding": request.GetBinding,
		"DeleteBinding": request.DeleteBinding, "ActivateSecret": request.ActivateSecret,
		"DeactivateSecret": request.DeactivateSecret, "DeleteSecret": request.DeleteSecret,
		"AddPermission": request.AddPermission, "RemovePermission": request.RemovePermission,
	}
	ctx, org := t.Context(), parseOrg(t)
	for _, id := range []string{"", ".", "..", "a/b", "../users"} {
		for name, build := range one {
			if req, err := build(ctx, org, id); err == nil {
				t.Errorf("%s of %q builds a request to %v", name, id, req.URL)
			}
		}
		for name, build := range two {
			if req, err := build(ctx, org, id, "part"); err == nil {
				t.Errorf("%s of %q builds a request to %v", name, id, req.URL)
			}
			if req, err := build(ctx, org, "id", id); err == nil {
				t.Errorf("%s of part %q builds a request to %v", name, id, req.URL)
			}
		}
	}
}

// wantError checks that an error has a text, or that there is none for "".
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("error %q, want none", err)
	case want != "" && err == nil:
		t.Errorf("no error, want one with %q", want)
	case want != "" && !strings.Contains(err.Error(), want):
		t.Errorf("error %q, want one with %q", err, want)
	}
}
