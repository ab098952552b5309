package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A Connection is the org and the credential that the command line, the
// environment or a prompt names. Its steps are Check, Find and Client, in that
// order; Connect does all that was not done. A program that has more to check
// does so between them, so that mistakes are told before anybody is asked for a
// token.
type Connection struct {
	// What the flags say. Flags and OrgFlags bind them; a program with other
	// flags for the same binds those itself.
	TenantID, OrgURL string
	CAFile, Proxy    string
	CredentialsFile  string
	ClientID         string // of a store integration
	ClientScopes     string // that it has
	APIToken         string // "-" reads it from standard input

	// FileFlag is the flag of CredentialsFile, without dashes.
	FileFlag string

	// Whose says whose API token is asked for, such as "a Super Admin".
	Whose string

	// Need says what Client does if nothing names a credential.
	Need Need

	// Urgent lets requests pass the queues of others in this process.
	Urgent bool

	// Org is which org it is: after Check as it was named, after Find the
	// canonical one. A program may set it beforehand, for the case that nothing
	// else names one.
	Org  oktaint.Org
	Info oktaint.OrgInfo // after Find

	// Credentials are what Client uses, after it.
	Credentials oktaint.Credentials

	// Base carries every request. Check makes it.
	Base http.RoundTripper

	alone                  bool // CredentialsFile does not go with flags that name an org
	checked, found, loaded bool // loaded: Credentials are complete
}

// A Need is how much a program needs a credential.
type Need int

const (
	Required Need = iota // it is asked for; without one Client fails
	Optional             // it is asked for; without one Client returns nil
	Unasked              // nobody is asked; without one Client returns nil
)

// Flags adds the flags that ConnectionHelp tells of.
func (c *Connection) Flags(fs *flag.FlagSet) {
	c.OrgFlags(fs)
	c.FileFlag, c.alone = "credentials", true
	fs.StringVar(&c.CredentialsFile, c.FileFlag, "", "")
	fs.StringVar(&c.ClientID, "client-id", "", "")
	fs.StringVar(&c.ClientScopes, "client-scopes", "visibility", "")
}

// OrgFlags adds --tenant-id and the flags that OrgHelp tells of.
func (c *Connection) OrgFlags(fs *flag.FlagSet) {
	fs.StringVar(&c.TenantID, "tenant-id", "", "")
	fs.StringVar(&c.OrgURL, "org-url", "", "")
	fs.StringVar(&c.CAFile, "ca-file", "", "")
	fs.StringVar(&c.Proxy, "proxy", "", "")
}

// Check finds out which org is named and what is to be used there, without a
// request and without a question. Its errors are about usage.
func (c *Connection) Check(p *Program) error {
	if c.checked {
		return nil
	}
	c.checked = true
	if err := c.checkFlags(); err != nil {
		return Usage(err)
	}
	for _, step := range []func(*Program) error{c.readFile, c.nameOrg, c.checkToken} {
		if err := step(p); err != nil {
			return Usage(err)
		}
	}
	if err := c.checkCA(c.Org); err != nil {
		return Usage(err)
	}
	return Usage(c.route(p))
}

// checkFlags refuses flags that contradict each other.
func (c *Connection) checkFlags() error {
	switch {
	case c.TenantID != "" && c.OrgURL != "":
		return errors.New("--tenant-id and --org-url name the same thing: give one of them")
	case c.alone && c.CredentialsFile != "" && c.TenantID+c.OrgURL != "":
		return fmt.Errorf("--%s, --tenant-id and --org-url name the same thing: give one of them", c.FileFlag)
	case c.CredentialsFile != "" && c.ClientID != "":
		return fmt.Errorf("--%s and --client-id are two credentials: give one of them", c.FileFlag)
	case c.CredentialsFile != "" && c.APIToken != "":
		return fmt.Errorf("--%s and --api-token are two credentials for the same work: give one of them", c.FileFlag)
	case c.ClientID != "" && IsPlaceholder(c.ClientID, "CLIENT_ID", "ID"):
		return errors.New("--client-id is a placeholder: put the client id of the integration there, such as 0oa1example")
	case c.ClientID != "":
		if _, err := ParseScopes(c.ClientScopes); err != nil {
			return fmt.Errorf("--client-scopes: %w", err)
		}
	}
	return nil
}

// readFile reads the file of credentials, which names its org.
func (c *Connection) readFile(p *Program) error {
	if c.CredentialsFile == "" {
		return nil
	}
	creds, err := oktaint.ReadCredentials(c.CredentialsFile)
	p.Warn(creds.Warnings)
	switch {
	case err != nil:
		return fmt.Errorf("--%s: %w", c.FileFlag, err)
	case creds.Kind != oktaint.KindAPIToken && (creds.ClientID == "" || creds.Scopes.IsEmpty()):
		return fmt.Errorf("--%s %s is of an app that is not set up yet: run onboard with it first", c.FileFlag, c.CredentialsFile)
	}
	c.Credentials, c.loaded = creds, true
	return nil
}

// nameOrg finds out which org is meant: the flags, the file of credentials, the
// environment or the program name it.
func (c *Connection) nameOrg(p *Program) (err error) {
	named := c.TenantID + c.OrgURL
	switch {
	case named == "" && c.loaded:
		c.Org = c.Credentials.Org
		return nil
	case named == "" && envNamesOrg(p):
		return c.readEnv(p)
	case named == "" && c.Org == oktaint.Org{}:
		return fmt.Errorf("which org? Give %s--tenant-id or --org-url, or set OKTA_CLIENT_ORGURL and its like; without any argument a simulated org is used", c.fileWords())
	case named == "":
		return nil
	}
	if c.Org, err = oktaint.ParseOrg(named); err != nil {
		flag := "--org-url"
		if c.OrgURL == "" {
			flag = "--tenant-id"
		}
		return fmt.Errorf("%s: %w", flag, err)
	}
	if c.loaded && c.Org != c.Credentials.Org {
		return fmt.Errorf("--%s %s is about %s, not %s", c.FileFlag, c.CredentialsFile, c.Credentials.Org, c.Org)
	}
	return nil
}

