package oktaint

import (
	"errors"
	"fmt"
	"os"

	"github.com/rezonate-io/okta-integration/scopes"
)

// CredentialsFromEnv reads credentials from the environment, under the names
// that Okta's own tools use: OKTA_CLIENT_ORGURL, and either OKTA_CLIENT_TOKEN
// for an API token, or OKTA_CLIENT_CLIENTID and OKTA_CLIENT_SCOPES with
// OKTA_CLIENT_PRIVATEKEY (PEM, a JWK or the name of a file; the kid in
// OKTA_CLIENT_PRIVATEKEYID) or OKTA_CLIENT_CLIENTSECRET. More than one
// credential is an error. getenv is [os.Getenv] in programs.
func CredentialsFromEnv(getenv func(string) string) (Credentials, error) {
	org, err := ParseOrg(getenv("OKTA_CLIENT_ORGURL"))
	if err != nil {
		return Credentials{}, fmt.Errorf("oktaint: OKTA_CLIENT_ORGURL: %w", err)
	}
	c := Credentials{
		Org:          org,
		ClientID:     getenv("OKTA_CLIENT_CLIENTID"),
		APIToken:     NewSecret(getenv("OKTA_CLIENT_TOKEN")),
		ClientSecret: NewSecret(getenv("OKTA_CLIENT_CLIENTSECRET")),
	}
	c.ApplicationID = c.ClientID // the same, unless the app was made with another
	key := getenv("OKTA_CLIENT_PRIVATEKEY")
	kinds := 0
	for kind, set := range map[Kind]bool{KindAPIToken: !c.APIToken.IsZero(), KindClientSecret: !c.ClientSecret.IsZero(), KindPrivateKeyJWT: key != ""} {
		if set {
			c.Kind = kind
			kinds++
		}
	}
	if kinds != 1 {
		return Credentials{}, errors.New("oktaint: set exactly one of OKTA_CLIENT_TOKEN, OKTA_CLIENT_PRIVATEKEY and OKTA_CLIENT_CLIENTSECRET")
	}
	if c.Kind == KindAPIToken {
		return c, nil
	}
	if c.Scopes, err = scopes.Parse(getenv("OKTA_CLIENT_SCOPES")); err != nil {
		return Credentials{}, err
	}
	if c.ClientID == "" || c.Scopes.IsEmpty() {
		return Credentials{}, errors.New("oktaint: set OKTA_CLIENT_CLIENTID and OKTA_CLIENT_SCOPES")
	}
	if c.Kind == KindPrivateKeyJWT {
		c.Key, err = keyFromEnv(key, getenv("OKTA_CLIENT_PRIVATEKEYID"))
	}
	return c, err
}

// keyFromEnv reads a key from its value, or from the file it names.
func keyFromEnv(value, kid string) (Key, error) {
	k, err := ParseKey([]byte(value), kid)
	if err == nil || len(value) > 4096 {
		return k, err
	}
	if data, fileErr := os.ReadFile(value); fileErr == nil {
		return ParseKey(data, kid)
	}
	return Key{}, err
}
