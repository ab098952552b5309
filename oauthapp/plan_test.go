package oauthapp_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

func TestOtherKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		first := s.onboard(desired(), nil)
		s.sim.ResetRequests()
		other, err := oktaint.GenerateKey()
		if err != nil {
			t.Fatal(err)
		}
		d := desired()
		d.Key = other.Public()
		_, err = oauthapp.BuildPlan(t.Context(), s.admin, d, nil)
		var oe *oauthapp.OtherKeyError
		if !errors.As(err, &oe) {
			t.Fatalf("error: %v, want an OtherKeyError", err)
		}
		if oe.ApplicationID != first.ApplicationID || oe.ClientID != first.ClientID || oe.Label != label ||
			!slices.Equal(oe.KeyIDs, []string{testKey().ID()}) {
			t.Errorf("error: %+v", oe)
		}
		for _, want := range []string{first.ApplicationID, testKey().ID(), label} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("error %q does not name %s", err, want)
			}
		}
		if w := s.written(); len(w) != 0 {
			t.Errorf("written: %q", w)
		}
	})
}

func TestNotSuperAdmin(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		roles []string
	}{
		{"lesser roles", []string{"ORG_ADMIN", "APP_ADMIN"}},
		{"no role", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				c := s.client(s.sim.NewAPIToken(tc.roles...))
				var me struct{ Profile struct{ Login string } }
				if err := c.Get(t.Context(), &me, nil, "api", "v1", "users", "me"); err != nil {
					t.Fatal(err)
				}
				_, err := oauthapp.BuildPlan(t.Context(), c, desired(), nil)
				if !errors.Is(err, oauthapp.ErrNotSuperAdmin) {
					t.Fatalf("error: %v, want ErrNotSuperAdmin", err)
				}
				if login := me.Profile.Login; login == "" || !strings.Contains(err.Error(), login) {
					t.Errorf("error %q does not name the owner %q", err, login)
				}
				if w := s.written(); len(w) != 0 {
					t.Errorf("written: %q", w)
				}
			})
		})
	}
}

func TestRevokedToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		token := s.sim.APIToken()
		s.sim.RevokeAPIToken(token)
		_, err := oauthapp.BuildPlan(t.Context(), s.admin, desired(), nil)
		var oe *oktaint.Error
		if !errors.As(err, &oe) || oe.Code != "E0000011" {
			t.Fatalf("error: %v, want E0000011", err)
		}
		if strings.Contains(err.Error(), token) || strings.Count(err.Error(), "E0000011") != 1 {
			t.Errorf("error %q holds the token or repeats itself", err)
		}
	})
}

// A proxy that answers with a page of its own is no org: no plan comes of it,
// whichever request it catches.
func TestProxyAnswersHTML(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		path   string
		status int
	}{
		{"", 200}, {"", 403}, {"", 404},
		{"/api/v1/users/me", 200}, {"/api/v1/users/me", 403},
		{"/api/v1/apps", 200}, {"/api/v1/apps", 403},
		{"/api/v1/org/settings/clientPrivilegesSetting", 200},
		{"/api/v1/org/settings/clientPrivilegesSetting", 403},
	} {
		t.Run(strings.Trim(tc.path, "/")+http.StatusText(tc.status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				real := s.base
				s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
					if tc.path != "" && r.URL.Path != tc.path {
						return real.RoundTrip(r)
					}
					return answer(r, tc.status, "text/html", "<html><body>Please sign in</body></html>"), nil
				})
				_, err := oauthapp.BuildPlan(t.Context(), s.client(s.sim.APIToken()), desired(), nil)
				if err == nil || !strings.Contains(err.Error(), "web page") {
					t.Errorf("error: %v, want one about a web page", err)
				}
				if w := s.written(); len(w) != 0 {
					t.Errorf("written: %q", w)
				}
			})
		})
	}
}

func answer(r *http.Request, status int, contentType, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {contentType}},
		Body:   io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}

