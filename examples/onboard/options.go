package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/remediation"
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
	role           string
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
	scopes, actions string
	remediation     bool
}

// parse reads the command line.
func parse(p *cli.Program) (*options, error) {
	o, g := &options{conn: &cli.Connection{FileFlag: "bootstrap", Whose: "a Super Admin"}}, new(given)
	o.flags(p, g)
	if err := p.Parse(); err != nil {
		return nil, err
	}
	var err error
	if o.scopes, err = cli.ParseScopes(g.scopes); err != nil {
		return nil, cli.Usagef("--scopes: %w", err)
	}
	switch {
	case o.scopes.IsEmpty():
		err = errors.New("--scopes is empty: leave it out for visibility")
	case g.actions != "":
		err = o.allowActions(g.actions)
	case g.remediation:
		o.scopes = o.scopes.Union(scopes.Remediation)
	}
	return o, cli.Usage(cmp.Or(err, o.check()))
}

func (o *options) flags(p *cli.Program, g *given) {
	fs := p.Flags(help)
	o.conn.OrgFlags(fs)
	p.JSONFlag()
	fs.StringVar(&o.conn.APIToken, "api-token", "", "")
	fs.StringVar(&o.conn.CredentialsFile, "bootstrap", "", "")
	fs.BoolVar(&o.revokeToken, "revoke-api-token", false, "")
	fs.StringVar(&o.label, "label", defaultLabel, "")
	fs.StringVar(&g.scopes, "scopes", "visibility", "")
	fs.BoolVar(&g.remediation, "remediation", false, "")
	fs.StringVar(&g.actions, "actions", "", "")
	fs.StringVar(&o.role, "role", oauthapp.RoleReadOnlyAdmin, "")
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
	case o.rollback && (o.dryRun || o.rawForm != ""):
		return errors.New("--rollback does not go with --dry-run or --print")
	case o.conn.CredentialsFile != "" && o.revokeToken:
		return errors.New("--revoke-api-token is about an API token, and --bootstrap uses none: take SUPER_ADMIN from that app in the Admin Console instead")
	}
	return nil
}

// allowActions adds the scopes, and sets the permissions of the custom role, that
// these kinds of actions take, and no others; with those by which guards look whom
// not to act on.
func (o *options) allowActions(list string) error {
	var actions []remediation.Action
	for name := range strings.SplitSeq(list, ",") {
		kind := remediation.Kind(strings.TrimSpace(name))
		if !slices.Contains(remediation.Kinds(), kind) {
			return fmt.Errorf("--actions: there is no action %.60q: respond --list-actions lists them", kind)
		}
		actions = append(actions, remediation.Sample(kind))
	}
	o.scopes = o.scopes.Union(remediation.Scopes(actions...), remediation.GuardScopes(remediation.Guards{}))
	o.permissions = append(remediation.Permissions(actions...), remediation.GuardPermissions(remediation.Guards{})...)
	return nil
}
