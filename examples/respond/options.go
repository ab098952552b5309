package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/remediation"
)

// options are the command line, checked.
type options struct {
	demo            bool // no org was named
	credentialsFile string
	fromEnv         bool        // OKTA_CLIENT_* name the org and the credential
	org             oktaint.Org // of --tenant-id or --org-url
	caFile          string

	users                              []string // as they were given
	playbook                           string
	resetPassword, resetFactors        bool
	otherwiseDeactivate, deleteAfterIt bool
	group                              string
	keep                               []string
	actions                            []template
	undoFile                           string
	of                                 []string // digests, or their beginnings

	allow, protect []string
	destructive    []remediation.Kind
	maxTargets     int
	allowUnchecked bool

	apply       bool
	approve     string // a digest or its beginning
	by          string
	recordFile  string
	secretsFile string

	asJSON, listActions bool
}

// A usageError is about the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

var errHelp = errors.New("help was asked for")

// given are the flags that are not used as they are.
type given struct {
	tenant, orgURL string
	flags          int
}

// parse reads the command line.
func (p *program) parse(args []string) (*options, error) {
	o, g := new(options), new(given)
	fs := o.flags(g)
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(p.stdout, help)
		return nil, errHelp
	case err != nil && strings.Contains(err.Error(), "-api-token"):
		return nil, usagef("a token is no flag, since others on this machine can see the command line: set OKTA_API_TOKEN, or be asked")
	case err != nil:
		return nil, &usageError{err}
	case fs.NArg() > 0:
		return nil, usagef("there are %d arguments that belong to no flag", fs.NArg())
	}
	g.flags = fs.NFlag()
	if o.listActions {
		return o, nil
	}
	if err := o.setOrg(p, g); err != nil {
		return nil, &usageError{err}
	}
	if o.demo {
		return o, nil
	}
	for _, check := range []func() error{o.checkWhat, o.checkPlaybook, o.checkApproval, o.checkNames} {
		if err := check(); err != nil {
			return nil, &usageError{err}
		}
	}
	return o, nil
}

func (o *options) flags(g *given) *flag.FlagSet {
	fs := flag.NewFlagSet("respond", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&o.credentialsFile, "credentials", "", "")
	fs.StringVar(&g.tenant, "tenant-id", "", "")
	fs.StringVar(&g.orgURL, "org-url", "", "")
	fs.StringVar(&o.caFile, "ca-file", "", "")
	fs.StringVar(&o.playbook, "playbook", "", "")
	fs.BoolVar(&o.resetPassword, "reset-password", false, "")
	fs.BoolVar(&o.resetFactors, "reset-factors", false, "")
	fs.BoolVar(&o.otherwiseDeactivate, "otherwise-deactivate", false, "")
	fs.BoolVar(&o.deleteAfterIt, "delete", false, "")
	fs.StringVar(&o.group, "group", "", "")
	fs.StringVar(&o.undoFile, "undo", "", "")
	fs.IntVar(&o.maxTargets, "max-targets", 0, "")
	fs.BoolVar(&o.allowUnchecked, "allow-unchecked", false, "")
	fs.BoolVar(&o.apply, "apply", false, "")
	fs.StringVar(&o.approve, "approve", "", "")
	fs.StringVar(&o.by, "by", "", "")
	fs.StringVar(&o.recordFile, "record", "", "")
	fs.StringVar(&o.secretsFile, "secrets", "", "")
	fs.BoolVar(&o.asJSON, "json", false, "")
	fs.BoolVar(&o.listActions, "list-actions", false, "")
	for name, list := range map[string]*[]string{"user": &o.users, "keep": &o.keep, "of": &o.of, "allow": &o.allow, "protect": &o.protect} {
		fs.Func(name, "", func(value string) error {
			*list = append(*list, value)
			return nil
		})
	}
	fs.Func("action", "", func(text string) error {
		t, err := parseTemplate(text)
		o.actions = append(o.actions, t)
		return err
	})
	fs.Func("destructive", "", func(name string) error {
		kind, err := parseKind(name)
		o.destructive = append(o.destructive, kind)
		return err
	})
	return fs
}

// setOrg finds out which org it is, and what it is to be reached with.
func (o *options) setOrg(p *program, g *given) (err error) {
	names := 0
	for _, name := range []string{o.credentialsFile, g.tenant, g.orgURL} {
		if name != "" {
			names++
		}
	}
	switch {
	case names > 1:
		return errors.New("--credentials, --tenant-id and --org-url name the same thing: give one of them")
	case o.credentialsFile != "":
		return nil
	case names == 0 && envNamesOrg(p.getenv):
		o.fromEnv = true
		return nil
	case names == 0 && g.flags > 0:
		return errors.New("which org? Give --credentials, --tenant-id or --org-url, or set OKTA_CLIENT_ORGURL and its like; without any argument a simulated org is used")
	case names == 0:
		o.demo = true
		return nil
	}
	if o.org, err = oktaint.ParseOrg(g.tenant + g.orgURL); err != nil {
		return err
	}
	return o.checkCA(o.org)
}

// checkCA refuses to trust anybody else for Okta's own domains.
func (o *options) checkCA(org oktaint.Org) error {
	if o.caFile != "" && org.HostedByOkta() {
		return fmt.Errorf("--ca-file is refused for %s: Okta's own domains are trusted by the system's certificates", org)
	}
	return nil
}

// envNamesOrg reports whether any of the variables that Okta's tools share is set.
func envNamesOrg(getenv func(string) string) bool {
	for _, name := range []string{"ORGURL", "TOKEN", "CLIENTID", "CLIENTSECRET", "PRIVATEKEY", "PRIVATEKEYID", "SCOPES"} {
		if getenv("OKTA_CLIENT_"+name) != "" {
			return true
		}
	}
	return false
}

// guards are the guards as far as the command line has them; allow and protect
// are resolved later.
func (o *options) guards() remediation.Guards {
	return remediation.Guards{Destructive: o.destructive, MaxTargets: o.maxTargets, AllowUnchecked: o.allowUnchecked}
}

// most is how many users a plan may be about.
func (o *options) most() int {
	if o.maxTargets > 0 {
		return o.maxTargets
	}
	return defaultMost
}

// defaultMost is what remediation.Guards takes an unset MaxTargets for.
const defaultMost = 25
