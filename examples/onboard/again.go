package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
)

// verifyOnly proves that the app of --out works still. Nothing else can be done
// without an administrator's credential.
func (j *job) verifyOnly(ctx context.Context) error {
	creds := j.store.creds
	out := &outcome{app: creds.ApplicationID, client: creds.ClientID, verified: true,
		result: &oauthapp.Result{Granted: creds.Scopes, Missing: j.scopes.Minus(creds.Scopes), Roles: creds.Roles}}
	var err error
	if out.report, err = j.verify(ctx, out, false); err != nil {
		return err
	}
	err = out.incomplete()
	return errors.Join(err, j.print(ctx, out, err))
}

// finish is what comes after the proof: another look at what the org has given
// the app since, and with --revoke-api-token the end of the token.
func (j *job) finish(ctx context.Context, out *outcome) error {
	progress := newProgress(j.Program)
	defer j.EndLine()
	result, err := j.steps.ReadBack(ctx, progress.event)
	if err != nil {
		return err
	}
	for _, w := range result.Warnings {
		if !slices.Contains(out.result.Warnings, w) {
			j.Say("warning: %s", cli.Plain(w))
		}
	}
	if out.result = result; result.SuperAdminRemoved {
		j.Say("the org had given the app SUPER_ADMIN, which was taken away again")
	}
	switch {
	case !j.revokeToken:
		return nil
	case out.report == nil || !out.report.OK:
		j.Say("the API token is not revoked, because the app was not verified")
		return nil
	}
	if err := j.steps.RevokeAPIToken(ctx, progress.event); err != nil {
		return fmt.Errorf("the app works, but the API token was not revoked: revoke it in the Admin Console (Security, API, Tokens): %w", err)
	}
	j.Say("the API token is revoked")
	return nil
}
