package conformance

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A flow carries what one request of the flow learns to the later ones.
type flow struct {
	org      oktaint.Org
	key, ec  oktaint.PublicKey
	appID    string
	clientID string
	id       string // of the answer before
	service  string
	user     string
	role     string
	set      string
}

// A step is one call of a function of oauthapp/request.
type step struct {
	function string
	build    func(context.Context, *flow) (*http.Request, error)
	learn    func(*flow, json.RawMessage) // nil: nothing
}

const (
	sampleLabel   = "acme visibility"
	sampleService = "anzennaapiservice"
)

// idOf returns the id in an answer.
func idOf(body json.RawMessage) string {
	var object struct{ ID string }
	_ = json.Unmarshal(body, &object) // no object, no id: the next request fails
	return object.ID
}

func learnID(f *flow, body json.RawMessage) { f.id = idOf(body) }

func learnApp(f *flow, body json.RawMessage) {
	var app struct {
		ID          string
		Credentials struct {
			OAuthClient struct {
				ClientID string `json:"client_id"`
			}
		}
	}
	_ = json.Unmarshal(body, &app)
	f.appID, f.clientID = app.ID, app.Credentials.OAuthClient.ClientID
}

// onApp and its like make steps of the functions that share a signature.
func onApp(name string, build func(context.Context, oktaint.Org, string) (*http.Request, error)) step {
	return step{function: name, build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return build(ctx, f.org, f.appID)
	}}
}

func onAppPart(name string, build func(_ context.Context, _ oktaint.Org, appID, id string) (*http.Request, error)) step {
	return step{function: name, build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return build(ctx, f.org, f.appID, f.id)
	}}
}

func onService(name string, build func(context.Context, oktaint.Org, string) (*http.Request, error)) step {
	return step{function: name, build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return build(ctx, f.org, f.service)
	}}
}

func onServicePart(name string, build func(_ context.Context, _ oktaint.Org, id, secretID string) (*http.Request, error)) step {
	return step{function: name, build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return build(ctx, f.org, f.service, f.id)
	}}
}

func onOrg(name string, build func(context.Context, oktaint.Org) (*http.Request, error)) step {
	return step{function: name, build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return build(ctx, f.org)
	}}
}

func onSample(name, id string, build func(context.Context, oktaint.Org, string) (*http.Request, error)) step {
	return step{function: name, build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return build(ctx, f.org, id)
	}}
}

func onRole(name string, build func(context.Context, oktaint.Org, string) (*http.Request, error)) step {
	return step{function: name, build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return build(ctx, f.org, f.role)
	}}
}

func onRolePart(name, part string, build func(_ context.Context, _ oktaint.Org, role, part string) (*http.Request, error)) step {
	return step{function: name, build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return build(ctx, f.org, f.role, part)
	}}
}

func onSet(name string, build func(context.Context, oktaint.Org, string) (*http.Request, error)) step {
	return step{function: name, build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return build(ctx, f.org, f.set)
	}}
}

func (s step) learning(learn func(*flow, json.RawMessage)) step {
	s.learn = learn
	return s
}

func createApp(app func(*flow) request.App) step {
	return step{function: "CreateApp", build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.CreateApp(ctx, f.org, app(f))
	}}.learning(learnApp)
}

