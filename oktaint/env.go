package oktaint

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/rezonate-io/okta-integration/scopes"
)

// CredentialsFromEnv reads credentials from the environment, under the names
// that Okta's own tools use: OKTA_CLIENT_ORGURL, and either OKTA_CLIENT_TOKEN
// for an API token, or OKTA_CLIENT_CLIENTID and OKTA_CLIENT_SCOPES with
// OKTA_CLIENT_PRIVATEKEY (whatever [ParseKey] reads, or the name of a file with
// it; the kid in OKTA_CLIENT_PRIVATEKEYID) or OKTA_CLIENT_CLIENTSECRET. White
// space around each of them is dropped. More than one credential is an error.
// getenv is [os.Getenv] in programs.
func CredentialsFromEnv(getenv func(string) string) (Credentials, error) {
	org, err := ParseOrg(getenv("OKTA_CLIENT_ORGURL"))
	if err != nil {
		return Credentials{}, inEnv("OKTA_CLIENT_ORGURL", err)
	}
	c := Credentials{Org: org}
	if c.APIToken, err = NewSecret(getenv("OKTA_CLIENT_TOKEN")).apiToken(); err != nil {
		return Credentials{}, inEnv("OKTA_CLIENT_TOKEN", err)
	}
	if c.ClientSecret, err = NewSecret(getenv("OKTA_CLIENT_CLIENTSECRET")).clientSecret(); err != nil {
		return Credentials{}, inEnv("OKTA_CLIENT_CLIENTSECRET", err)
	}
	if c.ClientID, err = cleanID("the client id", getenv("OKTA_CLIENT_CLIENTID")); err != nil {
		return Credentials{}, inEnv("OKTA_CLIENT_CLIENTID", err)
	}
	c.ApplicationID = c.ClientID // the same, unless the app was made with another
	key := trimmed(getenv("OKTA_CLIENT_PRIVATEKEY"))
	if c.Kind, err = kindInEnv(!c.APIToken.IsZero(), !c.ClientSecret.IsZero(), key != ""); err != nil || c.Kind == KindAPIToken {
		return c, err
	}
	if c.Scopes, err = scopes.Parse(getenv("OKTA_CLIENT_SCOPES")); err != nil {
		return Credentials{}, fmt.Errorf("oktaint: OKTA_CLIENT_SCOPES: %w", err)
	}
	if c.ClientID == "" || c.Scopes.IsEmpty() {
		return Credentials{}, errors.New("oktaint: set OKTA_CLIENT_CLIENTID and OKTA_CLIENT_SCOPES")
	}
	if c.Kind == KindPrivateKeyJWT {
		c.Key, c.Warnings, err = keyFromEnv(key, trimmed(getenv("OKTA_CLIENT_PRIVATEKEYID")))
	}
	if err != nil {
		return Credentials{}, inEnv("OKTA_CLIENT_PRIVATEKEY", err)
	}
	return c, nil
}

// kindInEnv returns the kind of the one credential that is set.
func kindInEnv(token, secret, key bool) (Kind, error) {
	switch {
	case token && !secret && !key:
		return KindAPIToken, nil
	case secret && !token && !key:
		return KindClientSecret, nil
	case key && !token && !secret:
		return KindPrivateKeyJWT, nil
	}
	return "", errors.New("oktaint: set exactly one of OKTA_CLIENT_TOKEN, OKTA_CLIENT_PRIVATEKEY and OKTA_CLIENT_CLIENTSECRET")
}

// keyFromEnv reads a key from its value, or from the file it names.
func keyFromEnv(value, kid string) (Key, []string, error) {
	k, err := ParseKey([]byte(value), kid)
	if err == nil || len(value) > 4096 {
		return k, nil, err
	}
	name := strings.TrimPrefix(unquoted(value), "file://")
	data, warnings, fileErr := readPrivate(name, maxKeyText)
	if fileErr == nil {
		k, err := ParseKey(data, kid)
		if err != nil {
			return Key{}, nil, fmt.Errorf("%w (in the file that it names)", err)
		}
		return k, warnings, nil
	}
	if !looksLikeFile(name) {
		return Key{}, nil, err
	}
	var pathErr *fs.PathError
	if errors.As(fileErr, &pathErr) {
		fileErr = pathErr.Err // the rest of its text repeats the name
	}
	if strings.HasPrefix(name, "~") {
		return Key{}, nil, fmt.Errorf("oktaint: the file %s cannot be read: only a shell knows what ~ is, so write the name out: %w", name, fileErr)
	}
	return Key{}, nil, fmt.Errorf("oktaint: the file %s cannot be read: %w", name, fileErr)
}

// An envError says which variable an error is about, without naming the package
// twice.
type envError struct {
	name string
	err  error
}

func inEnv(name string, err error) error { return &envError{name, err} }

func (e *envError) Error() string {
	return "oktaint: " + e.name + ": " + strings.TrimPrefix(e.err.Error(), "oktaint: ")
}

func (e *envError) Unwrap() error { return e.err }
