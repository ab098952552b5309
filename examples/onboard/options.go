package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
	"golang.org/x/term"
)

const help = `Onboard sets up an OAuth service app in an Okta org and proves that it works.

Usage:
  onboard                                          against a simulated org in this program
  onboard --tenant-id TENANT_ID --api-token TOKEN  against a real org

It creates the app with a new key, assigns it an admin role, grants it scopes,
mints a token and reads users, groups, apps and the System Log with it. The API
token is one of a Super Admin; revoke it afterwards. A second run finds the app
and does what is missing, or nothing.

The org and its token:
  --tenant-id ID    the tenant: acme for https://acme.okta.com
  --org-url URL     the org's URL, in place of --tenant-id
  --ca-file FILE    trust these certificates (PEM) too, in this run; not for
                    Okta's own domains
  --api-token TOKEN the API token; - reads it from standard input. Better: set
                    OKTA_API_TOKEN, or leave it out and be asked

The app:
  --label LABEL     its name in the Admin Console (default %q)
  --scopes LIST     scopes, separated by commas; visibility (the default) and
                    visibility-extended stand for many
  --remediation     add okta.users.manage and okta.groups.manage
  --role ROLE       its admin role (default %s); none assigns none

The result:
  --key FILE        use this private key (PEM or JWK) instead of a new one
  --out FILE        write the credentials to FILE, for its owner only, instead of
                    the private key to standard output
  --dry-run         say what would be done, and write nothing
  --json            print the result as JSON

Examples:
  onboard
  onboard --tenant-id acme --out acme.json
  onboard --tenant-id acme --out acme.json --remediation --dry-run
  pass show okta/token | onboard --tenant-id acme --api-token - --json

Exit status:
  0    done and verified
  1    failed
  2    wrong usage
  3    done, but scopes are missing or the verification failed
  130  interrupted
`

const defaultLabel = "Rezonate Integration"

// options are the command line, checked.
type options struct {
	demo    bool // no org was named
	org     oktaint.Org
	caFile  string
	token   oktaint.Secret
	label   string
	scopes  scopes.Set
	role    string
	keyFile string
	outFile string
	dryRun  bool
	asJSON  bool
}

// A usageError is about the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

var errHelp = errors.New("help was asked for")

// parse reads the command line, and the token from wherever it is.
func (p *program) parse(args []string) (*options, error) {
	o := new(options)
	var tenant, orgURL, token, scopeList string
	var remediation bool
	fs := flag.NewFlagSet("onboard", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // its messages repeat arguments, which may be tokens
	fs.StringVar(&tenant, "tenant-id", "", "")
	fs.StringVar(&orgURL, "org-url", "", "")
	fs.StringVar(&o.caFile, "ca-file", "", "")
	fs.StringVar(&token, "api-token", "", "")
	fs.StringVar(&o.label, "label", defaultLabel, "")
	fs.StringVar(&scopeList, "scopes", "visibility", "")
	fs.BoolVar(&remediation, "remediation", false, "")
	fs.StringVar(&o.role, "role", oauthapp.RoleReadOnlyAdmin, "")
	fs.StringVar(&o.keyFile, "key", "", "")
	fs.StringVar(&o.outFile, "out", "", "")
	fs.BoolVar(&o.dryRun, "dry-run", false, "")
	fs.BoolVar(&o.asJSON, "json", false, "")
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
	if o.scopes, err = parseScopes(scopeList); err != nil {
		return nil, &usageError{err}
	}
	if remediation {
		o.scopes = o.scopes.Union(scopes.Remediation)
	}
	if err := o.setOrg(tenant, orgURL, token); err != nil {
		return nil, &usageError{err}
	}
	if !o.demo {
		err = p.readToken(o, token)
	}
	return o, err
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
	return set, nil
}

func (o *options) setOrg(tenant, orgURL, token string) (err error) {
	switch {
	case tenant != "" && orgURL != "":
		return errors.New("--tenant-id and --org-url name the same thing: give one of them")
	case tenant == "" && orgURL == "" && (token != "" || o.caFile != ""):
		return errors.New("which org? Give --tenant-id or --org-url; without any argument a simulated org is used")
	case tenant == "" && orgURL == "":
		o.demo = true
		return nil
	}
	if o.org, err = oktaint.ParseOrg(tenant + orgURL); err != nil {
		return err
	}
	if o.caFile != "" && o.org.HostedByOkta() {
		return fmt.Errorf("--ca-file is refused for %s: Okta's own domains are trusted by the system's certificates", o.org)
	}
	return nil
}

// readToken takes the API token from the command line, standard input, the
// environment or a prompt.
func (p *program) readToken(o *options, flagged string) error {
	token := flagged
	switch {
	case flagged == "-":
		b, err := io.ReadAll(io.LimitReader(p.stdin, 1<<16))
		if err != nil {
			return fmt.Errorf("read the API token from standard input: %w", err)
		}
		token = string(b)
	case isPlaceholder(flagged):
		return usagef("--api-token is a placeholder: put an API token of a Super Admin there (Admin Console: Security, API, Tokens), or leave it out and be asked")
	case flagged != "":
		p.say("warning: a token on the command line can be seen by others on this machine: better set OKTA_API_TOKEN, or leave --api-token out and be asked")
	case p.getenv("OKTA_API_TOKEN") != "":
		token = p.getenv("OKTA_API_TOKEN")
	case p.prompt != nil:
		var err error
		if token, err = p.prompt(); err != nil {
			return fmt.Errorf("read the API token: %w", err)
		}
	}
	token = strings.TrimSpace(token)
	switch {
	case token == "":
		return usagef("there is no API token: set OKTA_API_TOKEN, or pipe it to --api-token -")
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return usagef("the API token has characters that no token has: copy it again")
	}
	o.token = oktaint.NewSecret(token)
	return nil
}

func isPlaceholder(token string) bool {
	switch strings.Trim(strings.ToUpper(token), "<>{}$[]") {
	case "TOKEN", "API_TOKEN", "API-TOKEN", "YOUR_TOKEN", "YOUR_API_TOKEN", "OKTA_API_TOKEN":
		return true
	}
	return false
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// promptFor asks at a terminal, without echo. It is nil without one.
func promptFor(in, out *os.File) func() (string, error) {
	if !isTerminal(in) {
		return nil
	}
	return func() (string, error) {
		fmt.Fprint(out, "API token of a Super Admin (it is not shown): ")
		b, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(out)
		return string(b), err
	}
}
