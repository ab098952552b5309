package oktaint_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

const (
	mePath          = "/api/v1/users/me"
	userRolesPath   = "/api/v1/users/00u1/roles"
	clientRolesPath = "/oauth2/v1/clients/0oa1/roles"

	me = `{"id":"00u1","status":"ACTIVE","profile":{"login":"alice@example.com"}}`
)

// whoAmI calls WhoAmI with a credential in an org that answers by path. An answer is a
// status and a body. A path without one gets no answer.
func whoAmI(t *testing.T, ctx context.Context, app bool, answers map[string]string) (oktaint.Principal, error) {
	t.Helper()
	tokens := newTokenEndpoint()
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/oauth2/v1/token" && answers[r.URL.Path] == "" {
			return tokens.RoundTrip(r)
		}
		text, ok := answers[r.URL.Path]
		if !ok || r.Method != http.MethodGet && r.URL.Path != "/oauth2/v1/token" {
			t.Errorf("%s %s was sent", r.Method, r.URL.Path)
		}
		status, body, _ := strings.Cut(text, " ")
		switch status {
		case "404":
			return respond(r, 404, body), nil
		case "403":
			return respond(r, 403, body), nil
		case "401":
			return respond(r, 401, body), nil
		case "400":
			return respond(r, 400, body), nil
		case "scope":
			return respond(r, 403, "", "WWW-Authenticate", `Bearer error="insufficient_scope", scope="okta.roles.read"`), nil
		case "broken":
			return nil, io.ErrUnexpectedEOF
		}
		return respond(r, 200, body), nil
	})
	org := mustOrg(t, "acme")
	var cred oktaint.Credential = oktaint.APIToken{Org: org, Token: oktaint.NewSecret("00token")}
	if app {
		cred = oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.Visibility}
	}
	c := oktaint.NewClient(cred, base)
	c.Transport().MaxRetries = -1
	return oktaint.WhoAmI(ctx, c)
}

// An API token is asked for its user, an app is known; an inactive role does not
// count, a custom role carries its ids, and one without a status counts.
func TestWhoAmI(t *testing.T) {
	t.Parallel()
	roles := `200 [
		{"id":"ra1","label":"Super Administrator","type":"SUPER_ADMIN","status":"INACTIVE"},
		{"id":"ra2","label":"Read-only Administrator","type":"READ_ONLY_ADMIN","status":"ACTIVE"},
		{"id":"irb1","label":"Responders","type":"CUSTOM","role":"cr01","resource-set":"iam1"},
		{"id":"irb2","label":"Helpers","type":"CUSTOM","status":"ACTIVE","role":"cr02","resource-set":"iam1"}]`
	want := []oktaint.HeldRole{
		{ID: "ra2", Type: "READ_ONLY_ADMIN", Label: "Read-only Administrator"},
		{ID: "irb1", Type: "CUSTOM", Label: "Responders", Role: "cr01", ResourceSet: "iam1"},
		{ID: "irb2", Type: "CUSTOM", Label: "Helpers", Role: "cr02", ResourceSet: "iam1"},
	}
	for _, app := range []bool{true, false} {
		got, err := whoAmI(t, t.Context(), app, map[string]string{mePath: "200 " + me, userRolesPath: roles, clientRolesPath: roles})
		if err != nil || got.RolesErr != nil || !slices.Equal(got.Roles, want) || !slices.Equal(got.RoleTypes(), []string{"CUSTOM", "READ_ONLY_ADMIN"}) {
			t.Errorf("app %v: %+v, %v", app, got, err)
		}
		if !got.Holds("READ_ONLY_ADMIN") || got.Holds("SUPER_ADMIN") {
			t.Errorf("app %v: it holds %q", app, got.RoleTypes())
		}
		id := []string{got.UserID, got.Login, got.ClientID}
		if wantID := map[bool][]string{false: {"00u1", "alice@example.com", ""}, true: {"", "", "0oa1"}}[app]; !slices.Equal(id, wantID) {
			t.Errorf("app %v: it is %q, want %q", app, id, wantID)
		}
	}
}

