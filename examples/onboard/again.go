package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
)

// verifyOnly proves that the app of --out works still. Nothing else can be done
// without an administrator's credential.
func (j *job) verifyOnly(ctx context.Context) error {
	creds := j.store.creds
	missing := j.scopes.Minus(creds.Scopes)
	out := &outcome{app: creds.ApplicationID, client: creds.ClientID, verified: true,
		result: &oauthapp.Result{Granted: j.scopes.Minus(missing), Missing: missing, Roles: creds.Roles, DPoP: creds.DPoP}}
	var err error
	if out.report, err = j.verify(ctx, out, false); err != nil {
		return err
	}
	err = j.incomplete(out)
	err = errors.Join(err, j.print(ctx, out, err))
	if err == nil {
		j.whatNext(out)
	}
	return err
}

// finish is what comes after the proof: another look at what the org has given
// the app since, and with --revoke-api-token the end of the token.
func (j *job) finish(ctx context.Context, out *outcome) error {
	progress := cli.NewStepProgress(j.Program)
	defer progress.End()
	j.steps.Progress = progress.Event
	result, err := j.steps.ReadBack(ctx)
	if err != nil {
		return err
	}
	if out.result = result; result.SuperAdminRemoved {
		j.Say("the org had given the app SUPER_ADMIN, which was taken away again")
	}
	switch {
	case !j.revokeToken:
		return nil
	case out.report == nil || !out.report.OK || result.Err() != nil:
		return nil // what is missing is told, and that the token is there still
	}
	if err := j.steps.RevokeAPIToken(ctx, out.report); err != nil {
		return fmt.Errorf("the app works, but the API token was not revoked: revoke it in the Admin Console (Security, API, Tokens): %w", err)
	}
	out.revoked = true
	return nil
}
