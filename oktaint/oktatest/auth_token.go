package oktatest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/scopes"
)

// accessToken is what the org knows of an access token.
type accessToken struct {
	client  *client
	scopes  scopes.Set
	expires time.Time
	revoked bool
	jkt     string // thumbprint of the DPoP key it is bound to, if any
}

// token is the token endpoint of the org's authorization server.
func (c *call) token() (reply, error) {
	res, cl, err := c.tokenFor()
	c.recordToken(cl, err)
	return res, err
}

// tokenFor answers a token request, and says whose it is if that is known.
func (c *call) tokenFor() (res reply, cl *client, err error) {
	form, err := c.readForm()
	if err != nil {
		return reply{}, nil, err
	}
	switch form.Get("grant_type") {
	case "":
		return reply{}, nil, badOAuth("invalid_request", "The 'grant_type' parameter is required.")
	case "client_credentials":
	default:
		return reply{}, nil, badOAuth("unsupported_grant_type", "The authorization grant type is not supported by the authorization server.")
	}
	org := c.org
	defer func() { c.org = org }()
	c.org = org.before(org.cfg.Lag.Tokens) // what the endpoint knows of clients
	cl, err = c.authenticateClient(form)
	if err != nil {
		return reply{}, nil, err
	}
	granted := c.org.grantedTo(cl)
	c.org = org
	if cl.app != nil {
		if !slices.Contains(cl.app.settings().GrantTypes, "client_credentials") {
			return reply{}, cl, badOAuth("unauthorized_client", "The client is not authorized to use the provided grant type.")
		}
		if !cl.app.settings().Network.allows(c.org.cfg.Zones) {
			return reply{}, cl, &oauthError{http.StatusForbidden, "access_denied", "The request is made from outside the client's permitted network zones."}
		}
	}
	jkt, err := c.proofOfToken(cl)
	if err != nil {
		return reply{}, cl, err
	}
	names, err := org.reduce(granted, form.Get("scope"))
	if err != nil {
		return reply{}, cl, err
	}
	res, err = c.mint(cl, names, jkt)
	return res, cl, err
}

// reduce returns those of the scopes asked for that are granted. That some are
// missing shows only in the answer's scope.
func (o *Org) reduce(granted []string, asked string) ([]string, error) {
	names := strings.Fields(asked)
	if len(names) == 0 {
		return nil, badOAuth("invalid_scope", "No scopes were requested.")
	}
	for _, name := range names {
		switch {
		case name == "openid":
			return nil, badOAuth("invalid_scope", "Cannot request 'openid' scopes using client credentials.")
		case strings.HasSuffix(name, ".self"):
			return nil, badOAuth("invalid_scope", "Cannot request '.self' scopes using client credentials.")
		case !o.hasScope(scopes.Scope(name)):
			return nil, badOAuth("invalid_scope", "One or more scopes are not configured for the authorization server resource.")
		}
	}
	var given []string
	for _, name := range names {
		if slices.Contains(granted, name) && !slices.Contains(given, name) {
			given = append(given, name)
		}
	}
	if len(given) == 0 {
		return nil, badOAuth("consent_required", "You are not allowed any of the requested scopes.")
	}
	return given, nil
}

// mint makes a token. Its value is opaque: it only looks like a JWT.
func (c *call) mint(cl *client, names []string, jkt string) (reply, error) {
	o := c.org
	set, err := scopes.Parse(strings.Join(names, " "))
	if err != nil {
		return reply{}, err
	}
	o.forgetTokens()
	value := "eyJ" + randomText(253)
	o.accessTokens[value] = &accessToken{
		client: cl, scopes: set, jkt: jkt,
		expires: o.now().Add(o.cfg.TokenLifetime),
	}
	kind := "Bearer"
	if jkt != "" {
		kind = "DPoP"
	}
	return ok(object{
		"token_type": kind, "expires_in": int(o.cfg.TokenLifetime / time.Second),
		"access_token": value, "scope": strings.Join(names, " "),
	})
}

// forgetTokens drops the tokens that have expired once there are many; they
// are as invalid as unknown ones.
func (o *Org) forgetTokens() {
	if len(o.accessTokens) < 10000 {
		return
	}
	now := o.now()
	maps.DeleteFunc(o.accessTokens, func(_ string, token *accessToken) bool { return !now.Before(token.expires) })
}

// RevokeAccessTokens revokes all access tokens: from now on they get 401
// invalid_token.
func (o *Org) RevokeAccessTokens() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, token := range o.accessTokens {
		token.revoked = true
	}
}
