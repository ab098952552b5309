package oktatest

import (
	"net/http"
	"net/url"
	"time"
)

const (
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

	// farthestExp is how far ahead an assertion may expire.
	farthestExp = time.Hour
)

// oauthForm is the parameters of a request to the token endpoints.
type oauthForm struct {
	url.Values
}

// readForm reads the parameters. A client assertion in the query is accepted,
// as recorded; a secret there is refused, as documented.
func (c *call) readForm() (oauthForm, error) {
	values, err := url.ParseQuery(string(c.body))
	if err != nil {
		return oauthForm{}, badOAuth("invalid_request", "The request body could not be parsed.")
	}
	if c.query.Has("client_secret") {
		return oauthForm{}, badOAuth("invalid_request", "Client credentials must not be sent in the query.")
	}
	for name, more := range c.query {
		values[name] = append(values[name], more...)
	}
	for name, all := range values {
		if len(all) > 1 {
			return oauthForm{}, badOAuth("invalid_request", "The parameter '"+name+"' must not be repeated.")
		}
	}
	return oauthForm{values}, nil
}

// claimedClient returns the client_id that a request to the token endpoints
// claims to come from, if there is such a client. It is only counted by.
func (c *call) claimedClient() string {
	id, _, basic := c.basic()
	if !basic {
		form, err := c.readForm()
		if err != nil {
			return ""
		}
		id = form.Get("client_id")
		if j, err := parseJWT(form.Get("client_assertion")); err == nil {
			id = j.text("sub")
		}
	}
	if c.org.clients[id] == nil {
		return ""
	}
	return id
}

// basic returns the client credentials of the Authorization header.
func (c *call) basic() (id, secret string, ok bool) {
	id, secret, ok = c.r.BasicAuth()
	if !ok {
		return "", "", false
	}
	// RFC 6749, section 2.3.1: both are form-encoded first.
	if plain, err := url.QueryUnescape(id); err == nil {
		id = plain
	}
	if plain, err := url.QueryUnescape(secret); err == nil {
		secret = plain
	}
	return id, secret, true
}

// authenticateClient finds out which client asks, by a JWT or a secret.
func (c *call) authenticateClient(form oauthForm) (*client, error) {
	id, secret, basic := c.basic()
	assertion := form.Get("client_assertion")
	ways := 0
	for _, used := range []bool{c.r.Header.Get("Authorization") != "", assertion != "", form.Get("client_secret") != ""} {
		if used {
			ways++
		}
	}
	switch {
	case ways > 1:
		return nil, badOAuth("invalid_request", "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.")
	case assertion != "":
		return c.checkAssertion(form, assertion)
	case basic:
		return c.checkSecret(id, secret, true)
	case form.Get("client_secret") != "":
		return c.checkSecret(form.Get("client_id"), form.Get("client_secret"), false)
	}
	return nil, invalidClient("No client credentials found.")
}

// checkSecret checks a client that authenticates by a secret: at the org's
// authorization server only API service integrations do.
func (c *call) checkSecret(id, secret string, basic bool) (*client, error) {
	cl := c.org.clients[id]
	switch {
	case cl == nil || !cl.isActive():
		return nil, invalidClient("Invalid value for 'client_id' parameter.")
	case cl.service == nil:
		return nil, invalidClient("Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.")
	case !basic:
		return nil, invalidClient("OAuth Integration Client Credentials requests to the Org Authorization Server must use either private_key_jwt or client_secret_basic token_endpoint_auth_method.")
	case !cl.service.secrets.accepts(secret):
		return nil, invalidClient("The client secret supplied for a confidential client is invalid.")
	}
	return cl, nil
}

// checkAssertion checks a client that authenticates by a signed JWT.
func (c *call) checkAssertion(form oauthForm, text string) (*client, error) {
	if form.Get("client_assertion_type") != assertionType {
		return nil, badOAuth("invalid_request", "The client_assertion_type is invalid.")
	}
	j, err := parseJWT(text)
	if err != nil {
		return nil, invalidClient("The parsing of the client_assertion failed.")
	}
	cl, err := c.assertedClient(form, j)
	if err != nil {
		return nil, err
	}
	if err := checkSignature(cl.app, j); err != nil {
		return nil, err
	}
	if err := c.checkClaims(j); err != nil {
		return nil, err
	}
	return cl, c.useOnce(cl, j)
}

