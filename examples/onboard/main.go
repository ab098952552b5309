// Onboard sets up an OAuth service app in an Okta org: it creates the app with
// its key, assigns an admin role, grants scopes, and proves that all of it works.
// It does what used to take a script and a minute or two, in seconds, and can be
// run again after any failure.
//
// Without arguments it does the whole job against a simulated org inside the
// program:
//
//	go run ./examples/onboard
//
// With a tenant and a temporary API token of a Super Admin it does it for real:
//
//	go run ./examples/onboard --tenant-id TENANT_ID --api-token TOKEN
//
// Run it with --help for everything else.
package main

import (
	"context"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// patience is how long a new app may take to become known to the token endpoint.
const patience = 10 * time.Second

func main() { cli.Main("onboard", run) }

// A job is one onboarding.
type job struct {
	*cli.Program
	*options
	store   *store
	admin   *oktaint.Client // with the credential that does the work; nil if there is none
	journal durable.State

	steps *oauthapp.Plan
}

func run(ctx context.Context, p *cli.Program) error {
	o, err := parse(p)
	if err != nil {
		return err
	}
	if p.Demo() {
		sim, err := o.conn.Simulate(p, oktatest.Config{})
		if err != nil {
			return err
		}
		defer sim.Close()
	}
	j := &job{Program: p, options: o}
	if err := j.prepare(ctx); err != nil {
		return err
	}
	return j.run(ctx)
}

// checkCredential refuses what cannot do the work.
func (j *job) checkCredential() error {
	switch {
	case j.conn.CredentialsFile != "" && j.conn.Credentials.Kind == oktaint.KindAPIToken:
		return cli.Usagef("--bootstrap %s holds an API token: pass that with --api-token", j.conn.CredentialsFile)
	case j.rawForm == "curl" && j.keyFile == "" && !j.store.found:
		return cli.Usagef("--print curl needs the app's key, which it does not write: %s", makeKey)
	}
	return nil
}

// prepare finds the org, the key, the journal and the credential. What is wrong
// on this machine is told before the org is asked, and what is wrong with the org
// before anybody is asked for a token.
func (j *job) prepare(ctx context.Context) (err error) {
	if j.store, err = openStore(j.options); err != nil {
		return err
	}
	j.Warn(j.store.creds.Warnings)
	if err := j.conn.Check(j.Program); err != nil {
		return err
	}
	if err := j.checkCredential(); err != nil {
		return err
	}
	if err := j.store.load(); err != nil {
		return err
	}
	if err := j.desired().Check(); err != nil {
		return cli.Usage(err)
	}
	if err := j.conn.Find(ctx, j.Program); err != nil {
		return err
	}
	if err := j.store.claim(j.conn.Info); err != nil {
		return err
	}
	if err := j.openJournal(); err != nil {
		return err
	}
	switch {
	case j.rawForm != "":
		j.conn.Need = cli.Unasked
	case j.store.canVerify():
		j.conn.Need = cli.Optional
	}
	j.admin, err = j.conn.Client(ctx, j.Program)
	return err
}
