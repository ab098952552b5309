package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// options are the command line, checked.
type options struct {
	conn        *cli.Connection
	kid         string
	roles       []string // that the credential is said to hold, or that --install assigns
	installType string
	outFile     string
	scopesTold  bool // somebody has said which scopes there are
}

// given are the flags that are not used as they are.
type given struct{ scopes, role string }

// parse reads the command line.
func parse(p *cli.Program) (*options, error) {
	o, g := &options{conn: new(cli.Connection)}, new(given)
	o.flags(p, g)
	if err := p.Parse(); err != nil {
		return nil, err
	}
	o.conn.ClientScopes, o.scopesTold = cmp.Or(g.scopes, "visibility"), g.scopes != ""
	if _, err := cli.ParseScopes(o.conn.ClientScopes); err != nil {
		return nil, cli.Usagef("--client-scopes: %w", err)
	}
	if o.installType != "" {
		o.conn.Whose = "a Super Admin"
		g.role = cmp.Or(g.role, oauthapp.RoleReadOnlyAdmin)
	}
	return o, cli.Usage(cmp.Or(o.readRoles(g.role), o.check()))
}

func (o *options) flags(p *cli.Program, g *given) {
	fs, c := p.Flags(help), o.conn
	c.OrgFlags(fs)
	p.JSONFlag()
	fs.StringVar(&c.APIToken, "api-token", "", "")
	fs.StringVar(&c.ClientID, "client-id", "", "")
	fs.StringVar(&c.ClientSecret, "client-secret", "", "")
	fs.StringVar(&c.SecretFile, "secret-file", "", "")
	fs.StringVar(&c.KeyFile, "key", "", "")
	fs.StringVar(&o.kid, "kid", "", "")
	fs.StringVar(&g.scopes, "client-scopes", "", "")
	fs.StringVar(&g.role, "role", "", "")
	fs.StringVar(&o.installType, "install", "", "")
	fs.StringVar(&o.outFile, "out", "", "")
}

// readRoles reads --role.
func (o *options) readRoles(list string) error {
	if list == oauthapp.RoleNone {
		return nil
	}
	known := append(oauthapp.StandardRoles(), oauthapp.RoleCustom)
	for role := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if !slices.Contains(known, role) {
			return fmt.Errorf("--role: there is no admin role %.60q: use %s, or none", role, strings.Join(known, ", "))
		}
		o.roles = append(o.roles, role)
	}
	return nil
}

// check refuses flags that contradict each other.
func (o *options) check() error {
	switch {
	case o.kid != "" && o.conn.ClientID != "" && o.conn.KeyFile == "":
		return errors.New("--kid names a private key: give that with --key")
	case o.installType == "":
		return nil
	case cli.IsPlaceholder(o.installType, "TYPE"):
		return errors.New("--install is a placeholder: put the key of the entry in Okta's catalogue there")
	case o.conn.ClientID != "":
		return errors.New("--install makes a client id, and --client-id names one that is there: give one of them")
	case o.kid != "":
		return errors.New("--kid names a private key, and a store integration has a client secret")
	case o.outFile == "":
		return errors.New("--install needs --out: Okta shows the client secret once")
	case len(o.roles) > 1 || slices.Contains(o.roles, oauthapp.RoleCustom):
		return errors.New("--install assigns one standard role: give one with --role, or none")
	}
	return nil
}

// checkKind refuses what does not go with the credential that was found.
func (j *job) checkKind() error {
	c := j.conn
	if !c.HasCredential() {
		if c.ClientID == "" && j.kid != "" {
			return cli.Usagef("--kid names a private key: give that with --key, and its app with --client-id")
		}
		return nil
	}
	switch kind := c.Credentials.Kind; {
	case kind != oktaint.KindPrivateKeyJWT && j.kid != "":
		return cli.Usagef("--kid names a private key, and the credential is another: an API token or a client secret")
	case kind != oktaint.KindAPIToken && j.installType != "":
		return cli.Usagef("--install takes an API token of a Super Admin, and the environment names another credential: set OKTA_API_TOKEN and give --tenant-id")
	case kind == oktaint.KindAPIToken && j.installType == "" && j.scopesTold:
		return cli.Usagef("--client-scopes are those of an app, and an API token has none")
	}
	if c.ClientID == "" && c.Credentials.Kind != oktaint.KindAPIToken {
		j.scopesTold = true // OKTA_CLIENT_SCOPES
	}
	return nil
}