func (c *Connection) fileWords() string {
	if c.FileFlag == "" {
		return ""
	}
	return "--" + c.FileFlag + ", "
}

// The variables that Okta's tools share, without OKTA_CLIENT_.
var envNames = []string{"ORGURL", "TOKEN", "CLIENTID", "CLIENTSECRET", "PRIVATEKEY", "PRIVATEKEYID", "SCOPES"}

// envSet lists the variables of an org or a credential that are set.
func envSet(p *Program) (names []string) {
	for _, name := range envNames {
		if p.env("OKTA_CLIENT_"+name) != "" {
			names = append(names, "OKTA_CLIENT_"+name)
		}
	}
	return names
}

func envNamesOrg(p *Program) bool { return len(envSet(p)) > 0 }

// readEnv takes the org from the environment, and the credential too, unless a
// flag names one or only the org is there.
func (c *Connection) readEnv(p *Program) (err error) {
	alone := len(envSet(p)) == 1 && p.env("OKTA_CLIENT_ORGURL") != ""
	if alone || c.APIToken != "" || c.ClientID != "" {
		if c.Org, err = oktaint.ParseOrg(p.env("OKTA_CLIENT_ORGURL")); err != nil {
			return fmt.Errorf("OKTA_CLIENT_ORGURL: %w", err)
		}
		p.Say("the environment (OKTA_CLIENT_ORGURL) names the org")
		return nil
	}
	if c.Credentials, err = oktaint.CredentialsFromEnv(p.env); err != nil {
		return err
	}
	p.Warn(c.Credentials.Warnings)
	c.Org, c.loaded = c.Credentials.Org, true
	p.Say("the environment (OKTA_CLIENT_...) names the org and the credential")
	return nil
}

// checkToken takes what is there without a question: the flag, standard input or
// the environment.
func (c *Connection) checkToken(p *Program) (err error) {
	if c.loaded {
		return nil
	}
	text := c.APIToken
	switch {
	case c.APIToken != "" && IsPlaceholder(c.APIToken, "TOKEN", "API_TOKEN", "OKTA_API_TOKEN"):
		return errors.New("--api-token is a placeholder: put an API token there (Admin Console: Security, API, Tokens), or leave it out and be asked")
	case c.ClientID != "":
		text = p.env("OKTA_CLIENT_CLIENTSECRET")
	case c.APIToken == "-":
		b, err := io.ReadAll(io.LimitReader(p.Stdin, 1<<16))
		if err != nil {
			return fmt.Errorf("read the API token from standard input: %w", err)
		}
		if text = string(b); strings.TrimSpace(text) == "" {
			return errors.New("there is no API token: standard input is empty")
		}
	case c.APIToken != "":
		p.Say("warning: a token on the command line can be seen by others on this machine: better set OKTA_API_TOKEN, or leave --api-token out and be asked")
	default:
		text = p.env("OKTA_API_TOKEN")
	}
	return c.take(text)
}

// take keeps a secret that was given, if it is one. An empty one is none yet.
func (c *Connection) take(text string) (err error) {
	creds := oktaint.Credentials{Kind: oktaint.KindAPIToken}
	if c.ClientID == "" {
		creds.APIToken, err = oktaint.ParseAPIToken(text)
	} else {
		creds.Kind, creds.ClientID = oktaint.KindClientSecret, c.ClientID
		if creds.Scopes, err = ParseScopes(c.ClientScopes); err != nil {
			return err // checkFlags has told
		}
		creds.ClientSecret, err = oktaint.ParseClientSecret(text)
	}
	if err != nil || creds.APIToken.IsZero() && creds.ClientSecret.IsZero() {
		return err
	}
	c.Credentials, c.loaded = creds, true
	return nil
}

// kind is what the secret is called.
func (c *Connection) kind() string {
	if c.ClientID != "" {
		return "client secret"
	}
	return "API token"
}

// checkCA refuses to trust anybody else for Okta's own domains.
func (c *Connection) checkCA(org oktaint.Org) error {
	if c.CAFile != "" && org.HostedByOkta() {
		return fmt.Errorf("--ca-file is refused for %s: Okta's own domains are trusted by the system's certificates", org)
	}
	return nil
}

// HasCredential reports whether Check has found a credential, so that nobody
// need be asked for one.
func (c *Connection) HasCredential() bool { return c.loaded }

// askSecret asks for what is missing. The question names the org.
func (c *Connection) askSecret(ctx context.Context, p *Program) error {
	what := "API token"
	if c.Whose != "" {
		what += " of " + c.Whose
	}
	if c.ClientID != "" {
		what = "Client secret of " + c.ClientID
	}
	note := "it is not shown"
	if c.Need == Optional {
		note += "; Enter alone goes on without"
	}
	text, err := p.Secret(ctx, what+" for "+c.Org.String(), note)
	switch {
	case errors.Is(err, errInterrupted):
		return err
	case err != nil:
		return fmt.Errorf("read the %s: %w", c.kind(), err)
	}
	return Usage(c.take(text))
}
