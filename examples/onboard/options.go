package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/remediation"
	"github.com/rezonate-io/okta-integration/scopes"
)

const defaultLabel = "Rezonate Integration"

// options are the command line, checked.
type options struct {
	demo           bool // no org was named
	org            oktaint.Org
	caFile         string
	token          oktaint.Secret // zero: there is none, so only verify
	bootstrapFile  string
	revokeToken    bool
	label          string
	scopes         scopes.Set
	permissions    []string // of the custom role; nil: those that the scopes ask for
	role           string
	keepSuperAdmin bool
	keyFile        string
	outFile        string
	journalFile    string
	asJSON         bool
	dryRun         bool
	rawForm        string // "http", "curl" or ""
	rollback       bool
}

// A usageError is about the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

var errHelp = errors.New("help was asked for")

// given are the flags that are not used as they are.
type given struct {
	tenant, orgURL, token, scopes, actions string
	remediation                            bool
}

// parse reads the command line, and the token from wherever it is.
func (p *program) parse(args []string) (*options, error) {
	o, g := new(options), new(given)
	fs := o.flags(g)
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(p.stdout, help, defaultLabel, oauthapp.RoleReadOnlyAdmin)
		return nil, errHelp
	case err != nil:
		return nil, &usageError{err}
	case fs.NArg() > 0:
		return nil, usagef("there are %d arguments that belong to no flag", fs.NArg())
	}
	var err error
	if o.scopes, err = parseScopes(g.scopes); err != nil {
		return nil, &usageError{err}
	}
	switch {
	case g.actions != "":
		if err := o.allowActions(g.actions); err != nil {
			return nil, &usageError{err}
		}
	case g.remediation:
		o.scopes = o.scopes.Union(scopes.Remediation)
	}
	if err := errors.Join(o.setOrg(g), o.check(g)); err != nil {
		return nil, &usageError{err}
	}
	if !o.demo && o.bootstrapFile == "" {
		err = p.readToken(o, g.token)
	}
	return o, err
}

func (o *options) flags(g *given) *flag.FlagSet {
	fs := flag.NewFlagSet("onboard", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // its messages repeat arguments, which may be tokens
	fs.StringVar(&g.tenant, "tenant-id", "", "")
	fs.StringVar(&g.orgURL, "org-url", "", "")
	fs.StringVar(&o.caFile, "ca-file", "", "")
	fs.StringVar(&g.token, "api-token", "", "")
	fs.StringVar(&o.bootstrapFile, "bootstrap", "", "")
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
	fs.BoolVar(&o.asJSON, "json", false, "")
	fs.BoolVar(&o.dryRun, "dry-run", false, "")
	fs.StringVar(&o.rawForm, "print", "", "")
	fs.BoolVar(&o.rollback, "rollback", false, "")
	return fs
}

// check refuses flags that contradict each other.
func (o *options) check(g *given) error {
	switch {
	case o.rawForm != "" && o.rawForm != "http" && o.rawForm != "curl":
		return errors.New("--print is http or curl")
	case o.rollback && (o.dryRun || o.rawForm != ""):
		return errors.New("--rollback does not go with --dry-run or --print")
	case o.rollback && o.demo:
		return errors.New("which org? --rollback needs --tenant-id or --org-url")
	case o.bootstrapFile != "" && g.token != "":
		return errors.New("--bootstrap and --api-token are two credentials for the same work: give one of them")
	case o.bootstrapFile != "" && o.revokeToken:
		return errors.New("--revoke-api-token is about an API token, and --bootstrap uses none: take SUPER_ADMIN from that app in the Admin Console instead")
	}
	return nil
}

// parseScopes reads names of scopes and of sets of them.
func parseScopes(s string) (scopes.Set, error) {
	set, err := scopes.Parse(s)
	if err != nil {
		return set, err
	}
	for name, stands := range map[scopes.Scope]scopes.Set{"visibility": scopes.Visibility, "visibility-extended": scopes.VisibilityExtended} {
		if set.Contains(name) {
			set = set.Minus(scopes.New(name)).Union(stands)
		}
	}
	if set.IsEmpty() {
		return set, errors.New("--scopes is empty: leave it out for visibility")
	}
	if err := set.CheckKnown(); err != nil {
		return set, fmt.Errorf("--%w (sets of scopes are visibility and visibility-extended)", err)
	}
	return set, nil
}

// allowActions adds the scopes, and sets the permissions of the custom role, that
// these kinds of actions take, and no others; with the scopes by which guards look
// whom not to act on.
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
	o.permissions = remediation.Permissions(actions...)
	return nil
}

func (o *options) setOrg(g *given) (err error) {
	switch {
	case g.tenant != "" && g.orgURL != "":
		return errors.New("--tenant-id and --org-url name the same thing: give one of them")
	case g.tenant == "" && g.orgURL == "" && (g.token != "" || o.caFile != "" || o.bootstrapFile != ""):
		return errors.New("which org? Give --tenant-id or --org-url; without any argument a simulated org is used")
	case g.tenant == "" && g.orgURL == "":
		o.demo = true
		return nil
	}
	if o.org, err = oktaint.ParseOrg(g.tenant + g.orgURL); err != nil {
		return err
	}
	if o.caFile != "" && o.org.HostedByOkta() {
		return fmt.Errorf("--ca-file is refused for %s: Okta's own domains are trusted by the system's certificates", o.org)
	}
	return nil
}
