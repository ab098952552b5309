package oktatest

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"
)

const (
	// oldestProof is how long ago a proof may have been issued.
	oldestProof = 5 * time.Minute

	codeProof = "invalid_dpop_proof"
	codeNonce = "use_dpop_nonce"
)

// badProof is what is wrong with a DPoP proof; the token endpoint and the API
// say it in different ways.
type badProof struct {
	code, description string
}

func refuseProof(description string) *badProof { return &badProof{codeProof, description} }

// proof is a DPoP proof (RFC 9449) whose signature and claims were checked.
type proof struct {
	*jwt
	public crypto.PublicKey
	jkt    string // thumbprint of its key
	issued time.Time
}

// proofOfToken checks the DPoP proof of a token request. It returns the
// thumbprint of the key to bind the token to, empty for a bearer token. A proof
// of a client that need not send one is ignored, as Okta does.
func (c *call) proofOfToken(cl *client) (jkt string, err error) {
	if cl.app == nil || !cl.app.settings().DPoPBound {
		return "", nil
	}
	p, bad := c.readProof()
	if bad == nil {
		bad = c.checkNonce(p, "Authorization server requires nonce in DPoP proof.")
	}
	if bad == nil {
		bad = c.useProof(p)
	}
	if bad != nil {
		return "", badOAuth(bad.code, bad.description)
	}
	return p.jkt, nil
}

// authenticateDPoP checks an access token that comes with a DPoP proof.
func (o *Org) authenticateDPoP(c *call, value string) error {
	token, err := o.liveToken(c, "DPoP", value)
	switch {
	case err != nil:
		return err
	case token.jkt == "":
		return c.challenge(http.StatusUnauthorized, "DPoP", "invalid_token", "The presented access_token is not DPoP bound.")
	case len(c.r.Header.Values("DPoP")) == 0:
		return c.challenge(http.StatusBadRequest, "DPoP", "invalid_request", "The resource request requires a DPoP proof.")
	}
	if bad := c.checkResourceProof(token, value); bad != nil {
		status := http.StatusBadRequest
		if bad.code == codeNonce {
			status = http.StatusUnauthorized // RFC 9449, section 9
		}
		return c.challenge(status, "DPoP", bad.code, bad.description)
	}
	o.actAs(c, token)
	return nil
}

// checkResourceProof checks the proof that comes with an access token.
func (c *call) checkResourceProof(token *accessToken, value string) *badProof {
	p, bad := c.readProof()
	if bad != nil {
		return bad
	}
	sum := sha256.Sum256([]byte(value))
	switch {
	case p.text("ath") != base64.RawURLEncoding.EncodeToString(sum[:]):
		return refuseProof("'ath' claim in the DPoP proof JWT does not match the presented access_token.")
	case p.jkt != token.jkt:
		return refuseProof("The access_token is not bound to the provided DPoP proof.")
	}
	if c.org.cfg.DPoPResourceNonce {
		if bad := c.checkNonce(p, "Resource server requires nonce in DPoP proof."); bad != nil {
			return bad
		}
	}
	return c.useProof(p)
}

// readProof reads the proof of the request and checks all but its nonce, its
// jti and what it is a proof for.
func (c *call) readProof() (*proof, *badProof) {
	texts := c.r.Header.Values("DPoP")
	switch len(texts) {
	case 0:
		return nil, refuseProof("The DPoP proof JWT header is missing.")
	case 1:
	default:
		return nil, refuseProof("The request contains multiple DPoP proof JWT headers.")
	}
	j, err := parseJWT(texts[0])
	switch {
	case err != nil:
		return nil, refuseProof("The DPoP proof JWT cannot be parsed.")
	case j.header.Typ != "dpop+jwt":
		return nil, refuseProof("The DPoP proof JWT 'typ' must be 'dpop+jwt'.")
	case hashOf(j.header.Alg) == 0:
		return nil, refuseProof("The DPoP proof JWT signature algorithm is invalid.")
	}
	p := &proof{jwt: j}
	if !p.readKey() {
		return nil, refuseProof("The DPoP proof JWT cannot be parsed.")
	}
	if !fits(j.header.Alg, p.public) {
		return nil, refuseProof("The DPoP proof JWT signature algorithm is invalid.")
	}
	if !j.verify(p.public) {
		return nil, refuseProof("The DPoP proof JWT signature is invalid.")
	}
	return p, c.checkProof(p)
}

// readKey reads the public key in the proof's header.
func (p *proof) readKey() bool {
	k := &key{}
	if json.Unmarshal(p.header.JWK, &k.in) != nil || k.check() != nil || k.public == nil {
		return false
	}
	if k.in.Kty == "EC" && k.in.Crv == nil {
		return false
	}
	p.public, p.jkt = k.public, k.thumbprint()
	return true
}

// thumbprint is the key's thumbprint by RFC 7638.
func (k *key) thumbprint() string {
	members := map[string]*string{"kty": &k.in.Kty, "e": k.in.E, "n": k.in.N}
	if k.in.Kty == "EC" {
		members = map[string]*string{"kty": &k.in.Kty, "crv": k.in.Crv, "x": k.in.X, "y": k.in.Y}
	}
	text, _ := json.Marshal(members) // strings only, and keys come out sorted
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// checkProof checks the claims that say for which request the proof is, and
// when it was made.
func (c *call) checkProof(p *proof) *badProof {
	now := c.org.now()
	var ok bool
	p.issued, ok = p.when("iat")
	switch {
	case p.text("htm") != c.r.Method:
		return refuseProof("'htm' claim in the DPoP proof JWT is invalid.")
	case p.text("htu") != c.org.URL()+c.r.URL.Path:
		return refuseProof("'htu' claim in the DPoP proof JWT is invalid.")
	case !ok:
		return refuseProof("'iat' claim in the DPoP proof JWT is invalid.")
	case p.issued.After(now):
		return refuseProof("The DPoP proof JWT is issued in the future.")
	case p.issued.Before(now.Add(-oldestProof)):
		return refuseProof("The DPoP proof JWT was issued more than five minutes in the past.")
	}
	if _, set := p.claims["exp"]; set {
		if exp, ok := p.when("exp"); !ok || !exp.After(now) {
			return refuseProof("The DPoP proof JWT is expired.")
		}
	}
	return nil
}

// checkNonce refuses a proof without a nonce of this org. From then on the
// answer shows the nonce to use. A proof that is refused for its nonce needs
// no jti; if it has one, that is used up.
func (c *call) checkNonce(p *proof, missing string) *badProof {
	c.nonce = c.org.nonces.current(c.org.now())
	if c.org.nonces.accept(p.text("nonce"), c.org.now()) {
		return nil
	}
	if p.text("jti") != "" {
		if bad := c.useProof(p); bad != nil {
			return bad
		}
	}
	return &badProof{codeNonce, missing}
}

// useProof refuses a proof without jti, and one that was used before.
func (c *call) useProof(p *proof) *badProof {
	jti := p.text("jti")
	if jti == "" {
		return refuseProof("'jti' claim in the DPoP proof JWT is invalid.")
	}
	if !c.org.usedProofs.use(p.jkt+" "+jti, p.issued.Add(oldestProof), c.org.now()) {
		return refuseProof("The DPoP proof JWT has already been used.")
	}
	return nil
}
