package oktaint

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"

	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A Kind is how a customer connected an org.
type Kind string

const (
	KindPrivateKeyJWT Kind = "private_key_jwt" // an OAuth service app: [PrivateKeyJWT]
	KindClientSecret  Kind = "client_secret"   // the store integration: [ClientSecret]
	KindAPIToken      Kind = "api_token"       // an API token: [APIToken]
)

// Credentials are what a service stores for one integration. They print and
// marshal with their secrets redacted; the document with the secrets is written
// by [Credentials.Document] and [Credentials.WriteFile] only, and read by
// [ParseCredentials] and [ReadCredentials].
type Credentials struct {
	Kind          Kind
	Org           Org
	OrgID         string     // 00o...; may be empty
	ApplicationID string     // of the app, in paths; empty for an API token
	ClientID      string     // what tokens are asked for with; it may differ from ApplicationID
	Key           Key        // of KindPrivateKeyJWT
	ClientSecret  Secret     // of KindClientSecret
	APIToken      Secret     // of KindAPIToken
	Scopes        scopes.Set // asked for with each token; if empty, scopes.Visibility is
	DPoP          bool       // the app requires DPoP; if false, that is learned from the org

	// Roles are the types of the admin roles that the app or the token's owner
	// holds, such as READ_ONLY_ADMIN, or CUSTOM for a custom role. Onboarding writes
	// what it assigned; a person who connects an org may say what the roles are.
	// Empty means that they are not known. They are advice: the org decides.
	Roles []string

	// Warnings tell a person about risks in how the credentials are kept: for
	// example, others can read the file. [ReadCredentials] and [CredentialsFromEnv]
	// set them. They are not stored.
	Warnings []string
}

// documentVersion is the version of the document that this package writes.
const documentVersion = 1

// document is the form in which credentials are stored.
type document struct {
	Version       int            `json:"version"`
	Kind          Kind           `json:"kind"`
	OrgURL        string         `json:"org_url,omitempty"`
	TenantID      string         `json:"tenant_id,omitempty"`
	OrgID         string         `json:"org_id,omitempty"`
	ApplicationID string         `json:"application_id,omitempty"`
	ClientID      string         `json:"client_id,omitempty"`
	KeyID         string         `json:"key_id,omitempty"`
	PrivateKey    string         `json:"private_key,omitempty"`
	ClientSecret  string         `json:"client_secret,omitempty"`
	APIToken      string         `json:"api_token,omitempty"`
	Scopes        []scopes.Scope `json:"scopes,omitempty"`
	DPoP          bool           `json:"dpop,omitempty"`
	Roles         []string       `json:"roles,omitempty"`
}

// Document returns the credentials as a JSON document, secrets included. It is
// an error if the Key's signer does not give its private key away.
func (c Credentials) Document() ([]byte, error) {
	d := c.document()
	d.ClientSecret, d.APIToken = c.ClientSecret.Reveal(), c.APIToken.Reveal()
	if !c.Key.IsZero() {
		p, err := c.Key.PEM()
		if err != nil {
			return nil, err
		}
		d.PrivateKey = p.Reveal()
	}
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, errors.New("oktaint: the credentials cannot be written as JSON")
	}
	return append(b, '\n'), nil
}

// document fills in everything with the secrets redacted.
func (c Credentials) document() document {
	d := document{
		Version: documentVersion, Kind: c.Kind,
		OrgURL: c.Org.String(), TenantID: c.Org.TenantID(), OrgID: c.OrgID,
		ApplicationID: c.ApplicationID, ClientID: c.ClientID, KeyID: c.Key.ID(),
		ClientSecret: c.ClientSecret.String(), APIToken: c.APIToken.String(),
		Scopes: c.Scopes.Slice(), DPoP: c.DPoP, Roles: c.Roles,
	}
	if !c.Key.IsZero() {
		d.PrivateKey = redacted
	}
	return d
}

// MarshalJSON writes the document with its secrets redacted. Use
// [Credentials.Document] to store credentials.
func (c Credentials) MarshalJSON() ([]byte, error) { return json.Marshal(c.document()) }

// UnmarshalJSON reads a document by [ParseCredentials].
func (c *Credentials) UnmarshalJSON(b []byte) error {
	parsed, err := ParseCredentials(b)
	if err == nil {
		*c = parsed
	}
	return err
}

// maxDocument is longer than any document of credentials.
const maxDocument = 1 << 20

// ParseCredentials reads a document. A document whose secret is redacted is an
// error, and so is one of a later version or without what its kind needs. An
// application id may be missing: the document of an onboarding is written with
// its key before the app exists. White space around ids, tokens and secrets is
// dropped; inside one it is an error, as a control character is. No error repeats
// a secret. The document may have up to 1 MiB.
func ParseCredentials(b []byte) (Credentials, error) {
	var d document
	if len(b) > maxDocument {
		return Credentials{}, fmt.Errorf("oktaint: the credentials document has %d bytes: it may have %d", len(b), maxDocument)
	}
	if err := json.Unmarshal([]byte(decodeUTF(b)), &d); err != nil {
		// The error of encoding/json can repeat a value.
		return Credentials{}, errors.New("oktaint: the credentials are not a JSON document as this library stores them")
	}
	if d.Version != documentVersion {
		return Credentials{}, fmt.Errorf("oktaint: the credentials document has version %d: only version %d can be read", d.Version, documentVersion)
	}
	for _, s := range []string{d.PrivateKey, d.ClientSecret, d.APIToken} {
		if trimmed(s) == redacted {
			return Credentials{}, errors.New("oktaint: the credentials document is redacted, as a printed or logged copy is: use the one that was stored")
		}
	}
	c := Credentials{
		Kind: d.Kind, OrgID: d.OrgID, ApplicationID: d.ApplicationID, ClientID: d.ClientID,
		ClientSecret: NewSecret(d.ClientSecret), APIToken: NewSecret(d.APIToken),
		DPoP: d.DPoP, Roles: d.Roles,
	}
	var err error
	for _, scope := range d.Scopes {
		one, err := scopes.Parse(string(scope))
		if err != nil {
			return Credentials{}, fmt.Errorf("oktaint: the credentials document: %w", err)
		}
		c.Scopes = c.Scopes.Union(one)
	}
	if c.Org, err = documentOrg(d); err != nil {
		return Credentials{}, err
	}
	if trimmed(d.PrivateKey) != "" {
		if c.Key, err = ParseKey([]byte(d.PrivateKey), d.KeyID); err != nil {
			return Credentials{}, err
		}
	}
	if err := c.clean(); err != nil {
		return Credentials{}, err
	}
	return c, c.check()
}

