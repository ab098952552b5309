package oktatest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
)

// credentials is the document that [Org.Credentials] returns.
type credentials struct {
	Version       int      `json:"version"`
	Kind          string   `json:"kind"`
	OrgURL        string   `json:"org_url"`
	TenantID      string   `json:"tenant_id"`
	OrgID         string   `json:"org_id"`
	ApplicationID string   `json:"application_id,omitempty"`
	ClientID      string   `json:"client_id,omitempty"`
	KeyID         string   `json:"key_id,omitempty"`
	PrivateKey    string   `json:"private_key,omitempty"`
	ClientSecret  string   `json:"client_secret,omitempty"`
	APIToken      string   `json:"api_token,omitempty"`
	Scopes        []string `json:"scopes,omitempty"`
	DPoP          bool     `json:"dpop,omitempty"`
}

// Credentials returns the credentials of one integration with the org as the
// JSON document that oktaint.ParseCredentials reads, secrets included. What they
// are of is one of
//
//   - the value of an API token: [Org.APIToken], [Org.NewAPIToken];
//   - the client_id of a service app whose private key the org has:
//     [Org.AddServiceApp];
//   - the client_id of a store integration: [Org.InstallIntegration].
//
// The scopes are those that are granted now. Credentials panics if the org knows
// no such token or client, or not the private key of the app.
func (o *Org) Credentials(of string) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	doc := credentials{Version: 1, OrgURL: o.URL(), OrgID: o.id}
	doc.TenantID, _, _ = strings.Cut(o.host, ".")
	if o.tokenByValue(of) != nil {
		doc.Kind, doc.APIToken = "api_token", of
	} else if err := o.clientCredentials(&doc, of); err != nil {
		panic("oktatest: credentials: " + err.Error())
	}
	text, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		panic("oktatest: credentials: " + err.Error()) // only text went in
	}
	return text
}

// clientCredentials fills in the credentials of a client.
func (o *Org) clientCredentials(doc *credentials, id string) error {
	cl := o.clients[id]
	if cl == nil {
		return fmt.Errorf("no client has the id %q, and no API token that value", id)
	}
	doc.ClientID, doc.Scopes = cl.id, o.grantedTo(cl)
	if cl.service != nil {
		doc.Kind, doc.ApplicationID, doc.ClientSecret = "client_secret", cl.service.id, cl.service.secrets.list[0].value
		return nil
	}
	if cl.app.private == nil {
		return fmt.Errorf("the org does not have the private key of the app %s: add the app without a public key of your own", cl.app.id)
	}
	der, err := x509.MarshalPKCS8PrivateKey(cl.app.private)
	if err != nil {
		return fmt.Errorf("the private key of the app %s cannot be written: %w", cl.app.id, err)
	}
	doc.Kind, doc.ApplicationID, doc.DPoP = methodPrivateKey, cl.app.id, cl.app.settings().DPoPBound
	doc.KeyID = cl.app.keys[0].kid()
	doc.PrivateKey = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	return nil
}

// PublicJWK returns a public key, an *rsa.PublicKey or *ecdsa.PublicKey, as a
// JWK for the body of an app. Its kid is its thumbprint by RFC 7638. It panics
// on any other key.
func PublicJWK(public crypto.PublicKey) json.RawMessage {
	text, err := publicJWK(public)
	if err != nil {
		panic("oktatest: " + err.Error())
	}
	return text
}

func publicJWK(public crypto.PublicKey) (json.RawMessage, error) {
	k := &key{}
	text := func(b []byte) *string { return new(base64.RawURLEncoding.EncodeToString(b)) }
	switch public := public.(type) {
	case *rsa.PublicKey:
		k.in = keyInput{Kty: "RSA", Alg: new("RS256"), N: text(public.N.Bytes()), E: text(big.NewInt(int64(public.E)).Bytes())}
	case *ecdsa.PublicKey:
		point, err := public.Bytes()
		if err != nil {
			return nil, fmt.Errorf("public key: %w", err)
		}
		name, half := public.Curve.Params().Name, len(point)/2
		alg := map[string]string{"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}[name]
		k.in = keyInput{Kty: "EC", Alg: &alg, Crv: &name, X: text(point[1 : 1+half]), Y: text(point[1+half:])}
	default:
		return nil, fmt.Errorf("public key: a %T is neither an *rsa.PublicKey nor an *ecdsa.PublicKey", public)
	}
	jwk := object{"kty": k.in.Kty, "kid": k.thumbprint(), "use": "sig", "alg": *k.in.Alg}
	for name, value := range map[string]*string{"n": k.in.N, "e": k.in.E, "crv": k.in.Crv, "x": k.in.X, "y": k.in.Y} {
		if value != nil {
			jwk[name] = *value
		}
	}
	return json.Marshal(jwk)
}

// keys returns the public key of the app as a JWK, and the private key if the
// org has it.
func (in ServiceApp) keys() (public json.RawMessage, private crypto.Signer, err error) {
	switch given := in.Key.(type) {
	case nil:
		if in.RSA {
			private, err = rsa.GenerateKey(rand.Reader, minRSABits)
		} else {
			private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		}
		if err != nil {
			return nil, nil, err
		}
	case json.Marshaler:
		public, err = given.MarshalJSON()
		return public, nil, err
	case crypto.Signer:
		private = given
	default:
		public, err = publicJWK(given)
		return public, nil, err
	}
	public, err = publicJWK(private.Public())
	return public, private, err
}
