package main

import (
	"context"
	"errors"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// demonstrate examines an app from which a grant was taken away.
func demonstrate(ctx context.Context, p *cli.Program, o *options) error {
	sim, err := o.conn.Simulate(p, oktatest.Config{Users: 20, Groups: 5})
	if err != nil {
		return err
	}
	defer sim.Close()
	app := sim.AddServiceApp(oktatest.ServiceApp{Label: "Acme visibility", Scopes: scopes.Visibility, Roles: []string{"READ_ONLY_ADMIN"}})
	creds, err := oktaint.ParseCredentials(sim.Credentials(app))
	if err != nil {
		return err
	}
	creds.Roles = []string{"READ_ONLY_ADMIN"}
	if err := revoke(ctx, oktaint.NewClient(oktaint.APIToken{Org: creds.Org, Token: oktaint.NewSecret(sim.APIToken())}, o.conn.Base), app); err != nil {
		return err
	}
	p.Say("The app %s was set up to see everything that READ_ONLY_ADMIN sees. Since then somebody has taken the scope %s away from it, and what that scope reads is missing.", app, lost)
	p.Say("")
	o.conn.Credentials = creds
	if err := examine(ctx, p, o); !cli.IsIncomplete(err) {
		return errors.Join(errors.New("the demonstration has found nothing"), err)
	}
	p.Say("")
	p.Say("A real run would end with 3 now.")
	return nil
}

// lost is the scope that is taken away.
const lost = scopes.PoliciesRead

// revoke takes the scope from the app.
func revoke(ctx context.Context, admin *oktaint.Client, app string) error {
	var id string
	for g, err := range oktaint.List[struct {
		ID    string       `json:"id"`
		Scope scopes.Scope `json:"scopeId"`
	}](ctx, admin, nil, "api", "v1", "apps", app, "grants") {
		if err != nil {
			return err
		}
		if g.Scope == lost {
			id = g.ID
		}
	}
	req, err := admin.Org.NewRequest(ctx, "DELETE", nil, nil, "api", "v1", "apps", app, "grants", id)
	if err != nil {
		return err
	}
	return admin.Do(req, oktaint.NoContent{})
}