// assertedClient returns the client that issuer and subject name.
func (c *call) assertedClient(form oauthForm, j *jwt) (*client, error) {
	iss, sub := j.text("iss"), j.text("sub")
	cl := c.org.clients[sub]
	switch {
	case iss == "" || iss != sub && cl != nil:
		return nil, invalidClient("The issuer claim for client_assertion is not a valid client_id.")
	case sub == "" || iss != sub:
		return nil, invalidClient("The subject claim for client_assertion is not a valid client_id.")
	case cl == nil || !cl.isActive() || form.Has("client_id") && form.Get("client_id") != sub:
		return nil, invalidClient("Invalid value for 'client_id' parameter.")
	case cl.app == nil:
		return nil, invalidClient("The client does not have a JWKSet configured, but the client_assertion requires one.")
	case cl.app.credentials().Method != methodPrivateKey:
		return nil, invalidClient("Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.")
	case !cl.isService():
		return nil, invalidClient("Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server.")
	case cl.app.settings().JWKSURI != "":
		return nil, invalidClient("Error retrieving the client JWKSet from jwks_uri.")
	case len(cl.app.keys) == 0:
		return nil, invalidClient("The client does not have a JWKSet configured, but the client_assertion requires one.")
	}
	return cl, nil
}

// checkSignature finds the key that the JWT names and checks the signature.
func checkSignature(a *app, j *jwt) error {
	if hashOf(j.header.Alg) == 0 {
		return invalidClient("The client_assertion JWT signature algorithm is invalid.")
	}
	var named *key
	for _, k := range a.keys {
		sameKid := k.in.Kid == nil && j.header.Kid == nil ||
			k.in.Kid != nil && j.header.Kid != nil && *k.in.Kid == *j.header.Kid
		if sameKid && k.active() {
			named = k
		}
	}
	switch {
	case named == nil:
		return invalidClient("The client_assertion JWT kid is invalid.")
	case named.encrypts():
		return invalidClient("The public key being used to verify the client_assertion has an invalid 'use'.")
	case named.public == nil:
		return invalidClient("The client_assertion signature is invalid.")
	case !fits(j.header.Alg, named.public):
		return invalidClient("The client_assertion JWT signature algorithm is invalid.")
	case !j.verify(named.public):
		return invalidClient("The client_assertion signature is invalid.")
	}
	return nil
}

// checkClaims checks audience and times, by the org's clock.
func (c *call) checkClaims(j *jwt) error {
	now := c.org.now()
	if !j.meant(c.org.URL() + c.r.URL.Path) {
		return invalidClient("The audience claim for client_assertion must be the endpoint invoked for the request.")
	}
	exp, ok := j.when("exp")
	switch {
	case !ok:
		return invalidClient("The client_assertion token must contain the 'exp' claim as seconds since epoch.")
	case !exp.After(now):
		return invalidClient("The client_assertion token is expired.")
	case exp.After(now.Add(farthestExp)):
		return invalidClient("The client_assertion token has an expiration too far into the future.")
	}
	if _, set := j.claims["iat"]; set {
		iat, ok := j.when("iat")
		if !ok || iat.After(now) {
			return invalidClient("The client_assertion token must be issued before the current time.")
		}
	}
	return nil
}

// useOnce refuses a jti that this client used before. A JWT is used up once
// it was accepted, whatever becomes of the request.
func (c *call) useOnce(cl *client, j *jwt) error {
	if _, set := j.claims["jti"]; !set {
		return nil
	}
	exp, _ := j.when("exp")
	if !c.org.usedJTIs.use(cl.id+" "+j.text("jti"), exp, c.org.now()) {
		return invalidClient("The client_assertion token has already been used.")
	}
	return nil
}

// revoke forgets an access token of the client that asks. It answers 200
// whatever the token is.
func (c *call) revoke() (reply, error) {
	form, err := c.readForm()
	if err != nil {
		return reply{}, err
	}
	cl, err := c.authenticateClient(form)
	if err != nil {
		return reply{}, err
	}
	if form.Get("token") == "" {
		return reply{}, badOAuth("invalid_request", "The 'token' parameter is required.")
	}
	if token := c.org.accessTokens[form.Get("token")]; token != nil && token.client.id == cl.id {
		token.revoked = true
		client := party{cl.id, "PublicClientApp", "unknown", "unknown"}
		c.recordEvent(&event{kind: "app.oauth2.token.revoke", text: "OAuth2 token revocation request", actor: client, targets: []party{client}, path: c.r.URL.Path})
	}
	return reply{status: http.StatusOK}, nil
}
