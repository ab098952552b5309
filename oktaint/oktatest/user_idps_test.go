package oktatest_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

const idpsPath = "/api/v1/idps/"

// TestSignInByIdP signs in users of each status by identity providers of each policy.
func TestSignInByIdP(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	closed := c.org.AddIdP(oktatest.IdP{})
	unsuspends := c.org.AddIdP(oktatest.IdP{Type: "SAML2", Unsuspends: true})
	reactivates := c.org.AddIdP(oktatest.IdP{Reactivates: true})
	linked := c.org.AddIdP(oktatest.IdP{LinkedOnly: true, Unsuspends: true})
	off := c.org.AddIdP(oktatest.IdP{Inactive: true, Unsuspends: true})
	for _, tt := range []struct{ status, opens string }{
		{"ACTIVE", closed + unsuspends + reactivates}, {"SUSPENDED", unsuspends}, {"DEPROVISIONED", reactivates},
		{"STAGED", ""}, {"LOCKED_OUT", ""}, {"PASSWORD_EXPIRED", ""},
	} {
		for _, idp := range []string{closed, unsuspends, reactivates, linked, off} {
			user := c.org.AddUser(oktatest.User{Status: tt.status})
			opens := strings.Contains(tt.opens, idp)
			if got := slices.Contains(c.org.Access(user).OpenIdPs, idp); got != opens {
				t.Errorf("%s by %s: open %v", tt.status, idp, got)
			}
			before := string(c.org.State())
			if err := c.org.SignInByIdP(user, idp); (err == nil) != opens {
				t.Errorf("%s by %s: %v", tt.status, idp, err)
			}
			if !opens {
				if string(c.org.State()) != before {
					t.Errorf("%s by %s: refused, but the org has changed", tt.status, idp)
				}
				continue
			}
			if a := c.org.Access(user); a.Status != "ACTIVE" || a.Sessions != 1 || !slices.Equal(a.LinkedIdPs, []string{idp}) {
				t.Errorf("%s by %s: %+v", tt.status, idp, a)
			}
		}
	}
	user := c.org.AddUser(oktatest.User{Status: "SUSPENDED"})
	if err := c.org.SignInByIdP(user, unsuspends); err != nil {
		t.Fatal(err)
	}
	c.wantLast("user.lifecycle.unsuspend SUCCESS <nil> User:"+user,
		"user.authentication.auth_via_IDP SUCCESS <nil> IdentityProvider:"+unsuspends, "user.session.start SUCCESS <nil>")
}

// TestUnlinkIdP ends a link, which comes back where the account link policy says so, and
// makes it by hand.
func TestUnlinkIdP(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
		user := c.org.AddUser(oktatest.User{})
		auto := c.org.AddIdP(oktatest.IdP{Type: "SAML2", Users: []string{user}})
		by := c.org.AddIdP(oktatest.IdP{Type: "SAML2", LinkedOnly: true, Users: []string{user}})
		if a := c.org.Access(user); !slices.Equal(a.LinkedIdPs, []string{auto, by}) {
			t.Errorf("linked to %v", a.LinkedIdPs)
		}
		one := c.admin("GET", idpsPath+by+"/users/"+user, nil).want(t, 200)
		if !strings.Contains(one.text(t, "_links.idp.href"), by) || one.text(t, "externalId") == "" {
			t.Errorf("link = %s", one.body)
		}
		for _, idp := range []string{auto, by} {
			c.admin("DELETE", idpsPath+idp+"/users/"+user, nil).want(t, 204)
			c.admin("DELETE", idpsPath+idp+"/users/"+user, nil).wantError(t, 404, "E0000007", "(IdpUser)")
			c.admin("GET", idpsPath+idp+"/users/"+user, nil).wantError(t, 404, "E0000007", "")
		}
		if got := c.admin("GET", usersPath+user+"/idps", nil).want(t, 200).body; got != "[]" {
			t.Errorf("still linked: %s", got)
		}
		if err := c.org.SignInByIdP(user, by); err == nil {
			t.Error("signed in without a link")
		}
		if err := c.org.SignInByIdP(user, auto); err != nil {
			t.Errorf("linking again: %v", err)
		}
		link := idpsPath + by + "/users/" + user
		c.admin("POST", link, object{}).wantError(t, 400, "E0000001", "externalId")
		c.admin("POST", link, object{"externalId": "ada", "who": 1}).wantError(t, 400, "E0000003", "")
		time.Sleep(time.Hour)
		a := c.admin("POST", link, object{"externalId": "ada"}).want(t, 200)
		if a.text(t, "externalId") != "ada" || a.text(t, "id") != user || strings.Contains(a.body, "profile") || strings.Contains(a.text(t, "created"), "00:00:00") {
			t.Errorf("linked = %s", a.body)
		}
		c.admin("POST", link, object{"externalId": "ada"}).wantError(t, 400, "E0000001", "userId")
		oidc := c.org.AddIdP(oktatest.IdP{})
		c.admin("POST", idpsPath+oidc+"/users/"+user, object{"externalId": "ada"}).wantError(t, 400, "E0000001", "type")
		c.admin("POST", idpsPath+"0oanone/users/"+user, object{"externalId": "ada"}).wantError(t, 404, "E0000007", "(IdentityProvider)")
		c.admin("DELETE", idpsPath+by+"/users/00unone", nil).wantError(t, 404, "E0000007", "(User)")
		for _, role := range []string{"USER_ADMIN", "READ_ONLY_ADMIN"} {
			c.do("POST", link, "SSWS "+c.org.NewAPIToken(role), object{"externalId": "ada"}).wantError(t, 403, "E0000006", "")
		}
	})
}

// TestReadIdPs opens identity providers to a custom role that reads or manages them.
func TestReadIdPs(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	for _, tt := range []struct{ path, scope, collection, read, manage string }{
		{"/api/v1/idps", "okta.idps.read", "idps", "okta.identityProviders.read", "okta.identityProviders.manage"},
		{"/api/v1/devices", "okta.devices.read", "devices", "okta.devices.read", "okta.devices.manage"},
	} {
		set := c.newSet(tt.collection, "/api/v1/"+tt.collection)
		for permission, status := range map[string]int{tt.read: 200, tt.manage: 200, "okta.users.read": 403} {
			app := c.newApp(tt.scope)
			c.bind(set, c.newRole(tt.collection+permission, permission), app).want(t, 200)
			c.do("GET", tt.path, c.bearer(app, tt.scope), nil).want(t, status)
		}
	}
}
