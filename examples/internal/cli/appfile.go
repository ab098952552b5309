package cli

import (
	"context"
	"os"
	"path/filepath"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// An AppFile is an app whose credentials are in a file, and what an administrator needs to
// change it: what rotate and offboard begin with. AppFileHelp tells of its flags.
type AppFile struct {
	Conn    *Connection // of the administrator
	File    string
	Journal string
	Yes     bool
	DryRun  bool

	Credentials oktaint.Credentials // those of File
	Admin       *oktaint.Client
}

// AppFileHelp tells of the flags that AppFile adds.
const AppFileHelp = `The app, and who changes it:
  --credentials FILE  the app's credentials, as onboard has written them
  --api-token TOKEN   the API token of a Super Admin; - reads it from standard
                      input. Better: set OKTA_API_TOKEN, or leave it out and be
                      asked
  --bootstrap FILE    instead of an API token, use the OAuth app with the role
                      SUPER_ADMIN whose credentials are in FILE
  --journal FILE      what was done so far (default the file of --credentials
                      with .journal behind it, as onboard keeps it)
  --ca-file FILE      trust these certificates (PEM) too, in this run; not for
                      Okta's own domains
  --proxy URL         reach the org by this proxy (default that of HTTPS_PROXY)

Before anything is changed:
  --dry-run           say what would be done, and write nothing
  --yes               do not ask; needed where there is no terminal
`

// Flags adds the flags.
func (a *AppFile) Flags(p *Program, help string) {
	fs := p.Flags(help)
	a.Conn = &Connection{FileFlag: "bootstrap", Whose: "a Super Admin"}
	p.JSONFlag()
	fs.StringVar(&a.File, "credentials", "", "")
	fs.StringVar(&a.Conn.APIToken, "api-token", "", "")
	fs.StringVar(&a.Conn.CredentialsFile, "bootstrap", "", "")
	fs.StringVar(&a.Conn.CAFile, "ca-file", "", "")
	fs.StringVar(&a.Conn.Proxy, "proxy", "", "")
	fs.StringVar(&a.Journal, "journal", "", "")
	fs.BoolVar(&a.DryRun, "dry-run", false, "")
	fs.BoolVar(&a.Yes, "yes", false, "")
}

// Open reads the credentials, finds the org and gets the administrator's credential. What
// is wrong on this machine is told before the org is asked.
func (a *AppFile) Open(ctx context.Context, p *Program) (err error) {
	if a.File == "" {
		return Usagef("--credentials is missing: it names the file of the app's credentials, as onboard has written it")
	}
	if a.Credentials, err = oktaint.ReadCredentials(a.File); err != nil {
		return Usagef("--credentials: %w", err)
	}
	p.Warn(a.Credentials.Warnings)
	switch c := a.Credentials; {
	case c.Kind == oktaint.KindAPIToken:
		return Usagef("--credentials %s holds an API token, not an app: revoke it in the Admin Console (Security, API, Tokens), and make another one with connect", a.File)
	case c.Kind != oktaint.KindPrivateKeyJWT:
		return Usagef("--credentials %s is of a store integration: its life is the package oauthapp/integration; in the Admin Console it is below Applications, API Service Integrations", a.File)
	case c.ClientID == "":
		return Usagef("--credentials %s is of an app that is not set up yet: run onboard with --out %s first", a.File, a.File)
	}
	if a.Journal == "" {
		a.Journal = a.File + ".journal"
	}
	a.Conn.Org = a.Credentials.Org
	if err := a.Conn.Check(p); err != nil {
		return err
	}
	if a.Conn.Org != a.Credentials.Org {
		return Usagef("--credentials %s is about %s, and the administrator's credential about %s", a.File, a.Credentials.Org, a.Conn.Org)
	}
	a.Admin, err = a.Conn.Connect(ctx, p)
	return err
}

// State is the journal.
func (a *AppFile) State() durable.State { return durable.File{Path: a.Journal} }

// Simulate sets an app up in a simulated org, for a demonstration, and writes its
// credentials and journal to a folder that end removes.
func (a *AppFile) Simulate(ctx context.Context, p *Program) (end func(), err error) {
	sim, err := a.Conn.Simulate(p, oktatest.Config{})
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", p.Name)
	if err != nil {
		sim.Close()
		return nil, err
	}
	end = func() {
		sim.Close()
		_ = os.RemoveAll(dir)
	}
	a.File, a.Yes = filepath.Join(dir, "demo.json"), true
	if err := a.setUp(ctx, p); err != nil {
		end()
		return nil, err
	}
	return end, nil
}

func (a *AppFile) setUp(ctx context.Context, p *Program) error {
	admin, err := a.Conn.Client(ctx, p)
	if err != nil {
		return err
	}
	key, err := oktaint.GenerateKey()
	if err != nil {
		return err
	}
	plan, err := oauthapp.BuildPlan(ctx, admin, oauthapp.Desired{
		Label: "Demo", Key: key.Public(), Scopes: scopes.New(scopes.UsersRead, scopes.LogsRead),
	}, durable.File{Path: a.File + ".journal"})
	if err != nil {
		return err
	}
	result, err := plan.Apply(ctx)
	if err != nil {
		return err
	}
	p.Say("An app was set up in it first, with two scopes.")
	return result.Credentials(key).WriteFile(a.File)
}