// clean drops white space and quotation marks around ids, tokens and secrets. It is
// an error if the rest cannot be sent in a request.
func (c *Credentials) clean() (err error) {
	if c.APIToken, err = c.APIToken.apiToken(); err != nil {
		return err
	}
	if c.ClientSecret, err = c.ClientSecret.clientSecret(); err != nil {
		return err
	}
	for _, id := range []struct {
		what  string
		value *string
	}{{"the client id", &c.ClientID}, {"the application id", &c.ApplicationID}, {"the org's id", &c.OrgID}} {
		if *id.value, err = cleanID(id.what, *id.value); err != nil {
			return err
		}
	}
	var roles []string
	for _, role := range c.Roles {
		if role, err = cleanID("a role", role); err != nil {
			return err
		}
		if role != "" {
			roles = append(roles, role)
		}
	}
	c.Roles = roles
	return nil
}

// documentOrg takes the org from its URL, or else from the tenant id.
func documentOrg(d document) (Org, error) {
	if d.OrgURL == "" {
		return ParseOrg(d.TenantID)
	}
	return ParseOrg(d.OrgURL)
}

// check reports what is missing for the kind.
func (c Credentials) check() error {
	var missing bool
	switch c.Kind {
	case KindPrivateKeyJWT:
		missing = c.Key.IsZero()
	case KindClientSecret:
		missing = c.ClientSecret.IsZero() || c.ClientID == ""
	case KindAPIToken:
		missing = c.APIToken.IsZero()
	default:
		return fmt.Errorf("oktaint: the credentials are of kind %.40q: %s, %s and %s are known", c.Kind, KindPrivateKeyJWT, KindClientSecret, KindAPIToken)
	}
	if missing {
		return fmt.Errorf("oktaint: the credentials are of kind %s, but what that needs is missing: the key, the secret or the token", c.Kind)
	}
	return nil
}

// ReadCredentials reads a document from a file. If other users of the machine can
// read or write the file, the credentials have a warning that says so.
func ReadCredentials(path string) (Credentials, error) {
	b, warnings, err := readPrivate(path, maxDocument)
	if err != nil {
		return Credentials{}, fmt.Errorf("oktaint: read credentials: %w", err)
	}
	c, err := ParseCredentials(b)
	if err != nil {
		return Credentials{}, fmt.Errorf("%w (%s)", err, path)
	}
	c.Warnings = warnings
	return c, nil
}

// readPrivate reads a file that holds a secret, up to one byte more than limit,
// and warns if others can read or write it. On Windows, where the mode says
// nothing, and for what is not a regular file, it does not warn.
func readPrivate(path string, limit int64) (data []byte, warnings []string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if perm := info.Mode().Perm(); runtime.GOOS != "windows" && info.Mode().IsRegular() && perm&0o066 != 0 {
		warnings = append(warnings, fmt.Sprintf("%s holds a secret, and its mode %04o lets other users of this machine read or change it: run chmod 600 on it", path, perm))
	}
	data, err = io.ReadAll(io.LimitReader(f, limit+1))
	return data, warnings, err
}

// WriteFile writes the document with its secrets to a file that only its owner
// can read, as [durable.WriteFile] does.
func (c Credentials) WriteFile(path string) error {
	doc, err := c.Document()
	if err == nil {
		err = durable.WriteFile(path, doc)
	}
	if err != nil {
		return fmt.Errorf("oktaint: write credentials: %w", err)
	}
	return nil
}

// Source returns a Source for the credentials over base. A nil base means a
// transport that all of this package shares. If something is missing in c, the
// Source reports it when it is first used.
func (c Credentials) Source(base http.RoundTripper) *Source {
	asked := c.Scopes
	if asked.IsEmpty() {
		asked = scopes.Visibility
	}
	switch c.Kind {
	case KindPrivateKeyJWT:
		return PrivateKeyJWT{Org: c.Org, ClientID: c.ClientID, Key: c.Key, Scopes: asked, DPoP: c.DPoP}.Source(base)
	case KindClientSecret:
		return ClientSecret{Org: c.Org, ClientID: c.ClientID, Secret: c.ClientSecret, Scopes: asked, DPoP: c.DPoP}.Source(base)
	case KindAPIToken:
		return APIToken{Org: c.Org, Token: c.APIToken}.Source(base)
	}
	return &Source{org: c.Org, kind: c.Kind, err: c.check()}
}

// String names the kind, the org and the client.
func (c Credentials) String() string {
	s := string(c.Kind) + " for " + c.Org.String()
	if c.ClientID != "" {
		s += ", client " + c.ClientID
	}
	return s
}
