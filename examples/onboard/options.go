package main

import (
	"errors"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/scopes"
)

const defaultLabel = "Rezonate Integration"

// options are the command line, checked.
type options struct {
	conn           *cli.Connection
	revokeToken    bool
	label          string
	scopes         scopes.Set
	permissions    []string // of the custom role; nil: those that the scopes ask for
	leftOut        []string // what --remediation does not give, and why
	role           string
	remove         oauthapp.Removal
	exact          bool
	yes            bool
	keepSuperAdmin bool
	keyFile        string
	outFile        string
	journalFile    string
	dryRun         bool
	rawForm        string // "http", "curl" or ""
	rollback       bool
}

// given are the flags that are not used as they are.
type given struct {
	scopes, actions, role, remove string // empty: not given
	remediation                   bool
}

// parse reads the command line.
func parse(p *cli.Program) (*options, error) {
	o, g := &options{conn: &cli.Connection{FileFlag: "bootstrap", Whose: "a Super Admin"}}, new(given)
	o.flags(p, g)
	if err := p.Parse(); err != nil {
		return nil, err
	}
	if err := o.want(g); err != nil {
		return nil, cli.Usage(err)
	}
	return o, cli.Usage(o.check())
}

func (o *options) flags(p *cli.Program, g *given) {
	fs := p.Flags(help)
	o.conn.OrgFlags(fs)
	p.JSONFlag()
	fs.StringVar(&o.conn.APIToken, "api-token", "", "")
	fs.StringVar(&o.conn.CredentialsFile, "bootstrap", "", "")
	fs.BoolVar(&o.revokeToken, "revoke-api-token", false, "")
	fs.StringVar(&o.label, "label", defaultLabel, "")
	fs.StringVar(&g.scopes, "scopes", "", "")
	fs.BoolVar(&g.remediation, "remediation", false, "")
	fs.StringVar(&g.actions, "actions", "", "")
	fs.StringVar(&g.role, "role", "", "")
	fs.StringVar(&g.remove, "remove", "", "")
	fs.BoolVar(&o.exact, "exact", false, "")
	fs.BoolVar(&o.yes, "yes", false, "")
	fs.BoolVar(&o.keepSuperAdmin, "keep-super-admin", false, "")
	fs.StringVar(&o.keyFile, "key", "", "")
	fs.StringVar(&o.outFile, "out", "", "")
	fs.StringVar(&o.journalFile, "journal", "", "")
	fs.BoolVar(&o.dryRun, "dry-run", false, "")
	fs.StringVar(&o.rawForm, "print", "", "")
	fs.BoolVar(&o.rollback, "rollback", false, "")
}

// check refuses flags that contradict each other.
func (o *options) check() error {
	switch {
	case o.rawForm != "" && o.rawForm != "http" && o.rawForm != "curl":
		return errors.New("--print is http or curl")
	case o.rollback && o.rawForm != "":
		return errors.New("--rollback does not go with --print")
	case o.rollback && o.takes():
		return errors.New("--rollback takes back what the journal says; --remove and --exact are for a run that changes the app")
	case o.dryRun && o.rawForm != "":
		return errors.New("--dry-run and --print both show what would be done: give one of them")
	case o.conn.CredentialsFile != "" && o.revokeToken:
		return errors.New("--revoke-api-token is about an API token, and --bootstrap uses none: take SUPER_ADMIN from that app in the Admin Console instead")
	}
	return nil
}
