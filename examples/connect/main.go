// Connect takes over a credential that a customer hands over: an API token, the
// client id and secret of a store integration, or the client id and private key of
// an OAuth service app. It proves the credential, says whose it is, which role it
// has, what it sees and what not, and when it ends, and writes the file of
// credentials that the other programs take.
//
// Without arguments it connects in all three ways to a simulated org inside the
// program:
//
//	go run ./examples/connect
//
// With a tenant it asks for the API token:
//
//	go run ./examples/connect --tenant-id TENANT_ID --out acme.json
//
// Run it with --help for everything else.
package main

import (
	"context"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// patience is how long a new role may take to show what it opens.
const patience = 10 * time.Second

func main() { cli.Main("connect", run) }

// A job connects one org.
type job struct {
	*cli.Program
	*options
	old   oktaint.Credentials // what --out held before
	found bool                // it held something

	creds   oktaint.Credentials
	install *installed // with --install
}

func run(ctx context.Context, p *cli.Program) error {
	o, err := parse(p)
	if err != nil {
		return err
	}
	if p.Demo() {
		return demonstrate(ctx, p, o)
	}
	j := &job{Program: p, options: o}
	client, err := j.prepare(ctx)
	if err != nil {
		return err
	}
	if o.installType != "" {
		if err := j.installIntegration(ctx, client); err != nil {
			return err
		}
	}
	return j.connect(ctx)
}

// prepare finds the org and the credential. What is wrong on this machine is told
// before the org is asked, and what is wrong with the org before anybody is asked
// for a secret.
func (j *job) prepare(ctx context.Context) (client *oktaint.Client, err error) {
	if j.outFile != "" {
		if j.old, j.found, err = cli.ReadOut(j.outFile); err != nil {
			return nil, err
		}
		j.Warn(j.old.Warnings)
		j.conn.Org = j.old.Org
	}
	if err := j.conn.Check(j.Program); err != nil {
		return nil, err
	}
	if err := j.checkKind(); err != nil {
		return nil, err
	}
	if err := j.conn.Find(ctx, j.Program); err != nil {
		return nil, err
	}
	if err := j.claim(); err != nil {
		return nil, err
	}
	if client, err = j.conn.Client(ctx, j.Program); err != nil {
		return nil, err
	}
	j.creds = j.conn.Credentials
	j.creds.OrgID, j.creds.Roles, j.creds.Warnings = j.conn.Info.ID, j.roles, nil
	return client, nil
}

// connect proves the credentials, writes them down, and looks at what they show.
func (j *job) connect(ctx context.Context) error {
	f, err := j.prove(ctx)
	if err != nil {
		return err
	}
	if err := j.save(); err != nil {
		return err
	}
	if err := f.look(ctx, j); err != nil {
		return j.interrupted(err)
	}
	end := j.judge(f)
	if err := j.print(ctx, f, end); err != nil {
		return err
	}
	if j.outFile == "" && !j.Demo() {
		j.Say("nothing was written: with --out FILE the credentials are, for the other programs")
	}
	return end
}

// judge says what an administrator has still to do.
func (j *job) judge(f *facts) error {
	switch {
	case j.install != nil && j.install.end != nil:
		return cli.Incompletef("%s: %w", notComplete, j.install.end)
	case !f.missing.IsEmpty() && j.scopesTold:
		return cli.Incompletef("%s: %s not granted, though --client-scopes names them: %s", notComplete, cli.Count(f.missing.Len(), "scope"), f.missing)
	case len(f.report.RolesLost) > 0:
		return cli.Incompletef("%s: the org says that %s is not held", notComplete, cli.Join(f.report.RolesLost))
	case !f.report.OK():
		return cli.Incompletef("%s: not all that should be seen is: the coverage says why", notComplete)
	}
	return nil
}

// notComplete begins the errors about what is left to be done by an administrator.
const notComplete = "the org is connected, but not completely"