// served is an org that answers GETs from a table by path and query, and 404
// to everything else.
func served(t *testing.T, bodies map[string]string) *oktaint.Client {
	t.Helper()
	org, err := oktaint.ParseOrg("https://acme.okta.com")
	if err != nil {
		t.Fatal(err)
	}
	token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret("00token")}
	base := roundTrip(func(r *http.Request) (*http.Response, error) {
		body, ok := bodies[r.URL.RequestURI()]
		if r.Method != http.MethodGet {
			t.Errorf("BuildPlan sent %s %s", r.Method, r.URL.Path)
		}
		if !ok {
			body = `{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: x (App)","errorLink":"E0000007","errorId":"oae1","errorCauses":[]}`
			return answer(r, 404, "application/json", body), nil
		}
		resp := answer(r, 200, "application/json", body)
		if link := bodies["Link "+r.URL.RequestURI()]; link != "" {
			resp.Header.Set("Link", link)
		}
		return resp, nil
	})
	return oktaint.NewClient(token, base)
}

// ready are the answers of an org that has no app and whose token belongs to a
// Super Admin.
func ready() map[string]string {
	return map[string]string{
		"/api/v1/users/me":                             `{"id":"00u1","status":"ACTIVE","profile":{"login":"root@acme.example"}}`,
		"/api/v1/users/00u1/roles":                     `[{"id":"ra1","type":"SUPER_ADMIN","status":"ACTIVE","assignmentType":"USER"}]`,
		"/api/v1/org/settings/clientPrivilegesSetting": `{"clientPrivilegesSetting":false}`,
		appsQuery:                   `[]`,
		"/api/v1/iam/roles":         `{"roles":[]}`,
		"/api/v1/iam/resource-sets": `{"resource-sets":[]}`,
	}
}

const appsQuery = "/api/v1/apps?limit=200&q=acme-visibility"

// app is an app as lists have it, with these client keys.
func app(id, label, status, appType, jwks string) string {
	return `{"id":"` + id + `","name":"oidc_client","label":"` + label + `","status":"` + status + `",
		"credentials":{"signing":{"kid":"okta"},"oauthClient":{"client_id":"client-` + id + `"}},
		"settings":{"app":{},"oauthClient":{"grant_types":["client_credentials"],` + jwks + `"application_type":"` + appType + `"}}}`
}

func ourJWKS(t *testing.T) string {
	t.Helper()
	jwk, err := testKey().Public().MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return `"jwks":{"keys":[` + string(jwk) + `]},`
}

const (
	otherKey  = `{"kty":"RSA","id":"pks1","status":"ACTIVE","kid":"other","use":null,"e":"AQAB","n":"AQAB"}`
	otherJWKS = `"jwks":{"keys":[` + otherKey + `]},`
)

