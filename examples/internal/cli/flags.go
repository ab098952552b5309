package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/scopes"
)

// Flags returns the set that the flags of the program are added to. help is the
// whole text of --help.
func (p *Program) Flags(help string) *flag.FlagSet {
	p.help = help
	p.flags = flag.NewFlagSet(p.Name, flag.ContinueOnError)
	p.flags.SetOutput(io.Discard) // its messages repeat arguments, which may be secrets
	return p.flags
}

// FlagSet is what Flags has returned, for a program that adds to the flags of another type.
func (p *Program) FlagSet() *flag.FlagSet { return p.flags }

// JSONFlag adds --json.
func (p *Program) JSONFlag() { p.flags.BoolVar(&p.JSON, "json", false, "") }

// Parse reads the command line into the flags. Its errors are about usage, or
// say that help was asked for and printed.
func (p *Program) Parse() error {
	err := p.flags.Parse(p.Args)
	if err != nil && p.flags.Lookup("json") != nil && (slices.Contains(p.Args, "--json") || slices.Contains(p.Args, "-json")) {
		p.JSON = true // it may stand behind what could not be read
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
		if _, err := io.WriteString(p.Stdout, p.help); err != nil {
			return err
		}
		return errHelp
	case err != nil:
		return Usage(flagError(err))
	case p.flags.NArg() > 0:
		return Usagef("%s to no flag: see the examples of --help", counted(p.flags.NArg()))
	}
	p.flags.Visit(func(f *flag.Flag) {
		if g, ok := f.Value.(flag.Getter); ok && err == nil {
			if s, ok := g.Get().(string); ok && strings.TrimSpace(s) == "" {
				err = Usagef("--%s is empty: give it a value, or leave it out", f.Name)
			}
		}
	})
	return err
}

// counted says how many arguments belong. Their text is not repeated, as one may be
// a secret.
func counted(n int) string {
	if n == 1 {
		return "1 argument belongs"
	}
	return fmt.Sprintf("%d arguments belong", n)
}

// FlagNames lists the flags that the program has.
func (p *Program) FlagNames() (names []string) {
	p.flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}

// flagError says what package flag says in the form that this command line has.
func flagError(err error) error {
	if name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -"); ok {
		return fmt.Errorf("there is no flag --%s", name)
	}
	if name, ok := strings.CutPrefix(err.Error(), "flag needs an argument: -"); ok {
		return fmt.Errorf("--%s needs a value", name)
	}
	if strings.HasPrefix(err.Error(), "bad flag syntax") { // it repeats the value
		return errors.New("a flag begins with two dashes and a name, such as --json")
	}
	return errors.New(strings.NewReplacer("for flag -", "for --", "value for flag -", "value for --").Replace(err.Error()))
}

// ListFlag adds a flag that may be repeated.
func ListFlag(fs *flag.FlagSet, list *[]string, name string) {
	fs.Func(name, "", func(value string) error {
		if strings.TrimSpace(value) == "" {
			return errors.New("it is empty")
		}
		*list = append(*list, value)
		return nil
	})
}

// ParseScopes reads names of scopes and of sets of them, separated by commas or
// blanks. It refuses a name that the catalogue does not have, with what was
// probably meant.
func ParseScopes(text string) (scopes.Set, error) {
	set, err := scopes.Parse(text)
	if err != nil {
		return set, err
	}
	for name, stands := range map[scopes.Scope]scopes.Set{
		"visibility": scopes.Visibility, "visibility-extended": scopes.VisibilityExtended, "remediation": scopes.Remediation,
	} {
		if set.Contains(name) {
			set = set.Minus(scopes.New(name)).Union(stands)
		}
	}
	if err := set.CheckKnown(); err != nil {
		return set, fmt.Errorf("%w (sets of scopes are visibility, visibility-extended and remediation)", err)
	}
	return set, nil
}

// IsPlaceholder reports whether a value was copied from documentation unchanged,
// as one of these names or in brackets.
func IsPlaceholder(value string, names ...string) bool {
	plain := strings.Trim(strings.ToUpper(value), "<>{}$[]")
	plain = strings.TrimPrefix(strings.NewReplacer("-", "_", " ", "_").Replace(plain), "YOUR_")
	return plain == "" || slices.Contains(names, plain)
}

// ConnectionHelp tells of the flags of Connection.Flags.
const ConnectionHelp = `The org and the credential:
  --credentials FILE  what onboard or connect has written with --out
  --tenant-id ID      the tenant: acme for https://acme.okta.com. The API token
                      is that of OKTA_API_TOKEN, or it is asked for
  --client-id ID      with --tenant-id: the client id of a store integration;
                      its secret is that of OKTA_CLIENT_CLIENTSECRET, or it is
                      asked for
  --client-scopes LIST
                      the scopes of that integration, separated by commas;
                      visibility (the default), visibility-extended and
                      remediation stand for many
` + OrgHelp + `  If none of these names the org, OKTA_CLIENT_ORGURL, OKTA_CLIENT_TOKEN and the
  like count. Without any argument a simulated org is used.
`

// OrgHelp tells of the flags of Connection.OrgFlags but --tenant-id.
const OrgHelp = `  --org-url URL       the org's URL, in place of --tenant-id
  --ca-file FILE      trust these certificates (PEM) too, in this run; not for
                      Okta's own domains
  --proxy URL         reach the org by this proxy (default that of HTTPS_PROXY)
`

// ExitHelp tells the exit statuses. A program may put its own words behind it.
const ExitHelp = `Exit status:
  0    done
  1    the work could not be done
  2    wrong usage
  3    done, but something that was asked for is not so
  130  interrupted
`
