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
	role := []string{oauthapp.RoleReadOnlyAdmin}
	ways := []struct {
		title string
		of    string // what the org knows the credential by
	}{
		{"An API token that a read-only administrator has made:", sim.NewAPIToken(role...)},
		{"A store integration that the customer has installed:", sim.InstallIntegration(oktatest.Integration{Scopes: scopes.Visibility, Roles: role})},
		{"An OAuth service app that the customer has made:", sim.AddServiceApp(oktatest.ServiceApp{Scopes: scopes.Visibility, Roles: role})},
	}
	var ends []error
	for _, way := range ways {
		if err := p.PrintText("\n" + way.title + "\n"); err != nil {
			return err
		}
		j := &job{Program: p, options: o}
		j.roles = role
		if j.creds, err = oktaint.ParseCredentials(sim.Credentials(way.of)); err != nil {
			return err
		}
		j.creds.Roles = role
		if err := j.connect(ctx); err != nil {
			ends = append(ends, fmt.Errorf("%s: %w", kinds[j.creds.Kind], err))
		}
	}
	return errors.Join(ends...)
}