// The app is found among others that look like it, on a second page.
func TestFindsTheApp(t *testing.T) {
	t.Parallel()
	bodies := ready()
	bodies[appsQuery] = `[
		{"id":"0oaSAML","name":"template_saml_2_0","label":"acme-visibility","status":"ACTIVE","credentials":{"oauthClient":"x"},"settings":[]},
		` + app("0oaPREFIX", "acme-visibility-2", "ACTIVE", "service", ourJWKS(t)) + `,
		` + app("0oaWEB", label, "ACTIVE", "web", ourJWKS(t)) + `,
		` + app("0oaGONE", label, "DELETED", "service", ourJWKS(t)) + `]`
	bodies["Link "+appsQuery] = `<https://acme.okta.com/api/v1/apps?after=0oaGONE&limit=200&q=acme-visibility>; rel="next"`
	bodies["/api/v1/apps?after=0oaGONE&limit=200&q=acme-visibility"] = `[
		` + app("0oaOTHER", label, "ACTIVE", "service", otherJWKS) + `,
		` + app("0oaOURS", label, "ACTIVE", "service", ourJWKS(t)) + `]`
	bodies["/api/v1/apps/0oaOURS/grants"] = `[
		{"id":"oag1","status":"ACTIVE","scopeId":"okta.users.read","issuer":"https://acme.okta.com","clientId":"client-0oaOURS"},
		{"id":"oag2","status":"REVOKED","scopeId":"okta.logs.read","issuer":"https://acme.okta.com","clientId":"client-0oaOURS"}]`
	bodies["/oauth2/v1/clients/client-0oaOURS/roles"] = `[{"id":"KJCUCRC7J5HEYWK7IFCE2SKO","type":"READ_ONLY_ADMIN","status":"ACTIVE"}]`

	d := desired()
	d.Scopes, d.Role = scopes.New(scopes.UsersRead, scopes.LogsRead), oauthapp.RoleReadOnlyAdmin
	plan, err := oauthapp.BuildPlan(t.Context(), served(t, bodies), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	if plan.App == nil || plan.App.ID != "0oaOURS" || plan.App.ClientID != "client-0oaOURS" || plan.App.Granted.String() != "okta.users.read" {
		t.Fatalf("app: %+v", plan.App)
	}
	if steps := plan.Steps(); len(steps) != 1 || steps[0].Scopes.String() != "okta.logs.read" || steps[0].ApplicationID != "0oaOURS" {
		t.Errorf("steps: %+v", steps)
	}
	if len(plan.Warnings) != 1 || !strings.Contains(plan.Warnings[0], "0oaOTHER") {
		t.Errorf("warnings: %q, want one that names the other app", plan.Warnings)
	}
}

// The keys endpoint has answered in three shapes.
func TestReadsKeysFromTheirEndpoint(t *testing.T) {
	t.Parallel()
	keys := strings.TrimSuffix(strings.TrimPrefix(ourJWKS(t), `"jwks":{"keys":`), `},`)
	for _, tc := range []struct{ name, body, err string }{
		{"list", keys, ""},
		{"keys", `{"keys":` + keys + `}`, ""},
		{"jwks", `{"jwks":{"keys":` + keys + `}}`, ""},
		{"no keys", `[]`, "with no keys"},
		{"other key", `{"keys":[` + otherKey + `]}`, "only the keys other"},
		{"not keys", `{"status":"ok"}`, "not a set of keys"},
		{"null", `null`, "neither an object nor a list"},
		{"text", `"hello"`, "neither an object nor a list"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			bodies := ready()
			bodies[appsQuery] = `[` + app("0oa1", label, "ACTIVE", "service", "") + `]`
			bodies["/api/v1/apps/0oa1/credentials/jwks"] = tc.body
			bodies["/api/v1/apps/0oa1/grants"] = `[]`
			bodies["/oauth2/v1/clients/client-0oa1/roles"] = `[]`
			plan, err := oauthapp.BuildPlan(t.Context(), served(t, bodies), desired(), nil)
			switch {
			case tc.err != "":
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("error: %v, want %q", err, tc.err)
				}
			case err != nil:
				t.Error(err)
			case plan.App == nil || plan.App.ID != "0oa1":
				t.Errorf("app: %+v", plan.App)
			}
		})
	}
}

func TestTwoAppsHoldTheKey(t *testing.T) {
	t.Parallel()
	bodies := ready()
	bodies[appsQuery] = `[` + app("0oa1", label, "ACTIVE", "service", ourJWKS(t)) + `,` + app("0oa2", label, "INACTIVE", "service", ourJWKS(t)) + `]`
	_, err := oauthapp.BuildPlan(t.Context(), served(t, bodies), desired(), nil)
	if err == nil || !strings.Contains(err.Error(), "0oa1, 0oa2") {
		t.Errorf("error: %v, want one that names both apps", err)
	}
}

