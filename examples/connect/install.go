package main

import (
	"context"
	"errors"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp/integration"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// installed is what --install has done.
type installed struct {
	end error // what is not as it should be, though the integration is there
}

// installIntegration installs the store integration with the client of a Super Admin,
// or finds it. Its credentials are in the file of --out before anything else is done.
func (j *job) installIntegration(ctx context.Context, admin *oktaint.Client) error {
	scopes, err := cli.ParseScopes(j.conn.ClientScopes)
	if err != nil {
		return err
	}
	keeps, err := j.keepsSecret(ctx, admin)
	if err != nil {
		return err
	}
	d := integration.Desired{Type: j.installType, Scopes: scopes, NewSecret: !keeps}
	for _, role := range j.roles {
		d.Role = role
	}
	j.Live("installing %s", j.installType)
	result, err := integration.Install(ctx, admin, d, func(_ context.Context, creds oktaint.Credentials) error {
		creds.OrgID, creds.Roles = j.conn.Info.ID, j.roles
		return creds.WriteFile(j.outFile)
	})
	j.ClearLine()
	var reinstall *integration.ReinstallError
	if err != nil && !errors.As(err, &reinstall) {
		return err
	}
	j.adopt(result, keeps, err)
	return nil
}

// adopt takes over the credentials of what was installed or found. end says what is not as
// it should be.
func (j *job) adopt(result *integration.Result, keeps bool, end error) {
	j.Warn(result.Warnings)
	j.install = &installed{end}
	if j.creds = result.Credentials; keeps {
		j.creds.ClientSecret = j.old.ClientSecret
	}
	j.creds.OrgID, j.creds.Roles = j.conn.Info.ID, j.roles
	if result.Created {
		j.Say("installed %s as %s", j.installType, result.Instance.ID)
	} else {
		j.Say("%s is installed already, as %s", j.installType, result.Instance.ID)
	}
}

// keepsSecret reports whether the file of --out holds the secret of the instance that
// is there.
func (j *job) keepsSecret(ctx context.Context, admin *oktaint.Client) (bool, error) {
	if !j.found {
		return false, nil
	}
	list, err := integration.List(ctx, admin, j.installType)
	if err != nil {
		return false, err
	}
	for _, one := range list {
		if one.ID == j.old.ClientID {
			return true, nil
		}
	}
	return false, nil
}
