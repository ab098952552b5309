package oktaint_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// An answer says that an object does not exist only in Okta's form.
func TestIsNotFound(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		body   string
		want   bool
	}{
		"Okta's":                 {404, `{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: 00u1 (User)"}`, true},
		"of a domain":            {404, `{"errorCode":"E0000163","errorSummary":"Domain ID not found."}`, true},
		"no such path":           {404, `{"errorCode":"E0000008","errorSummary":"The requested path was not found"}`, false},
		"of Okta's gateway":      {404, `{"status":404,"message":"Resource not found"}`, false},
		"a proxy's page":         {404, `<html><title>404 Not Found</title></html>`, false},
		"a proxy's text":         {404, "no such host", false},
		"empty":                  {404, "", false},
		"an empty object":        {404, "{}", false},
		"an empty code":          {404, `{"errorCode":""}`, false},
		"an OAuth error":         {404, `{"error":"not_found"}`, false},
		"gone":                   {410, `{"errorCode":"E0000007"}`, false},
		"another status":         {403, `{"errorCode":"E0000007"}`, false},
		"a success":              {200, `{"errorCode":"E0000007","errorSummary":"Not found"}`, false},
		"a code that is no text": {404, `{"errorCode":404}`, false},
	} {
		if err := getError(t, status(tt.status, tt.body)); oktaint.IsNotFound(err) != tt.want {
			t.Errorf("%s: IsNotFound(%v) = %v", name, err, !tt.want)
		}
	}
}

// A denial names what is missing, the remedy for the credential, and who can apply it.
func TestDenied(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	const wanted = `Bearer error="insufficient_scope", scope="okta.users.read"`
	app := oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.GroupsRead)}
	integration := oktaint.ClientSecret{Org: org, ClientID: "0oa2", Secret: oktaint.NewSecret("00secret"), Scopes: scopes.New(scopes.GroupsRead)}
	token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret("00token")}
	for name, tt := range map[string]struct {
		cred   oktaint.Credential
		step   func(*http.Request) (*http.Response, error)
		lacks  oktaint.Lack
		scope  scopes.Scope
		remedy string
		by     string
	}{
		"a scope of an app":            {app, status(403, "", "WWW-Authenticate", wanted), oktaint.LacksScope, scopes.UsersRead, "lacks the scope okta.users.read: a Super Admin grants it to the app", "a Super Admin"},
		"a scope without its name":     {app, status(403, "", "WWW-Authenticate", `Bearer error="insufficient_scope"`), oktaint.LacksScope, "", "grants it to the app", "a Super Admin"},
		"a scope of an integration":    {integration, status(403, "", "WWW-Authenticate", wanted), oktaint.LacksScope, scopes.UsersRead, "entry in Okta's catalogue, then reinstall it", "the vendor of the integration"},
		"a role of an app":             {app, apiError(403, "E0000006"), oktaint.LacksRole, "", "assigns one to the app", "a Super Admin"},
		"a role of a user":             {token, apiError(403, "E0000006"), oktaint.LacksRole, "", "assigns one to the owner of the API token", "a Super Admin"},
		"a feature":                    {token, apiError(401, "E0000015"), oktaint.LacksFeature, "", "Okta can switch it on", "Okta"},
		"a path":                       {app, apiError(404, "E0000008"), "", "", "", ""},
		"a page of a proxy":            {app, status(403, "<html>"), "", "", "", ""},
		"E0000006 with another status": {app, apiError(400, "E0000006"), "", "", "", ""},
		"an API token that is wrong":   {token, apiError(401, "E0000011"), "", "", "", ""},
	} {
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/oauth2/v1/token" {
				return respond(req, 200, `{"token_type":"Bearer","expires_in":3600,"access_token":"at1"}`), nil
			}
			return tt.step(req)
		})
		err := oktaint.NewClient(tt.cred, base).Get(t.Context(), nil, nil, "api", "v1", "users")
		d, ok := oktaint.Denied(err)
		if ok != (tt.lacks != "") || d.Lacks != tt.lacks || d.Scope != tt.scope || !strings.Contains(d.Remedy, tt.remedy) || !strings.HasPrefix(d.By, tt.by) {
			t.Errorf("%s: %+v, %v of %v", name, d, ok, err)
		}
		if !strings.Contains(err.Error(), d.Remedy) {
			t.Errorf("%s: the error does not say so: %v", name, err)
		}
	}
	if d, ok := oktaint.Denied(errors.New("x")); ok {
		t.Errorf("another error: %+v", d)
	}
}

// A request that was not sent because there was no token differs from one that the org
// has answered.
func TestNoTokenError(t *testing.T) {
	t.Parallel()
	e := newTokenEndpoint()
	e.answer = func(_ int, req *http.Request) *http.Response {
		return respond(req, 400, `{"error":"consent_required","error_description":"You are not allowed any of the requested scopes."}`)
	}
	err := oktaint.NewClient(e.source(t), roundTripper(status(200, "{}"))).Get(t.Context(), nil, nil, "api", "v1", "users")
	why, none := oktaint.NoToken(err)
	if !none || why.OAuthError != "consent_required" || why.Path != "/oauth2/v1/token" || oktaint.Ambiguous(err) || oktaint.IsNotFound(err) {
		t.Errorf("%v: %v, %v", err, why, none)
	}
	if d, ok := oktaint.Denied(err); !ok || d.Lacks != oktaint.LacksScope {
		t.Errorf("Denied: %+v, %v", d, ok)
	}
	if _, none := oktaint.NoToken(getError(t, status(403, ""))); none {
		t.Error("an answer counts as a request without a token")
	}
}