// Roles that cannot be read are unknown, which differs from none, and the reason is
// kept.
func TestWhoAmIRolesUnknown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, answer string
		lacks        oktaint.Lack
	}{
		{"a scope is missing", "scope", oktaint.LacksScope},
		{"a role is missing", `403 {"errorCode":"E0000006"}`, oktaint.LacksRole},
		{"a feature is off", `401 {"errorCode":"E0000015"}`, oktaint.LacksFeature},
		{"a proxy's 404", "404 <html>not found</html>", ""},
		{"no such path", `404 {"errorCode":"E0000008"}`, ""},
		{"not found", `404 {"errorCode":"E0000007"}`, ""},
		{"nothing", "200 ", ""},
		{"an object", "200 {}", ""},
	} {
		for _, app := range []bool{true, false} {
			got, err := whoAmI(t, t.Context(), app, map[string]string{mePath: "200 " + me, userRolesPath: test.answer, clientRolesPath: test.answer})
			if err != nil || got.RolesErr == nil || got.RoleTypes() != nil || got.UserID+got.ClientID == "" {
				t.Errorf("%s, app %v: %+v, %v", test.name, app, got, err)
			}
			if d, ok := oktaint.Denied(got.RolesErr); d.Lacks != test.lacks || ok != (test.lacks != "") {
				t.Errorf("%s, app %v: %+v, %v", test.name, app, d, got.RolesErr)
			}
		}
	}
	got, err := whoAmI(t, t.Context(), true, map[string]string{clientRolesPath: "200 []"})
	if err != nil || got.RolesErr != nil || len(got.Roles) != 0 {
		t.Errorf("no roles: %+v, %v", got, err)
	}
	unknown := oktaint.Principal{RolesErr: io.EOF, Roles: []oktaint.HeldRole{{Type: "SUPER_ADMIN"}}}
	if unknown.Holds("SUPER_ADMIN") || unknown.RoleTypes() != nil {
		t.Error("roles that are unknown are held")
	}
}

// It is an error if the user is not known, or if the credential does not work.
func TestWhoAmIFails(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, me, roles, token string
		app                    bool
	}{
		{"the token is refused", `401 {"errorCode":"E0000011"}`, "", "", false},
		{"it is not a user's", `403 {"errorCode":"E0000005"}`, "", "", false},
		{"a proxy's 404", "404 <html>", "", "", false},
		{"an empty answer", "200 ", "", "", false},
		{"an empty object", "200 {}", "", "", false},
		{"no id", `200 {"profile":{"login":"alice@example.com"}}`, "", "", false},
		{"no connection", "broken", "", "", false},
		{"the token is refused later", "200 " + me, `401 {"errorCode":"E0000011"}`, "", false},
		{"no connection later", "200 " + me, "broken", "", false},
		{"the app is refused", "", `401 {"errorCode":"E0000011"}`, "", true},
		{"the app has no token", "", "200 []", `401 {"error":"invalid_client"}`, true},
		{"the app has no scope", "", "200 []", `400 {"error":"consent_required"}`, true},
	} {
		answers := map[string]string{mePath: test.me, userRolesPath: test.roles, clientRolesPath: test.roles, "/oauth2/v1/token": test.token}
		got, err := whoAmI(t, t.Context(), test.app, answers)
		if err == nil || got.UserID+got.ClientID != "" || !strings.HasPrefix(err.Error(), "oktaint: ") {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
		if _, ok := oktaint.NoToken(err); ok != (test.token != "") {
			t.Errorf("%s: NoToken %v: %v", test.name, ok, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := whoAmI(t, ended, true, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context has ended: %v", err)
	}
	if _, err := oktaint.WhoAmI(t.Context(), oktaint.NewClient(oktaint.APIToken{}, nil)); err == nil {
		t.Error("a credential without an org is somebody's")
	}
}
