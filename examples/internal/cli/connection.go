package cli

import (
	"errors"
	"flag"
	"fmt"
	"net/http"

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
	ClientSecret     string // of ClientID; "-" as above
	SecretFile       string // that holds the API token, or the secret of ClientID; "-" as above
	KeyFile          string // that holds the private key of the service app ClientID; "-" as above

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
	if ways := c.secretFlags(); len(ways) > 1 {
		return fmt.Errorf("%s and %s are two ways to give a secret: give one of them", ways[0], ways[1])
	}
	switch {
	case c.TenantID != "" && c.OrgURL != "":
		return errors.New("--tenant-id and --org-url name the same thing: give one of them")
	case c.alone && c.CredentialsFile != "" && c.TenantID+c.OrgURL != "":
		return fmt.Errorf("--%s, --tenant-id and --org-url name the same thing: give one of them", c.FileFlag)
	case c.CredentialsFile != "" && c.ClientID != "":
		return fmt.Errorf("--%s and --client-id are two credentials: give one of them", c.FileFlag)
	case c.CredentialsFile != "" && c.APIToken != "":
		return fmt.Errorf("--%s and --api-token are two credentials for the same work: give one of them", c.FileFlag)
	case c.ClientID == "" && c.ClientSecret+c.KeyFile != "":
		return errors.New("--client-id is missing: a client secret and a private key belong to an app, which it names")
	case c.ClientID != "" && c.APIToken != "":
		return errors.New("--client-id and --api-token are two credentials: give one of them")
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
	case named == "" && c.envNamesOrg(p):
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

// envNamesOrg reports whether the environment is to name the org. One without an org is
// not if a flag names the client: then it may hold just the client's secret.
func (c *Connection) envNamesOrg(p *Program) bool {
	return len(envSet(p)) > 0 && (c.ClientID == "" || p.env("OKTA_CLIENT_ORGURL") != "")
}

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

// checkCA refuses to trust anybody else for Okta's own domains.
func (c *Connection) checkCA(org oktaint.Org) error {
	if c.CAFile != "" && org.HostedByOkta() {
		return fmt.Errorf("--ca-file is refused for %s: Okta's own domains are trusted by the system's certificates", org)
	}
	return nil
}