// steps calls every function of oauthapp/request at least once, in an order in
// which an org can answer.
var steps = []step{
	onOrg("GetClientPrivileges", request.GetClientPrivileges),
	{function: "SetClientPrivileges", build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.SetClientPrivileges(ctx, f.org, false)
	}},
	onOrg("ListAPITokens", request.ListAPITokens),
	onOrg("CurrentUser", request.CurrentUser).learning(func(f *flow, body json.RawMessage) { f.user = idOf(body) }),
	{function: "UserRoles", build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.UserRoles(ctx, f.org, f.user)
	}},

	createApp(func(f *flow) request.App {
		return request.App{
			Label: "with everything", Key: f.ec, ClientID: "acme-visibility-1", DPoP: true,
			Network: &request.Network{Include: []string{"nzo1111111111111115d7"}},
		}
	}),
	createApp(func(f *flow) request.App { return request.App{Label: sampleLabel, Key: f.key} }),
	onSample("FindApps", sampleLabel, request.FindApps),
	onApp("GetApp", request.GetApp),
	{function: "UpdateApp", build: func(ctx context.Context, f *flow) (*http.Request, error) {
		create, err := request.CreateApp(ctx, f.org, request.App{Label: "renamed", Key: f.key})
		if err != nil {
			return nil, err
		}
		app, err := io.ReadAll(create.Body)
		if err != nil {
			return nil, err
		}
		return request.UpdateApp(ctx, f.org, f.appID, app)
	}},
	onApp("DeactivateApp", request.DeactivateApp),
	onApp("ActivateApp", request.ActivateApp),

	onApp("ListKeys", request.ListKeys),
	{function: "AddKey", learn: learnID, build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.AddKey(ctx, f.org, f.appID, f.ec)
	}},
	onAppPart("DeactivateKey", request.DeactivateKey),
	onAppPart("ActivateKey", request.ActivateKey),
	onAppPart("DeactivateKey", request.DeactivateKey),
	onAppPart("DeleteKey", request.DeleteKey),

	{function: "Grant", learn: learnID, build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.Grant(ctx, f.org, f.appID, scopes.UsersRead)
	}},
	onApp("ListGrants", request.ListGrants),
	onAppPart("RevokeGrant", request.RevokeGrant),

	{function: "AssignRole", learn: learnID, build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.AssignRole(ctx, f.org, f.clientID, "READ_ONLY_ADMIN")
	}},
	{function: "ListRoles", build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.ListRoles(ctx, f.org, f.clientID)
	}},
	{function: "UnassignRole", build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.UnassignRole(ctx, f.org, f.clientID, f.id)
	}},

	{function: "InstallIntegration", build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.InstallIntegration(ctx, f.org, sampleService, scopes.New(scopes.UsersRead, scopes.LogsRead), nil)
	}, learn: func(f *flow, body json.RawMessage) { f.service = idOf(body) }},
	onOrg("ListIntegrations", request.ListIntegrations),
	onService("GetIntegration", request.GetIntegration),
	onService("CreateSecret", request.CreateSecret).learning(learnID),
	onService("ListSecrets", request.ListSecrets),
	onServicePart("DeactivateSecret", request.DeactivateSecret),
	onServicePart("ActivateSecret", request.ActivateSecret),
	onServicePart("DeactivateSecret", request.DeactivateSecret),
	onServicePart("DeleteSecret", request.DeleteSecret),
	onService("RemoveIntegration", request.RemoveIntegration),

	{function: "CreateCustomRole", build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.CreateCustomRole(ctx, f.org, request.Role{
			Label: sampleLabel, Description: "suspends users", Permissions: []string{"okta.users.lifecycle.suspend"},
		})
	}, learn: func(f *flow, body json.RawMessage) { f.role = idOf(body) }},
	onOrg("ListCustomRoles", request.ListCustomRoles),
	onRole("GetCustomRole", request.GetCustomRole),
	onRolePart("AddPermission", "okta.users.read", request.AddPermission),
	onRole("ListPermissions", request.ListPermissions),
	onRolePart("RemovePermission", "okta.users.read", request.RemovePermission),
	{function: "CreateResourceSet", build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.CreateResourceSet(ctx, f.org, request.ResourceSet{
			Label: sampleLabel, Description: "all users", Resources: []string{"/api/v1/users"},
		})
	}, learn: func(f *flow, body json.RawMessage) { f.set = idOf(body) }},
	onOrg("ListResourceSets", request.ListResourceSets),
	onSet("GetResourceSet", request.GetResourceSet),
	{function: "CreateBinding", build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.CreateBinding(ctx, f.org, f.set, f.role, f.clientID)
	}},
	onSet("ListBindings", request.ListBindings),
	{function: "GetBinding", build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.GetBinding(ctx, f.org, f.set, f.role)
	}},
	{function: "ListRoles", build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.ListRoles(ctx, f.org, f.clientID)
	}},
	{function: "DeleteBinding", build: func(ctx context.Context, f *flow) (*http.Request, error) {
		return request.DeleteBinding(ctx, f.org, f.set, f.role)
	}},
	onSet("DeleteResourceSet", request.DeleteResourceSet),
	onRole("DeleteCustomRole", request.DeleteCustomRole),

	onApp("DeactivateApp", request.DeactivateApp),
	onApp("DeleteApp", request.DeleteApp),
	onOrg("RevokeCurrentToken", request.RevokeCurrentToken),
}
