package oktatest

import "net/http"

// proofOfToken checks the DPoP proof of a token request. It returns the
// thumbprint of the key to bind the token to, empty for a bearer token.
func (c *call) proofOfToken(cl *client) (jkt string, err error) {
	bound := cl.app != nil && cl.app.settings().DPoPBound
	proofs := c.r.Header.Values("DPoP")
	switch {
	case len(proofs) > 1:
		return "", badOAuth("invalid_dpop_proof", "The request contains multiple DPoP proof JWT headers.")
	case len(proofs) == 1:
		return "", badOAuth("invalid_dpop_proof", "The DPoP proof JWT cannot be parsed.")
	case bound:
		return "", badOAuth("invalid_dpop_proof", "The DPoP proof JWT header is missing.")
	}
	return "", nil
}

// authenticateDPoP checks an access token that comes with a DPoP proof. No
// token of this org is bound to a key.
func (o *Org) authenticateDPoP(c *call, value string) error {
	token := o.accessTokens[value]
	if token == nil || token.revoked || !o.now().Before(token.expires) {
		return c.challenge(http.StatusUnauthorized, "DPoP", "invalid_token", "The access token is invalid.")
	}
	return c.challenge(http.StatusUnauthorized, "DPoP", "invalid_token", "The presented access_token is not DPoP bound.")
}
