package main

import (
	"flag"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/remediation"
)

// options are the command line, checked.
type options struct {
	conn *cli.Connection

	users                              []string // as they were given
	skipUnknown                        bool     // leave out users who are not found
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

	listActions bool
}

// parse reads the command line.
func parse(p *cli.Program) (*options, error) {
	o := &options{conn: &cli.Connection{Urgent: true}}
	o.flags(p)
	switch err := p.Parse(); {
	case err != nil && slices.ContainsFunc(p.Args, func(s string) bool { return strings.HasPrefix(s, "--api-token") }):
		return nil, cli.Usagef("a token is no flag, since others on this machine can see the command line: set OKTA_API_TOKEN, or be asked")
	case err != nil:
		return nil, err
	case o.listActions, p.Demo():
		return o, nil
	}
	for _, check := range []func() error{o.checkWhat, o.checkPlaybook, o.checkApproval, o.checkNames} {
		if err := check(); err != nil {
			return nil, cli.Usage(err)
		}
	}
	return o, nil
}

func (o *options) flags(p *cli.Program) *flag.FlagSet {
	fs := p.Flags(help)
	o.conn.Flags(fs)
	p.JSONFlag()
	fs.StringVar(&o.playbook, "playbook", "", "")
	fs.BoolVar(&o.resetPassword, "reset-password", false, "")
	fs.BoolVar(&o.resetFactors, "reset-factors", false, "")
	fs.BoolVar(&o.otherwiseDeactivate, "otherwise-deactivate", false, "")
	fs.BoolVar(&o.deleteAfterIt, "delete", false, "")
	fs.BoolVar(&o.skipUnknown, "skip-unknown", false, "")
	fs.StringVar(&o.group, "group", "", "")
	fs.StringVar(&o.undoFile, "undo", "", "")
	fs.IntVar(&o.maxTargets, "max-targets", 0, "")
	fs.BoolVar(&o.allowUnchecked, "allow-unchecked", false, "")
	fs.BoolVar(&o.apply, "apply", false, "")
	fs.StringVar(&o.approve, "approve", "", "")
	fs.StringVar(&o.by, "by", "", "")
	fs.StringVar(&o.recordFile, "record", "", "")
	fs.StringVar(&o.secretsFile, "secrets", "", "")
	fs.BoolVar(&o.listActions, "list-actions", false, "")
	for name, list := range map[string]*[]string{"user": &o.users, "keep": &o.keep, "of": &o.of, "allow": &o.allow, "protect": &o.protect} {
		cli.ListFlag(fs, list, name)
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
