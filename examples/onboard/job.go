package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

func (j *job) run(ctx context.Context) error {
	if j.rollback {
		return j.takeBack(ctx)
	}
	if j.rawForm != "" && j.admin == nil {
		return j.printFirst()
	}
	if j.admin == nil {
		j.Say("there is no API token, so the app is only verified")
		return j.verifyOnly(ctx)
	}
	err := j.plan(ctx)
	if errors.Is(err, oauthapp.ErrTokenRevoked) && j.store.canVerify() {
		j.Say("the API token was revoked by an earlier run, so the app is only verified")
		return j.verifyOnly(ctx)
	}
	switch {
	case err != nil:
		return err
	case j.rawForm != "":
		return j.printRaw()
	case j.dryRun:
		return j.printPlan()
	}
	if err := j.preview(ctx); err != nil {
		return err
	}
	return j.apply(ctx)
}

// desired is what the command line asks for.
func (j *job) desired() oauthapp.Desired {
	return oauthapp.Desired{
		Label: j.label, Key: j.store.creds.Key.Public(), Scopes: j.scopes, Role: j.role, Permissions: j.permissions,
		Remove: j.remove, Exact: j.exact, KeepSuperAdmin: j.keepSuperAdmin,
	}
}

// plan reads the org and works out what is to be done.
func (j *job) plan(ctx context.Context) (err error) {
	j.steps, err = oauthapp.BuildPlan(ctx, j.admin, j.desired(), j.journal)
	if err != nil {
		return j.explain(err)
	}
	if err := j.store.check(ctx, j.admin, j.steps.App); err != nil {
		return err
	}
	if j.steps.Owner.Login != "" {
		j.Say("API token of %s (%s)", j.steps.Owner.Login, cli.List(slices.Sorted(slices.Values(j.steps.Owner.Roles))))
	}
	j.Warn(j.steps.Warnings)
	j.warnOfGuards()
	if len(j.steps.Steps()) == 0 {
		j.Say("nothing to do: app %s is as it should be", j.steps.App.ID)
	}
	return nil
}

// explain adds to an error of BuildPlan which flags help.
func (j *job) explain(err error) error {
	var other *oauthapp.OtherKeyError
	known := errors.Is(err, oauthapp.ErrOtherJournal)
	switch {
	case !known && !errors.As(err, &other):
		return err
	case j.store.overtaken():
		return fmt.Errorf("%w: %w", errOvertaken, err)
	case known:
		return fmt.Errorf("%w. Nothing was written. Pass the key of the earlier run with --key FILE, or its credentials with --out FILE; or take back what it has made with --rollback; or choose another --label or --journal", err)
	}
	return fmt.Errorf("%w. Nothing was written. Pass the app's key with --key FILE, or its credentials with --out FILE; or choose another --label", err)
}

// apply does the steps, verifies, and prints the result. Once the create may
// have been sent, the key is printed or stored whatever happens.
func (j *job) apply(ctx context.Context) error {
	if err := j.store.save(); err != nil { // the key, before anything depends on it
		return err
	}
	progress := cli.NewStepProgress(j.Program)
	j.steps.Progress = progress.Event
	result, err := j.steps.Apply(ctx)
	progress.End()
	if errors.Is(err, durable.ErrConflict) && result.ApplicationID == "" { // the other run has its own key
		return fmt.Errorf("%w: another run is setting up the same app: let it finish. This one has made nothing", err)
	}
	out := &outcome{app: result.ApplicationID, client: result.ClientID, result: result}
	if err == nil && !result.Granted.IsEmpty() {
		out.report, err = j.verify(ctx, out, len(j.steps.Steps()) > 0)
	}
	if err == nil {
		err = j.finish(ctx, out)
	}
	if err = errors.Join(err, j.store.complete(j.steps, out)); err == nil {
		err = j.incomplete(out)
	}
	if printErr := j.print(ctx, out, err); printErr != nil {
		err = errors.Join(err, printErr)
	}
	switch {
	case err == nil || cli.IsIncomplete(err):
		j.whatNext(out)
	case out.app != "" || ctx.Err() != nil || oktaint.Ambiguous(err):
		j.howToGoOn(out)
	}
	return err
}

// howToGoOn tells what a run that broke off has left.
func (j *job) howToGoOn(out *outcome) {
	if out.app == "" {
		j.Say("It is not known whether the app %q was made.", j.label)
	} else {
		j.Say("The app %s exists, with %d of %d scopes.", out.app, out.result.Granted.Len(), j.scopes.Len())
	}
	if j.Demo() {
		return
	}
	if j.outFile == "" && j.keyFile == "" {
		j.Say("Keep the private key that was printed: pass it with --key FILE.")
	}
	j.Say("Run the same command again to go on from here, or with --rollback to take back what was made, as the journal %s has it.", j.journalFile)
}

// verify proves that the app works. Without a token nothing is proved, but the
// app is there. What was changed just now may show late, the role in the result
// included.
func (j *job) verify(ctx context.Context, out *outcome, changed bool) (*oauthapp.Report, error) {
	progress := cli.NewStepProgress(j.Program)
	defer progress.End()
	opts := oauthapp.VerifyOptions{Base: j.conn.Base, Progress: progress.Event}
	creds := j.store.credentials(j.steps, out)
	if changed {
		opts.Patience = patience
		for _, role := range standardRole(j.role) {
			if !slices.Contains(creds.Roles, role) {
				creds.Roles = append(slices.Clone(creds.Roles), role)
			}
		}
	}
	report, err := oauthapp.Verify(ctx, creds, opts)
	if err != nil && ctx.Err() == nil {
		return nil, cli.Incompletef("%s: %w", notComplete, err)
	}
	return report, err
}

// standardRole is the one that comes with a choice of --role, if any.
func standardRole(role string) []string {
	switch role {
	case oauthapp.RoleNone:
		return nil
	case oauthapp.RoleVisibility:
		return []string{oauthapp.RoleReadOnlyAdmin}
	}
	return []string{role}
}
