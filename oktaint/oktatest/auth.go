package oktatest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/rezonate-io/okta-integration/scopes"
)

// actor is who a request is made for.
type actor struct {
	principal string // whose share of the rate limits it uses
	user      *user  // the owner of the API token
	apiToken  *apiToken
	client    *client // the app of the access token
	scopes    scopes.Set
	bound     bool // the access token is bound to a DPoP key
}

// ref is the actor as createdBy shows it.
func (a actor) ref() object {
	if a.client != nil {
		return object{"id": a.client.id, "type": "ServicePrincipal"}
	}
	return object{"id": a.user.id, "type": "User"}
}

// scheme is the scheme of the actor's access token.
func (a actor) scheme() string {
	if a.bound {
		return "DPoP"
	}
	return "Bearer"
}

// authenticate finds out who calls.
func (o *Org) authenticate(c *call) error {
	if c.route.flags&public != 0 {
		c.actor.principal = c.claimedClient()
		return nil
	}
	scheme, credential, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	credential = strings.TrimSpace(credential)
	switch {
	case scheme == "":
		return errSession
	case strings.EqualFold(scheme, "SSWS"):
		return o.authenticateToken(c, credential)
	case strings.EqualFold(scheme, "Bearer"):
		return o.authenticateBearer(c, credential)
	case strings.EqualFold(scheme, "DPoP"):
		return o.authenticateDPoP(c, credential)
	}
	return errSession
}

// authenticateToken checks an API token and slides its life.
func (o *Org) authenticateToken(c *call, value string) error {
	token := o.tokenByValue(value)
	now := o.now()
	if token == nil || !now.Before(token.expires) {
		return errToken
	}
	owner, found := o.users.get(token.userID)
	if !found || owner.status != statusActive || !token.network.allows(o.cfg.Zones) {
		return errToken
	}
	token.used(now)
	c.actor = actor{principal: token.id, user: owner, apiToken: token}
	return nil
}

// authenticateBearer checks an access token.
func (o *Org) authenticateBearer(c *call, value string) error {
	token, err := o.liveToken(c, "Bearer", value)
	if err != nil {
		return err
	}
	if token.jkt != "" {
		return c.challenge(http.StatusBadRequest, "DPoP", "invalid_request",
			"The resource request must use the DPoP authentication scheme when using a DPoP bound token.")
	}
	o.actAs(c, token)
	return nil
}

// liveToken returns an access token that is neither expired nor revoked.
func (o *Org) liveToken(c *call, scheme, value string) (*accessToken, error) {
	token := o.accessTokens[value]
	switch {
	case token == nil || !o.now().Before(token.expires):
		return nil, c.challenge(http.StatusUnauthorized, scheme, "invalid_token", "The access token is invalid.")
	case token.revoked:
		return nil, c.challenge(http.StatusUnauthorized, scheme, "invalid_token", "The access token has been revoked.")
	}
	return token, nil
}

// actAs lets the request act for the token's client.
func (o *Org) actAs(c *call, token *accessToken) {
	c.actor = actor{principal: token.client.id, client: token.client, scopes: token.scopes, bound: token.jkt != ""}
}

// challenge is an empty answer whose details are in WWW-Authenticate, spelled
// as recorded, with http in its URLs.
func (c *call) challenge(status int, scheme, code, description string) error {
	realm := "http://" + c.org.host
	if scheme == "DPoP" {
		scheme = `DPoP algs="RS256 RS384 RS512 ES256 ES384 ES512",`
	}
	return &challenge{status: status, header: fmt.Sprintf(
		`%s authorization_uri="%s/oauth2/v1/authorize", realm="%s", scope="%s", error="%s", error_description="%s", resource="%s"`,
		scheme, realm, realm, c.route.scope, code, description, c.r.URL.Path)}
}

// authorize checks that the access token's scopes and the caller's roles
// allow the route.
func (o *Org) authorize(c *call) error {
	row := c.route
	if row.flags&public != 0 {
		return nil
	}
	if c.actor.client != nil {
		if row.scope == "" {
			return errSession
		}
		if !c.actor.scopes.Covers(row.scope) {
			return c.challenge(http.StatusForbidden, c.actor.scheme(), "insufficient_scope",
				"The access token provided does not contain the required scopes.")
		}
	}
	roles := o.rolesOf(c.actor)
	if o.allows(roles, row.need) {
		return nil
	}
	if c.actor.client != nil && len(roles) == 0 && row.flags&emptyList != 0 && o.cfg.RoleMissing == EmptyList {
		c.blind = true
		return nil
	}
	return errForbidden
}

// rolesOf lists the admin roles that an actor holds.
func (o *Org) rolesOf(a actor) []*assignment {
	if a.client != nil {
		return o.assignments(a.client.id)
	}
	return o.rolesOfUser(a.user)
}

// require refuses a caller whose roles do not allow what is needed, where that
// depends on the request or the target.
func (c *call) require(need permission) error {
	if c.rights.allows(c.rights.rolesOf(c.actor), need) {
		return nil
	}
	return errForbidden
}

// requireSuperAdmin refuses a caller who is not a Super Admin, where that
// depends on the target.
func (c *call) requireSuperAdmin() error {
	if c.rights.allows(c.rights.rolesOf(c.actor), superAdmin) {
		return nil
	}
	return errForbidden
}
