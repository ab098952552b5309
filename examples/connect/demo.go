package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A demoWay is one of the three ways in.
type demoWay struct {
	title string
	of    string // what the org knows the credential by
}

// demonstrate connects a simulated org in all three ways.
func demonstrate(ctx context.Context, p *cli.Program, o *options) error {
	sim, err := o.conn.Simulate(p, oktatest.Config{Users: 20, Groups: 3})
	if err != nil {
		return err
	}
	defer sim.Close()
	if err := o.conn.Find(ctx, p); err != nil {
		return err
	}
	o.roles = []string{oauthapp.RoleReadOnlyAdmin}
	var ends []error
	for _, way := range []demoWay{
		{"An API token that a read-only administrator has made:", sim.NewAPIToken(o.roles...)},
		{"A store integration that the customer has installed:", sim.InstallIntegration(oktatest.Integration{Scopes: scopes.Visibility, Roles: o.roles})},
		{"An OAuth service app that the customer has made:", sim.AddServiceApp(oktatest.ServiceApp{Scopes: scopes.Visibility, Roles: o.roles})},
	} {
		j := &job{Program: p, options: o}
		ends = append(ends, j.show(ctx, way, sim.Credentials(way.of)))
	}
	return errors.Join(ends...)
}

// show connects in one way.
func (j *job) show(ctx context.Context, way demoWay, document []byte) (err error) {
	if j.creds, err = oktaint.ParseCredentials(document); err != nil {
		return err
	}
	j.creds.Roles = j.roles
	if err := j.PrintText("\n" + way.title + "\n"); err != nil {
		return err
	}
	if err := j.connect(ctx); err != nil {
		return fmt.Errorf("%s: %w", kinds[j.creds.Kind], err)
	}
	return nil
}