// What can be wrong with the key on the app is a warning.
func TestKeyWarnings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, old, new, want string }{
		{"inactive", `{"kty"`, `{"status":"INACTIVE","kty"`, "is not active"},
		{"other kid", `"kid":"` + testKey().ID() + `"`, `"kid":"older"`, `knows the key as "older"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			jwks := strings.Replace(ourJWKS(t), tc.old, tc.new, 1)
			bodies := ready()
			bodies[appsQuery] = `[` + app("0oa1", label, "ACTIVE", "service", jwks) + `]`
			bodies["/api/v1/apps/0oa1/grants"] = `[]`
			bodies["/oauth2/v1/clients/client-0oa1/roles"] = `[]`
			plan, err := oauthapp.BuildPlan(t.Context(), served(t, bodies), desired(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(plan.Warnings) != 1 || !strings.Contains(plan.Warnings[0], tc.want) {
				t.Errorf("warnings: %q, want %q", plan.Warnings, tc.want)
			}
		})
	}
}

// Lists that are no lists are errors, not an org without apps.
func TestListsMustBeLists(t *testing.T) {
	t.Parallel()
	for _, path := range []string{appsQuery, "/api/v1/users/00u1/roles", "/api/v1/apps/0oa1/grants", "/oauth2/v1/clients/client-0oa1/roles"} {
		for _, body := range []string{`{}`, `null`, `[`, `"x"`} {
			t.Run(path+body, func(t *testing.T) {
				t.Parallel()
				bodies := ready()
				bodies[appsQuery] = `[` + app("0oa1", label, "ACTIVE", "service", ourJWKS(t)) + `]`
				bodies["/api/v1/apps/0oa1/grants"] = `[]`
				bodies["/oauth2/v1/clients/client-0oa1/roles"] = `[]`
				bodies[path] = body
				if plan, err := oauthapp.BuildPlan(t.Context(), served(t, bodies), desired(), nil); err == nil {
					t.Errorf("plan: %v", plan.Steps())
				}
			})
		}
	}
}

// What only advises does not stop the plan: a setting that the org does not
// tell, an OAuth credential that belongs to no user.
func TestReadsThatOnlyAdvise(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ path, want string }{
		{"/api/v1/org/settings/clientPrivilegesSetting", "could not be read"},
		{"/api/v1/users/me", "belongs to no user"},
	} {
		t.Run(tc.path, func(t *testing.T) {
			t.Parallel()
			bodies := ready()
			delete(bodies, tc.path)
			plan, err := oauthapp.BuildPlan(t.Context(), served(t, bodies), desired(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(plan.Warnings) != 1 || !strings.Contains(plan.Warnings[0], tc.want) {
				t.Errorf("warnings: %q, want %q", plan.Warnings, tc.want)
			}
			if got := kinds(plan.Steps()); got != "create, role, custom role, resource set, binding, grant" {
				t.Errorf("steps: %s", got)
			}
		})
	}
}

// The plan says what the role will not show, and the role that would.
func TestPlanUnseen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		for _, tc := range []struct {
			role        string
			permissions []string
			want        string
		}{
			{oauthapp.RoleReadOnlyAdmin, []string{}, "user-schemas group-schema: assign ORG_ADMIN; app-grants admin-console-settings log-stream-schemas org-support-access: assign SUPER_ADMIN; " +
				"admins user-roles group-roles client-roles custom-roles custom-role-permissions resource-sets resource-set-resources resource-set-bindings resource-set-binding-members: assign a"},
			{"", []string{}, "user-schemas group-schema: assign ORG_ADMIN; app-grants admin-console-settings log-stream-schemas org-support-access: assign SUPER_ADMIN"},
			{oauthapp.RoleSuperAdmin, []string{}, ""},
			{oauthapp.RoleNone, []string{}, ""},
		} {
			d := desired()
			d.Role, d.Permissions = tc.role, tc.permissions
			var got []string
			for _, g := range s.plan(d, nil).Unseen {
				remedy := strings.Fields(strings.NewReplacer(",", "", ":", "").Replace(g.Remedy))
				got = append(got, strings.Join(g.Resources(), " ")+": "+strings.Join(remedy[:2], " "))
			}
			if strings.Join(got, "; ") != tc.want {
				t.Errorf("%s %q: %s", tc.role, tc.permissions, strings.Join(got, "; "))
			}
		}
	})
}
