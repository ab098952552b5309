package oktatest_test

import (
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

const logoutPath = "/oauth2/v1/global-token-revocation"

// TestUniversalLogout ends what is open of a user, except API tokens, and lowers a risk that
// was set.
func TestUniversalLogout(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	user := c.org.AddUser(oktatest.User{Sessions: 2, Clients: []string{"0oaclient"}})
	c.org.AddAPIToken(user)
	idp := c.org.AddIdP(oktatest.IdP{Type: "SAML2", Users: []string{user}})
	byID := object{"sub_id": object{"format": "opaque", "id": user}}
	c.admin("POST", logoutPath, byID).want(t, 204)
	if a := c.org.Access(user); a.Sessions != 0 || a.AccessTokens != 0 || len(a.RefreshTokens) != 0 || len(a.APITokens) != 1 || a.Status != "ACTIVE" {
		t.Errorf("after a logout: %+v", a)
	}
	c.wantLast("user.authentication.universal_logout SUCCESS <nil> User:" + user)
	risk := usersPath + user + "/risk"
	if got := c.admin("GET", risk, nil).want(t, 200).text(t, "riskLevel"); got != "NONE" {
		t.Errorf("risk = %s", got)
	}
	c.admin("PUT", risk, object{"riskLevel": "HIGH"}).want(t, 201)
	issuer := c.admin("GET", idpsPath+idp, nil).text(t, "protocol.credentials.trust.issuer")
	login := c.admin("GET", usersPath+user, nil).text(t, "profile.login")
	c.org.SignIn(user)
	c.admin("POST", logoutPath, object{"sub_id": object{"format": "iss_sub", "iss": issuer, "sub": login}}).want(t, 204)
	c.wantLast("user.authentication.universal_logout SUCCESS <nil> User:"+user, "user.risk.change SUCCESS <nil> User:"+user)
	if got := c.admin("GET", risk, nil).text(t, "riskLevel"); got != "LOW" || c.org.Sessions(user) != 0 {
		t.Errorf("risk %s, %d sessions", got, c.org.Sessions(user))
	}

	for _, bad := range []object{
		{}, {"sub_id": object{}}, {"sub_id": object{"format": "opaque"}}, {"sub_id": object{"format": "email", "id": user}},
		{"sub_id": object{"format": "opaque", "id": "00unone"}}, {"sub_id": object{"format": "opaque", "id": user, "iss": issuer}},
		{"sub_id": object{"format": "iss_sub", "iss": issuer, "sub": "nobody"}}, {"sub_id": object{"format": "iss_sub", "iss": "https://x", "sub": login}},
		{"sub_id": object{"format": "opaque", "id": login}},
	} {
		c.admin("POST", logoutPath, bad).wantError(t, 400, "E0000001", "sub_id")
	}
	c.admin("POST", logoutPath, object{"sub_id": object{"format": "opaque", "id": user}, "user": user}).wantError(t, 400, "E0000003", "")
	c.admin("POST", logoutPath, `{`).wantError(t, 400, "E0000003", "")
	without := newCaller(t, oktatest.Config{FeaturesOff: map[string]int{"identity-threat-protection": 0}})
	without.admin("POST", logoutPath, byID).wantError(t, 401, "E0000015", "")
}
